// A node in a network of the tutorial's Go nodes: sockets, clock and randomness around the pure peer of step.ts.
import { randomBytes } from 'node:crypto'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { type Address, formatAddress, plainHost } from '@floodnet/core'
import { Subject } from 'rxjs'
import type { TutorialPacket } from '../gob/packet.ts'
import { RecentKeys } from '../recent-keys.ts'
import { listen } from './listening.ts'
import type { LinkId, PeerEffect, PeerEvent, PeerInput } from './messages.ts'
import type { PeerOptions } from './options.ts'
import { PACE_DEFAULTS, type PaceOptions } from './paced-writer.ts'
import { neighboursOf, newPeer, type PeerState, wakeAt } from './state.ts'
import { step } from './step.ts'
import { TutorialLink } from './tutorial-link.ts'

/** How long `close` waits until everything said has been sent, in ms: 40 packets at full pace. */
const LAST_WORDS_MS = 1_000
const LAST_WORDS_POLL_MS = 10
/** Programs reported as the wrong ones. A guess. */
const MAX_TOLD = 256

/** What `TutorialNode.start` takes; everything has a default. */
export interface TutorialNodeOptions {
  /** Default: port 55555 on all interfaces, or the next free one. */
  readonly listen?: Address | null
  /** Nodes to join through, tried forever. Default: none, so that others join through this one. */
  readonly join?: readonly Address[]
  /** Limits and times of joining; defaults: PEER_DEFAULTS. */
  readonly peer?: Partial<PeerOptions>
  /** How fast packets follow each other on a link; defaults: PACE_DEFAULTS. */
  readonly pace?: Partial<PaceOptions>
}

/**
 * A node among the tutorial's Go nodes: joins, floods, and replaces lost neighbours. Mistakes of peers are reported as
 * events.
 */
export class TutorialNode {
  /** Messages of others, each once. */
  readonly foreign$ = new Subject<TutorialPacket>()
  /** Neighbours that come and go, dials that fail, and what was refused. */
  readonly events$ = new Subject<PeerEvent>()
  /** Packets not sent or not read, by reason; each is also reported. */
  readonly drops: Record<string, number> = {}
  /** The reason for each of them. */
  readonly dropped$ = new Subject<string>()
  readonly #pace: PaceOptions
  readonly #state: PeerState
  readonly #links = new Map<LinkId, TutorialLink>()
  #server: Server | null = null
  #lastAccepted: LinkId = 0
  readonly #told = new RecentKeys<string>(MAX_TOLD)
  #timer: NodeJS.Timeout | null = null
  #closed = false

  private constructor({ peer = {}, pace = {} }: TutorialNodeOptions) {
    this.#pace = { ...PACE_DEFAULTS, ...pace }
    this.#state = newPeer(String(newId()), peer)
  }

  /**
   * Resolves when the node listens; it joins in the background. @throws ERR_FLOODNET_ADDRESS,
   * ERR_FLOODNET_ADDRESS_IN_USE
   */
  static async start(options: TutorialNodeOptions = {}): Promise<TutorialNode> {
    const node = new TutorialNode(options)
    node.#server = await listen(options.listen ?? null, (socket) => node.#onSocket(socket))
    node.#input({ kind: 'listening', address: addressOf(node.#server) })
    for (const entry of options.join ?? []) node.#input({ kind: 'join', entry })
    return node
  }

  /** The digits by which Go nodes know this node. */
  get nodeId(): string {
    return this.#state.nodeId
  }

  /** Where it listens, 'host:port'; the host may mean any. */
  get address(): string {
    return this.#server === null ? '' : formatAddress(addressOf(this.#server))
  }

  /** Where the neighbours say that they listen. */
  get neighbours(): readonly string[] {
    return neighboursOf(this.#state).map(([, { address }]) => address)
  }

  /** Says it to everyone; if the network knows the id already, nobody gets it. */
  say(payload: Uint8Array, uniqueId: bigint = newId()): void {
    this.#input({ kind: 'say', payload, uniqueId })
  }

  /** Sends what waits, for at most a second, and ends every connection. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer ?? undefined)
    const server = this.#server
    const ended = new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)))
    const untilMs = performance.now() + LAST_WORDS_MS
    while (performance.now() < untilMs && [...this.#links.values()].some(({ writer }) => !writer.isIdle)) {
      await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_POLL_MS))
    }
    for (const link of this.#links.values()) link.close('closed here')
    await ended
    for (const stream of [this.foreign$, this.events$, this.dropped$]) stream.complete()
  }

  #onSocket(socket: Socket): void {
    if (this.#closed) return void socket.destroy()
    const link = ++this.#lastAccepted
    this.#attach(link, socket, socket.remoteAddress ?? '')
    this.#input({ kind: 'accepted', link, ...hostsOf(socket) })
  }

  #dial(link: LinkId, { host, port }: Address): void {
    const socket = connect({ host: host === '' ? 'localhost' : host, port })
    this.#attach(link, socket, formatAddress({ host, port }))
    socket.once('connect', () => this.#input({ kind: 'opened', link, ...hostsOf(socket) }))
  }

  /** @param address whom we dialled, or the host that dialled us */
  #attach(id: LinkId, socket: Socket, address: string): void {
    const link = new TutorialLink(socket, this.#pace, {
      onPacket: (packet) => this.#input({ kind: 'packet', link: id, packet }),
      onClosed: (reason) => {
        this.#links.delete(id)
        this.#input({ kind: 'closed', link: id, reason })
      },
      onDrop: (reason) => {
        this.drops[reason] = (this.drops[reason] ?? 0) + 1
        this.dropped$.next(reason)
      },
      onForeign: (speech) => this.#onForeign(plainHost(address), speech)
    })
    this.#links.set(id, link)
  }

  #tell(event: PeerEvent): void {
    // If we reported the program as the wrong one, that already explains why it answers nothing.
    if (event.kind !== 'unanswered' || !this.#told.has(event.address)) this.events$.next(event)
  }

  /** Once for each, although we try it again and again. */
  #onForeign(address: string, speech: string): void {
    this.#told.add(address)
    if (this.#told.add(`${address} ${speech}`)) this.events$.next({ kind: 'wrong-program', address, speech })
  }

  #input(input: PeerInput): void {
    if (this.#closed) return
    const context = { nowMs: performance.now(), random: Math.random, newId }
    for (const effect of step(this.#state, input, context)) this.#carryOut(effect)
    this.#setTimer()
  }

  #carryOut(effect: PeerEffect): void {
    switch (effect.kind) {
      case 'dial':
        return this.#dial(effect.link, effect.address)
      case 'send':
        return this.#links.get(effect.link)?.writer.send(effect.packet, effect.last)
      case 'known':
        return this.#links.get(effect.link)?.writer.known(effect.uniqueId)
      case 'close':
        return this.#links.get(effect.link)?.close(effect.reason)
      case 'heard':
        return this.foreign$.next(effect.packet)
      case 'event':
        return this.#tell(effect.event)
    }
  }

  #setTimer(): void {
    clearTimeout(this.#timer ?? undefined)
    const atMs = wakeAt(this.#state)
    if (atMs === null || this.#closed) return
    this.#timer = setTimeout(() => this.#input({ kind: 'wake' }), Math.max(1, atMs - performance.now()))
  }
}

/** Positive, 63 bits: what Go's rand.Int() draws. */
export function newId(): bigint {
  return (randomBytes(8).readBigUInt64BE() >> 1n) | 1n
}

function hostsOf(socket: Socket): { remoteHost: string; localHost: string } {
  return { remoteHost: socket.remoteAddress ?? '', localHost: socket.localAddress ?? '' }
}

function addressOf(server: Server): Address {
  const { address, port } = server.address() as AddressInfo
  return { host: address, port }
}

// The links of one worker by number, and what happens to them: the table judges each at HELLO, reports it to the node's
// thread, and adds it to and removes it from the flood.
import { randomBytes } from 'node:crypto'
import {
  type CloseReason,
  type ControlOrigin,
  type DialBackOutcome,
  encodeHello,
  FLAGS_OFFSET,
  Flag,
  type FrameFault,
  formatAddress,
  isWeakKey,
  isWeakSignature,
  type JoinPacket,
  type Limits,
  ORIGIN_OFFSET,
  PROTOCOL_VERSION,
  SIGNATURE_BYTES,
  toHex,
  withoutZone
} from '@floodnet/core'
import { type FrameCrypto, sameProof } from '../../identity/frame-crypto.ts'
import { secondsOf } from '../../identity/identity.ts'
import { addTo, type Counts, type LossTally } from '../../threads/counters.ts'
import {
  type Endpoint,
  type FromWorker,
  type LinkStats,
  NO_TRAFFIC,
  type Traffic,
  type WorkerStart
} from '../../threads/messages.ts'
import type { ConnectedSocket } from '../connect/connected-socket.ts'
import type { ConnectorHost } from '../connect/connector.ts'
import type { HalfOpenKey } from '../connect/half-open.ts'
import {
  advertisedTo,
  dialableAddress,
  type Greeting,
  isHandshakeRefusal,
  NO_PROOF,
  proofOf,
  refusalOf
} from '../connect/handshake.ts'
import type { BufferPool } from '../flood/buffer-pool.ts'
import type { FloodRouter } from '../flood/flood-router.ts'
import type { LinkContext } from './link-context.ts'
import { SocketLink } from './socket-link.ts'
import { VerifiedFrames } from './verified-frames.ts'

/** Numbers of links are unique in the node: workers count in steps of this. */
const MAX_WORKERS = 16

/**
 * Guests that we told goodbye and that still have a socket; former neighbours have the limit of neighbours. The one
 * that has waited longest gives way, and loses what it still has to send. A guess: a node may tell all its guests to go
 * at once.
 */
const MAX_CLOSING_GUESTS = 64

/** What the table asks of its worker. */
export interface LinkTableHost {
  post(message: FromWorker): void
  /** The deadline of the link's handshake no longer applies. */
  settled(origin: ConnectedSocket): void
  /** Some link's queue has become shorter. */
  onTaken(): void
}

export class LinkTable implements LinkContext<SocketLink>, ConnectorHost {
  readonly author: ControlOrigin
  readonly limits: Limits
  readonly losses: LossTally
  readonly memory: BufferPool
  readonly totals: Traffic = { ...NO_TRAFFIC }
  readonly closes: Counts = {}
  degree = 0
  advertised: string | null = null
  readonly #start: WorkerStart
  readonly #crypto: FrameCrypto | null
  readonly flood: FloodRouter
  readonly #host: LinkTableHost
  readonly #links = new Map<number, SocketLink>()
  /** Those among them that said goodbye, in this order. */
  readonly #closingGuests = new Set<SocketLink>()
  readonly #closingNeighbours = new Set<SocketLink>()
  readonly #verified = new VerifiedFrames()
  #made = 0
  #onEmpty: (() => void) | null = null

  constructor(
    start: WorkerStart,
    crypto: FrameCrypto | null,
    router: FloodRouter,
    losses: LossTally,
    memory: BufferPool,
    host: LinkTableHost
  ) {
    this.#start = start
    this.#crypto = crypto
    this.flood = router
    this.#host = host
    this.losses = losses
    this.memory = memory
    this.limits = start.limits
    this.author = { origin: start.identity.publicKey, incarnation: start.identity.incarnation }
  }

  get(id: number): SocketLink | undefined {
    return this.#links.get(id)
  }

  /** Whether no link that keeps up has anything left to send. */
  get isDrained(): boolean {
    for (const link of this.#links.values())
      if (link.state === 'active' && !link.lagging && (link.behind || link.queuedBytes > 0)) return false
    return true
  }

  now = (): number => performance.now()

  activate(id: number): void {
    const link = this.#links.get(id)
    if (link === undefined || !link.activate()) return
    this.flood.add(link, link)
    this.#host.post({ kind: 'link-active', link: id })
  }

  tick(): void {
    const now = this.now()
    for (const link of this.#links.values()) link.tick(now)
  }

  /** Links that said goodbye and still have a socket. */
  get closing(): number {
    return this.#closingGuests.size + this.#closingNeighbours.size
  }

  stats(): LinkStats[] {
    return [...this.#links.values()].map(({ id, queuedBytes, lagging, traffic }) => {
      return { link: id, queuedBytes, lagging, traffic: { ...traffic } }
    })
  }

  /** Closes every link; resolves when the last socket is gone. */
  closeAll(reason: CloseReason): Promise<void> {
    for (const link of this.#links.values()) link.close(reason)
    if (this.#links.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onEmpty = resolve
    })
  }

  // --- from the connector ---

  onSecured(origin: ConnectedSocket): void {
    const id = ++this.#made * MAX_WORKERS + this.#start.index
    const link = new SocketLink(id, origin, this)
    this.#links.set(id, link)
    // The side that accepts proves the key second, so that a stranger that has proved nothing gets nothing to test
    // guesses of the key on.
    link.sendControl(this.#hello(origin, origin.dial !== null))
  }

  onDialFailed(dial: number, reason: string): void {
    this.#host.post({ kind: 'dial-failed', dial, reason })
  }

  onRefused(remote: Endpoint, reason: string): void {
    addTo(this.closes, reason)
    this.#host.post({ kind: 'refused', address: formatAddress(remote), peer: null, reason, by: 'us' })
  }

  onLate(key: HalfOpenKey): boolean {
    for (const link of this.#links.values()) {
      if (link.state !== 'hello' || (link.origin.dial ?? formatAddress(link.origin.remote)) !== key) continue
      link.destroy('handshake-timeout')
      return true
    }
    return false
  }

  // --- from the links ---

  get timedAuthor(): ControlOrigin {
    return { origin: this.author.origin, incarnation: secondsOf(Date.now()) }
  }

  isUnproved({ origin }: SocketLink, { hello }: Greeting): boolean {
    return this.#start.secret !== null && origin.dial !== null && !sameProof(hello.keyProof, NO_PROOF)
  }

  judge(link: SocketLink, { hello, id }: Greeting): CloseReason | null {
    const { secured, dial, expect } = link.origin
    if (secured.peerKey !== null && isWeakKey(secured.peerKey)) return 'weak-key'
    if (secured.peerKey !== null && toHex(secured.peerKey) !== id) return 'wrong-identity'
    if (expect !== null && expect !== id) return 'wrong-identity'
    const { networkId, secret } = this.#start
    return (
      secured.refusal ??
      refusalOf(
        hello,
        { networkId, secret, signed: this.#crypto !== null, work: this.limits.workBits },
        secured.exported,
        dial !== null
      )
    )
  }

  onOpen(link: SocketLink, { hello, incarnation }: Greeting): void {
    const { dial, remote } = link.origin
    if (dial === null && this.#start.secret !== null) link.sendControl(this.#hello(link.origin, true))
    this.#host.settled(link.origin)
    this.#host.post({
      kind: 'link-open',
      link: link.id,
      peer: link.peer ?? '',
      incarnation,
      dial,
      address: dialableAddress(hello.advertised, remote.host),
      remote: formatAddress(remote),
      degree: hello.degree,
      observed: hello.observed
    })
  }

  judgeAuthor(link: SocketLink, frame: Uint8Array): FrameFault | 'dropped' | null {
    if (this.#crypto === null) return null
    if (isWeakKey(frame, ORIGIN_OFFSET)) return 'weak-key'
    if ((frame[FLAGS_OFFSET]! & Flag.signed) === 0) return 'bad-signature'
    if (isWeakSignature(frame, frame.length - SIGNATURE_BYTES)) {
      this.losses.add('weak-signature', link.id, 1)
      return 'dropped'
    }
    if (this.#verified.has(frame)) return null
    if (!this.#crypto.verify(null, frame, 0, frame.length)) return 'bad-signature'
    this.#verified.add(frame)
    return null
  }

  onJoin(link: SocketLink, packet: JoinPacket): void {
    this.#host.post({ kind: 'join-packet', link: link.id, packet })
  }

  onDialBack({ id }: SocketLink, question: number, port: number): void {
    this.#host.post({ kind: 'dial-back', link: id, question, port })
  }

  onDialBackReply({ id }: SocketLink, question: number, outcome: DialBackOutcome): void {
    this.#host.post({ kind: 'dial-back-reply', link: id, question, outcome })
  }

  onProbe(link: SocketLink, rttMs: number | null, degree: number, clockS: number | null): void {
    if (rttMs !== null) {
      link.roundTripMs = rttMs
      this.flood.trees?.trees.onRoundTrip(link.id, rttMs)
    }
    this.#host.post({ kind: 'probe', link: link.id, rttMs, degree, clockS })
  }

  onLagging(link: SocketLink, lagging: boolean): void {
    this.#host.post({ kind: 'lagging', link: link.id, lagging, dropped: link.droppedWhileLagging })
  }

  onTaken(link: SocketLink): void {
    this.flood.backpressure.relieve(link)
    this.#host.onTaken()
  }

  onClosing(link: SocketLink, early: boolean, reason: CloseReason, by: 'us' | 'peer'): void {
    addTo(this.closes, reason)
    this.flood.remove(link)
    this.#host.settled(link.origin)
    this.#noteClosing(link)
    if (!early) {
      // We may accept a peer that tells us a moment later that it refuses us.
      if (by === 'peer' && isHandshakeRefusal(reason)) this.#tellRefused(link, reason, by)
      return this.#host.post({ kind: 'link-down', link: link.id, reason, by })
    }
    // A peer that ends a connection without a HELLO speaks something else, such as TLS to our plain TCP.
    const told = reason === 'connection-lost' ? 'no-hello' : reason
    this.#tellRefused(link, told, by)
    const { dial } = link.origin
    if (dial !== null) this.onDialFailed(dial, by === 'peer' ? `refused: ${told}` : told)
  }

  onEnded(link: SocketLink): void {
    this.#links.delete(link.id)
    this.#closingGuests.delete(link)
    this.#closingNeighbours.delete(link)
    this.flood.forget(link)
    this.#host.onTaken()
    if (this.#links.size === 0) this.#onEmpty?.()
  }

  #noteClosing(link: SocketLink): void {
    const closing = link.flooded ? this.#closingNeighbours : this.#closingGuests
    closing.add(link)
    const [oldest] = closing
    // In a turn of its own: the link may be in the middle of a frame.
    if (closing.size > (link.flooded ? this.limits.maxLinks : MAX_CLOSING_GUESTS) && oldest !== undefined)
      setImmediate(() => oldest.destroy('connection-lost'))
  }

  #tellRefused({ peer, origin }: SocketLink, reason: string, by: 'us' | 'peer'): void {
    this.#host.post({ kind: 'refused', address: formatAddress(origin.remote), peer, reason, by })
  }

  #hello({ secured, dial, remote }: ConnectedSocket, proves: boolean): Uint8Array {
    const { secret } = this.#start
    const role = dial === null ? 'acceptor' : 'dialler'
    return encodeHello(this.author, {
      version: PROTOCOL_VERSION,
      signed: this.#crypto !== null,
      degree: this.degree,
      work: this.limits.workBits,
      networkId: this.#start.networkId,
      // Random bytes instead of zeros: a peer without a key learns at once that the network has one.
      keyProof: secret !== null && !proves ? randomBytes(32) : proofOf(secret, secured.exported, role),
      advertised: advertisedTo(this.advertised, formatAddress(remote)),
      observed: formatAddress({ host: withoutZone(remote.host), port: remote.port })
    })
  }
}

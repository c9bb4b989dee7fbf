// The running bridge: a floodnet network, its sides, a clock, and the pure relay between them.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Network } from '@floodnet/transport'
import { Subject, type Subscription } from 'rxjs'
import type { ForeignMessage, Refusal, Side } from '../side.ts'
import { RELAY_DEFAULTS, type RelayOptions } from './options.ts'
import { ownTime } from './own-time.ts'
import { Relay, type RelayEffect } from './relay.ts'
import { Tally } from './tally.ts'

/** Names and times of a bridge. */
export interface BridgeOptions {
  /** The mark that floodnet's names carry elsewhere. */
  readonly hub: string
  /** Limits and times of carrying words over; defaults: RELAY_DEFAULTS. */
  readonly relay?: Partial<RelayOptions>
  /**
   * How long other bridges have to answer our hello before we say anything, in ms. Default 1500: many times the round
   * trip of a flood.
   */
  readonly greetMs?: number
  /** How long to wait for a first neighbour, in ms, before the bridge assumes that it is alone. Default 5000. */
  readonly aloneMs?: number
}

/** Something that people may want to know. */
export interface BridgeNotice {
  /** The network that it is about, by the mark of its names. */
  readonly about: string
  readonly text: string
}

/** What a bridge has carried since its start, and what it has not. */
export interface BridgeStats {
  /** Messages written into floodnet. */
  readonly written: number
  /** For each side: messages heard there, and messages said there. */
  readonly sides: Readonly<Record<string, { readonly heard: number; readonly said: number }>>
  /** What did not arrive, by the network concerned and the reason. */
  readonly lost: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const GREET_MS = 1_500
const ALONE_MS = 5_000
/** How often we check for words whose turn may have come: several times within `turnMs`. */
const TICKS_PER_TURN = 10
/** How long the last words may take to leave, in ms: as long as `floodnet` gives its output. */
const LAST_WORDS_MS = 1_000

/**
 * Carries words between a floodnet network and its sides: call `greet` first, then start the sides and `add` each, and
 * `close` at the end. Mistakes of peers never throw; they are reported as notices.
 */
export class Bridge {
  /** What people may want to know; a repeated reason is reported at each doubling. Completes at the end. */
  readonly notices$ = new Subject<BridgeNotice>()
  readonly #network: Network
  readonly #options: Required<Omit<BridgeOptions, 'relay'>> & { readonly relay: RelayOptions }
  readonly #relay: Relay
  readonly #now: () => number
  readonly #sides = new Map<string, Side>()
  readonly #names = new Set<string>()
  readonly #subscriptions: Subscription[] = []
  readonly #timers: NodeJS.Timeout[] = []
  /** Aborted when `close` is called, and when everything said is under way. */
  readonly #leaving = new AbortController()
  readonly #ended = new AbortController()
  #closing: Promise<void> | null = null
  #reading: Promise<void> = Promise.resolve()
  readonly #tally = new Tally()
  readonly #counts = { written: 0, heard: new Map<string, number>(), said: new Map<string, number>() }
  readonly #onPeerUp = (): void => this.#write(this.#relay.hello())

  /**
   * The bridge owns neither the network nor, before `add`, the sides. @param newId draws 63 random bits, positive:
   * `newId` of this package
   */
  constructor(network: Network, newId: () => bigint, { relay = {}, ...options }: BridgeOptions) {
    this.#network = network
    this.#options = { greetMs: GREET_MS, aloneMs: ALONE_MS, ...options, relay: { ...RELAY_DEFAULTS, ...relay } }
    // A tick or two may always be late.
    this.#now = ownTime(() => performance.now(), (3 * this.#options.relay.turnMs) / TICKS_PER_TURN)
    this.#relay = new Relay(network.id, options.hub, newId, this.#options.relay)
  }

  /** Other bridges known to this one. */
  get otherBridges(): number {
    return this.#relay.otherBridges
  }

  /**
   * Tells other bridges which sides there will be, and waits until they have had time to answer. Start no side before
   * that: two bridges that do not know each other would both say what they hear. Ends early if the bridge closes.
   */
  async greet(sides: readonly Pick<Side, 'name' | 'hasIds'>[]): Promise<void> {
    for (const { name, hasIds } of sides) {
      this.#relay.addSide(name, hasIds)
      this.#names.add(name)
    }
    this.#reading = this.#readAll()
    await this.#firstNeighbour()
    if (this.#leaving.signal.aborted) return
    this.#write(this.#relay.hello())
    // Two networks that merge may have a bridge each, and then there are two bridges between the same networks.
    this.#network.on('peer-up', this.#onPeerUp)
    const { helloMs, turnMs } = this.#options.relay
    this.#timers.push(setInterval(() => this.#write(this.#relay.hello()), helloMs))
    this.#timers.push(setInterval(() => this.#carryOut(this.#relay.onTick(this.#now())), turnMs / TICKS_PER_TURN))
    if (this.#network.peers.length > 0) await pause(this.#options.greetMs, this.#leaving.signal)
  }

  /** Begins to carry words to and from this side, which it owns from now on. Closes one that comes too late. */
  add(side: Side): void {
    if (this.#leaving.signal.aborted) return void side.close()
    this.#sides.set(side.name, side)
    this.#subscriptions.push(
      side.foreign$.subscribe((foreign) => this.#onHeard(side.name, foreign)),
      side.losses$.subscribe(({ reason, whom }) => this.#skip(side.name, reason, whom)),
      side.notices$.subscribe((text) => this.notices$.next({ about: side.name, text }))
    )
  }

  /** What has been carried so far, and what has not. */
  stats(): BridgeStats {
    const { written, heard, said } = this.#counts
    const sides = [...this.#names].map((name) => [name, { heard: heard.get(name) ?? 0, said: said.get(name) ?? 0 }])
    return { written, sides: Object.fromEntries(sides), lost: this.#tally.counts() }
  }

  /** Leaves every side, then tells the other bridges. Leaves the network open. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#leaving.abort()
    const sides = [...this.#sides.values()]
    this.#sides.clear()
    await Promise.all(sides.map((side) => side.close()))
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
    for (const timer of this.#timers) clearInterval(timer)
    this.#network.off('peer-up', this.#onPeerUp)
    if (this.#network.peers.length > 0) {
      this.#write(this.#relay.goodbye())
      await Promise.race([this.#network.flush().catch(() => {}), pause(LAST_WORDS_MS, this.#ended.signal)])
    }
    this.#ended.abort()
    await this.#reading
    this.notices$.complete()
  }

  async #readAll(): Promise<void> {
    const { signal } = this.#ended
    try {
      for (;;) this.#onMessage(await this.#network.read({ signal }))
    } catch (error) {
      // The network itself reports its end.
      if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ERR_FLOODNET_CLOSED') throw error
    }
  }

  #onMessage(message: Message): void {
    this.#carryOut(this.#relay.onMessage(message, this.#now()))
  }

  #carryOut(effects: readonly RelayEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'write') this.#write(effect.payload, effect.writer)
      else if (effect.kind === 'say') void this.#say(effect)
      else this.#skip(effect.about, effect.reason)
    }
  }

  async #say(effect: Extract<RelayEffect, { kind: 'say' }>): Promise<void> {
    const side = this.#sides.get(effect.side)
    const refusal = side === undefined ? notJoined(effect.side) : await side.say(effect.word)
    if (refusal === null) count(this.#counts.said, effect.side)
    this.#carryOut(this.#relay.onSaid(effect, refusal, this.#now()))
  }

  /** Nobody waits for it: the network bounds what waits, and reports if it is too much. */
  #write(payload: Uint8Array, writer: string | null = null): void {
    const onFailed = (error: Error): void => this.#carryOut(this.#relay.onUnwritten(writer, error.message, this.#now()))
    this.#network.write(payload).catch(onFailed)
    if (writer !== null) this.#counts.written++
  }

  #onHeard(side: string, foreign: ForeignMessage): void {
    count(this.#counts.heard, side)
    this.#carryOut(this.#relay.onHeard(side, foreign, this.#now()))
  }

  /** Reports the first of each reason, and then each doubling of their number. */
  #skip(about: string, why: string, whom?: string): void {
    const news = this.#tally.add(about, why)
    if (news === null) return
    const last = whom === undefined ? '' : `, the last for ${whom}`
    this.notices$.next({ about, text: `not carried over (${news.reason}): ${news.count}${last}` })
  }

  async #firstNeighbour(): Promise<void> {
    if (this.#network.peers.length > 0) return
    let onUp = (): void => {}
    const isUp = new Promise<void>((resolve) => {
      onUp = () => resolve()
    })
    this.#network.once('peer-up', onUp)
    await Promise.race([isUp, pause(this.#options.aloneMs, this.#leaving.signal)])
    this.#network.off('peer-up', onUp)
  }
}

/** Ends when `signal` is aborted, too. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** A side that has not started yet, or has ended. */
function notJoined(side: string): Refusal {
  return { refused: `${side} is not joined`, onlyHere: true }
}

// Sealed messages in and out: seals and writes them, and tries each one that passes by with our key. Counts the
// outcomes.
import { TokenBucket } from '@floodnet/core'
import type { Network, OneTimeOrigin } from '@floodnet/transport'
import { OpeningQueue } from '../guard/opening-queue.ts'
import type { KeyPair } from '../sealed/hpke.ts'
import { type Opened, openSealed, sealMessage } from '../sealed/sealed-message.ts'
import type { Effect } from '../session/effects.ts'
import { type Body, encodeBody } from '../wire/sealed-body.ts'
import { SealedPace } from './sealed-pace.ts'

/**
 * Sealed messages tried in a second, and at once: each takes about 0.2 ms, so a flood of them takes at most a fifth of
 * a processor. Measured.
 */
export const OPENINGS_PER_SECOND = 1_000
const OPENINGS_BURST = 2_000
/** A large one counts as one more for each of this many bytes, which is about how long they take. Measured. */
const BYTES_PER_OPENING = 131_072

/**
 * When many sealed messages are written in one moment, they are dated up to this far ahead; beyond that, the clock was
 * set back.
 */
const MAX_LEAD_MS = 60_000

type Write = (payload: Uint8Array, options: { oneTime: true | OneTimeOrigin; stem: boolean }) => Promise<unknown>

const NO_DATA = new Uint8Array()

export class SealedMail {
  /** `closed`: for others, or changed on their way. */
  readonly counts = { sent: 0, opened: 0, closed: 0, forged: 0, untried: 0 }
  readonly #network: Network
  readonly #write: Write
  readonly #keys: KeyPair
  readonly #stem: boolean
  readonly #openings = new TokenBucket(OPENINGS_BURST, OPENINGS_PER_SECOND)
  #lastAt = 0
  readonly #waiting = new OpeningQueue()
  readonly #pace = new SealedPace()
  #unsent = 0
  #sending: Promise<void> = Promise.resolve()

  /** `stem`: sealed messages go over single links before they flood. */
  constructor(network: Network, keys: KeyPair, stem: boolean) {
    this.#stem = stem
    this.#network = network
    this.#write = network.write.bind(network)
    this.#keys = keys
  }

  /** Resolves when all sealed messages so far have been handed over. */
  get idle(): Promise<void> {
    return this.#sending
  }

  /** Messages that wait to be handed over. */
  get unsent(): number {
    return this.#unsent
  }

  /**
   * Seals a message to each reader and writes it under a key made for it alone, or shared by some (sealed-pace.ts). In
   * the order of the calls, but nobody needs to wait: without a neighbour such a write waits for one.
   */
  send({ readers, id, content }: Extract<Effect, { kind: 'sealed' }>, now: number): Promise<void> {
    const body = encodeBody({ id, at: this.#timeOf(now), content, data: NO_DATA })
    this.#unsent += readers.length
    const sent = this.#sending.then(async () => {
      for (const reader of readers) await this.#sendNext(reader.key, body)
    })
    this.#sending = sent.catch(() => undefined)
    return sent
  }

  /**
   * Sends one sealed message outside the queue, so that neither waits for the other. Resolves when it is on its way.
   * @throws RangeError
   */
  async sendApart(key: Uint8Array, body: Omit<Body, 'at'>, origin: OneTimeOrigin, now: number): Promise<void> {
    await this.#sendOne(key, encodeBody({ ...body, at: now }), origin)
  }

  /** One more has arrived. False: it, or another, was dropped because too many wait. */
  take(origin: string, payload: Uint8Array): boolean {
    const dropped = this.#waiting.add(origin, payload)
    this.counts.untried += dropped
    return dropped === 0
  }

  /** The next one that was tried; null if none waits or may be tried now. `nowMs` from a clock that never goes back. */
  open(nowMs: number): Opened | null {
    if (this.#openings.waitMs(nowMs) > 0) return null
    const next = this.#waiting.take()
    if (next === null) return null
    this.#openings.spend(nowMs, 1 + Math.floor(next.payload.length / BYTES_PER_OPENING))
    const opened = openSealed(this.#network, this.#keys, next.payload)
    this.counts[opened.kind === 'message' ? 'opened' : opened.kind]++
    if (opened.kind === 'message') this.#waiting.welcome(next.origin)
    return opened
  }

  // No two sealed messages have the same time: readers tell by it which came first when they cannot remember all
  // (guard/sealed-replay.ts).
  #timeOf(now: number): number {
    const isSteppedBack = this.#lastAt - now > MAX_LEAD_MS
    this.#lastAt = isSteppedBack ? now : Math.max(now, this.#lastAt + 1)
    return this.#lastAt
  }

  async #sendNext(key: Uint8Array, body: Uint8Array): Promise<void> {
    try {
      await this.#pace.ready()
      await this.#sendOne(key, body, this.#pace.next())
    } finally {
      this.#unsent--
    }
  }

  async #sendOne(key: Uint8Array, body: Uint8Array, oneTime: true | OneTimeOrigin): Promise<void> {
    const sealed = sealMessage(this.#network, key, body)
    if (sealed === null) throw new RangeError('the text is too long, or the key of its reader is not valid')
    await this.#write(sealed, { oneTime, stem: this.#stem })
    this.counts.sent++
  }
}

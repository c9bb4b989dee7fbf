// Sealed messages in and out: seals and writes them, tries each that comes by with our key. Counts what becomes of them.
import type { Network, OneTimeOrigin } from '@floodnet/transport'
import type { KeyPair } from '../sealed/hpke.ts'
import { type Opened, openSealed, sealMessage } from '../sealed/sealed-message.ts'
import type { Effect } from '../session/effects.ts'
import { type Body, encodeBody } from '../wire/sealed-body.ts'

/** Sealed messages tried in a second, and at once: each costs about 0.2 ms, so a flood of them takes a fifth of a processor at most. Measured. */
export const OPENINGS_PER_SECOND = 1_000
const OPENINGS_BURST = 2_000

/** Sealed messages are dated up to so far ahead when many are written in one moment; beyond it the clock was set back. */
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
  #credit = OPENINGS_BURST
  #at = 0
  #lastAt = 0
  #sending: Promise<void> = Promise.resolve()

  /** `stem`: sealed messages go over some single links before they flood. */
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

  /**
   * Seals a sealed message to each reader and writes it under a key made for it alone. In the order of the calls, but nobody need wait: without a
   * neighbour such a write waits for one.
   */
  send({ readers, id, content }: Extract<Effect, { kind: 'sealed' }>, now: number): Promise<void> {
    const body = encodeBody({ id, at: this.#timeOf(now), content, data: NO_DATA })
    const sent = this.#sending.then(async () => {
      for (const reader of readers) await this.#sendOne(reader.key, body)
    })
    this.#sending = sent.catch(() => undefined)
    return sent
  }

  /** Sends one sealed message that others do not wait for, nor it for others. Resolves when it is on its way. @throws RangeError */
  async sendApart(key: Uint8Array, body: Omit<Body, 'at'>, origin: OneTimeOrigin, now: number): Promise<void> {
    await this.#sendOne(key, encodeBody({ ...body, at: now }), origin)
  }

  /** Null when too many have come; `nowMs` from a clock that never goes back. */
  open(payload: Uint8Array, nowMs: number): Opened | null {
    if (!this.#mayOpen(nowMs)) {
      this.counts.untried++
      return null
    }
    const opened = openSealed(this.#network, this.#keys, payload)
    this.counts[opened.kind === 'message' ? 'opened' : opened.kind]++
    return opened
  }

  // No two sealed messages of one time: readers tell by it which came first when they cannot remember all (guard/sealed-replay.ts).
  #timeOf(now: number): number {
    const isSteppedBack = this.#lastAt - now > MAX_LEAD_MS
    this.#lastAt = isSteppedBack ? now : Math.max(now, this.#lastAt + 1)
    return this.#lastAt
  }

  async #sendOne(key: Uint8Array, body: Uint8Array, oneTime: true | OneTimeOrigin = true): Promise<void> {
    const sealed = sealMessage(this.#network, key, body)
    if (sealed === null) throw new RangeError('the text is too long, or the key of its reader is none')
    await this.#write(sealed, { oneTime, stem: this.#stem })
    this.counts.sent++
  }

  #mayOpen(nowMs: number): boolean {
    const earned = ((nowMs - this.#at) / 1000) * OPENINGS_PER_SECOND
    this.#credit = Math.min(OPENINGS_BURST, this.#credit + earned)
    this.#at = nowMs
    if (this.#credit < 1) return false
    this.#credit--
    return true
  }
}

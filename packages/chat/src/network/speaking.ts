// What this user says, on its way out: written, shown once it is out, and counted if it is not.
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, messageOf, TokenBucket } from '@floodnet/core'
import type { Network } from '@floodnet/transport'
import type { Outcome } from '../outcome.ts'
import type { Said, ScreenEvent } from '../screens/screen.ts'
import type { Effect, Unsaid } from '../session/effects.ts'
import { idOf, type Session } from '../session/session.ts'
import type { Log } from '../store/log.ts'
import type { SealedMail } from './sealed-mail.ts'

export interface SpeakerParts {
  readonly network: Network
  readonly session: Session
  readonly log: Log
  readonly mail: SealedMail
  readonly stem: boolean
  readonly outcome: Outcome
  show(event: ScreenEvent): void
}

/**
 * Our own lines to everyone, at once and in a second: half and three quarters of what a room accepts from one author
 * (rates.ts).
 */
const SPOKEN_BURST = 4_000
const SPOKEN_PER_SECOND = 600
/** Lines that one timer serves: a timer for each would be late for each. */
const WAKE_FOR = 20

export class Speaker {
  readonly #parts: SpeakerParts
  readonly #pace = new TokenBucket(SPOKEN_BURST, SPOKEN_PER_SECOND)
  #unsent = 0

  constructor(parts: SpeakerParts) {
    this.#parts = parts
    parts.network.on('peer-up', () => parts.outcome.heard())
  }

  /** The user's sealed lines that are on their way out. */
  get unsent(): number {
    return this.#unsent
  }

  async write(payload: Uint8Array, said: Unsaid | null): Promise<void> {
    const { network, session, log, stem, outcome, show } = this.#parts
    if (said !== null) await this.#paced()
    try {
      const receipt = await network.write(payload, { stem })
      if (said === null) return
      outcome.say()
      show({ kind: 'said', from: session.name, ...said, at: Date.now(), id: idOf(receipt), state: 'sent' })
      if (receipt.links === 0) this.#hold()
    } catch (error) {
      if (said === null) log.warn({ error }, 'presence was not told')
      else this.#onUnsaid(error)
    }
  }

  // We do not wait for it: without a neighbour it would hold up everything after it.
  sendSealed(effect: Extract<Effect, { kind: 'sealed' }>): void {
    const { mail, outcome, show } = this.#parts
    const { said } = effect
    const onSaid = () => {
      outcome.say()
      if (said !== null) show(said)
    }
    if (said !== null) this.#unsent++
    mail.send(effect, Date.now()).then(
      () => this.#settle(said, onSaid),
      (error: unknown) => this.#settle(said, () => this.#onUnsaid(error))
    )
  }

  /** A pipe may bring more than the room accepts; then it waits. */
  async #paced(): Promise<void> {
    const now = () => performance.now()
    while (!this.#pace.take(now())) await sleep(Math.ceil(this.#pace.waitMs(now(), WAKE_FOR)))
  }

  #settle(said: Said | null, then: () => void): void {
    if (said === null) return
    this.#unsent--
    then()
  }

  #onUnsaid(error: unknown): void {
    const message = `not said: ${messageOf(error)}`
    this.#parts.outcome.fail(messageOf(error))
    this.#parts.show({ kind: 'error', code: codeOf(error), message })
  }

  #hold(): void {
    const { outcome, show } = this.#parts
    if (outcome.held === 0) show({ kind: 'notice', text: 'nobody is here yet: it will be sent to the first who comes' })
    outcome.hold()
  }
}

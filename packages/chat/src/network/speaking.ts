// What this user says, on its way out: written, shown once it is out, and counted when it is not.
import { codeOf, messageOf } from '@floodnet/core'
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

export class Speaker {
  readonly #parts: SpeakerParts
  #unsent = 0

  constructor(parts: SpeakerParts) {
    this.#parts = parts
    parts.network.on('peer-up', () => parts.outcome.heard())
  }

  /** Sealed lines of the user's that are on their way out. */
  get unsent(): number {
    return this.#unsent
  }

  async write(payload: Uint8Array, said: Unsaid | null): Promise<void> {
    const { network, session, log, stem, show } = this.#parts
    try {
      const receipt = await network.write(payload, { stem })
      if (said === null) return
      show({ kind: 'said', from: session.name, ...said, at: Date.now(), id: idOf(receipt), state: 'sent' })
      if (receipt.links === 0) this.#hold()
    } catch (error) {
      if (said === null) log.warn({ error }, 'presence was not told')
      else this.#onUnsaid(error)
    }
  }

  // Not waited for: without a neighbour it would hold up what comes after.
  sendSealed(effect: Extract<Effect, { kind: 'sealed' }>): void {
    const { mail, show } = this.#parts
    const { said } = effect
    if (said !== null) this.#unsent++
    mail.send(effect, Date.now()).then(
      () => this.#settle(said, () => said && show(said)),
      (error: unknown) => this.#settle(said, () => this.#onUnsaid(error))
    )
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

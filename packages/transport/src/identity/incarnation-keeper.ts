// Keeps the identity file up to date with the incarnation in use, which rises every few minutes while the node writes.
// A node that crashes and comes back with its clock set back must not use one again.
import type { Identity } from './identity.ts'
import { storeIncarnation } from './identity-file.ts'

export class IncarnationKeeper {
  readonly #identity: Identity
  readonly #file: string | null
  readonly #onFailed: (error: Error) => void
  #kept: number
  #storing: Promise<void> = Promise.resolve()

  /** `file` null: the identity is not kept, and the next start has another key. */
  constructor(identity: Identity, file: string | null, onFailed: (error: Error) => void) {
    this.#identity = identity
    this.#file = file
    this.#onFailed = onFailed
    this.#kept = identity.incarnation
  }

  /** Resolves when there is nothing left to store. */
  get settled(): Promise<void> {
    return this.#storing
  }

  /**
   * Call this before packets of this incarnation leave. The remaining risk is a crash within the milliseconds that
   * storing takes.
   */
  note(incarnation: number): void {
    if (incarnation === this.#kept) return
    this.#kept = incarnation
    const file = this.#file
    if (file === null) return
    this.#storing = this.#storing
      .then(() => storeIncarnation(file, { ...this.#identity, incarnation }))
      .catch(this.#onFailed)
  }
}

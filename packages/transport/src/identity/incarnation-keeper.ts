// Keeps the identity file up with the incarnation in use, which rises every few minutes while the node writes: a node
// that crashes and comes back with its clock set back must not use one again.
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

  /** Resolves when nothing is left to store. */
  get settled(): Promise<void> {
    return this.#storing
  }

  /**
   * To be called before packets of this incarnation leave. What is lost is a crash within the milliseconds of storing
   * it.
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

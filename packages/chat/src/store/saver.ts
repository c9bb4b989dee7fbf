// Saves one after the other, and reports the first failure, so that the user does not find out tomorrow that a contact
// is gone.
import { messageOf } from '@floodnet/core'

export class Saver {
  readonly #save: (name: string) => Promise<void>
  readonly #onFailure: (message: string) => void
  #saving: Promise<void> = Promise.resolve()
  #failed = false

  constructor(save: (name: string) => Promise<void>, onFailure: (message: string) => void) {
    this.#save = save
    this.#onFailure = onFailure
  }

  /** Resolves when everything changed so far is saved, or cannot be. */
  save(name: string): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save(name)).catch((error: unknown) => this.#tell(error))
    return this.#saving
  }

  #tell(error: unknown): void {
    if (!this.#failed) this.#onFailure(`contacts and what was heard cannot be saved: ${messageOf(error)}`)
    this.#failed = true
  }
}

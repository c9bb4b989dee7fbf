// Calls of `read` that wait for a message, in order, each until its signal aborts it.
import type { Message } from '../api.ts'
import { abortReason, onAbort } from '../options/abort-signal.ts'

interface Reader {
  readonly resolve: (message: Message) => void
  readonly reject: (error: unknown) => void
}

export class Readers {
  /** A set, because an abort removes readers from the middle. */
  readonly #waiting = new Set<Reader>()

  get count(): number {
    return this.#waiting.size
  }

  wait(signal: AbortSignal | undefined): Promise<Message> {
    return new Promise((resolve, reject) => {
      const reader: Reader =
        signal === undefined ? { resolve, reject } : this.#watch(signal, { resolve, reject }, () => reader)
      this.#waiting.add(reader)
    })
  }

  /** Gives each reader what `take` returns, until it returns nothing. */
  serve(take: () => Message | null): void {
    for (const reader of this.#waiting) {
      const message = take()
      if (message === null) return
      this.#waiting.delete(reader)
      reader.resolve(message)
    }
  }

  rejectAll(error: Error): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(error)
  }

  #watch(signal: AbortSignal, { resolve, reject }: Reader, reader: () => Reader): Reader {
    const callOff = onAbort(signal, () => {
      this.#waiting.delete(reader())
      reject(abortReason(signal))
    })
    const settled = <T>(next: (value: T) => void) => {
      return (value: T): void => {
        callOff()
        next(value)
      }
    }
    return { resolve: settled(resolve), reject: settled(reject) }
  }
}

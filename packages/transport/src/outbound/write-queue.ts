// Messages that wait for room on their way out, in order and bounded in bytes: what a program wrote and did not await.
import { FloodnetError } from '@floodnet/core'
import type { Receipt } from '../api.ts'

/** How the `write` of a waiting message ends. */
export interface Settle {
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

export interface WriteQueueEntry extends Settle {
  readonly payload: Uint8Array
  /** Packets of it that are on their way. */
  fragment: number
  /** It goes over single links before it floods. */
  readonly stem: boolean
}

export class WriteQueue<T extends WriteQueueEntry> {
  readonly #maxBytes: number
  readonly #entries: T[] = []
  #bytes = 0

  /** A message is taken beyond `maxBytes` only when it is alone. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#entries.length
  }

  get first(): T | undefined {
    return this.#entries[0]
  }

  /** Adds the entry that `make` makes. Settles as the entry says, or with the signal's reason if it comes before the first packet is out. */
  wait(make: (settle: Settle) => T, signal?: AbortSignal): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const entry = make(
        signal === undefined ? { resolve, reject } : this.#watch(signal, { resolve, reject }, () => entry)
      )
      if (this.#entries.length > 0 && this.#bytes + entry.payload.length > this.#maxBytes)
        return entry.reject(queueFullError(this.#maxBytes))
      this.#entries.push(entry)
      this.#bytes += entry.payload.length
    })
  }

  shift(): void {
    const entry = this.#entries.shift()
    this.#bytes -= entry?.payload.length ?? 0
  }

  /** Rejects everything that waits. */
  close(error: Error): void {
    for (const { reject } of this.#entries.splice(0)) reject(error)
    this.#bytes = 0
  }

  #watch(signal: AbortSignal, { resolve, reject }: Settle, entry: () => T): Settle {
    const onAbort = (): void => {
      const place = this.#entries.indexOf(entry())
      if (place < 0 || entry().fragment > 0) return
      this.#entries.splice(place, 1)
      this.#bytes -= entry().payload.length
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const settled = <V>(next: (value: V) => void) => {
      return (value: V): void => {
        signal.removeEventListener('abort', onAbort)
        next(value)
      }
    }
    return { resolve: settled(resolve), reject: settled(reject) }
  }
}

function queueFullError(maxBytes: number): FloodnetError {
  const text = `writes that nobody awaited have filled the queue of ${maxBytes} bytes (limit writeQueueBytes)`
  return new FloodnetError('ERR_FLOODNET_QUEUE_FULL', text)
}

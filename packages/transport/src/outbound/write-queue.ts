// Messages that wait for room on their way out, in order and bounded in bytes: what a program wrote without awaiting
// it.
import { FloodnetError } from '@floodnet/core'
import type { Receipt } from '../api.ts'
import { abortReason, onAbort } from '../options/abort-signal.ts'

/** Settles the `write` of a waiting message. */
export interface Settle {
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

export interface WriteQueueEntry extends Settle {
  readonly payload: Uint8Array
  /** Packets of it that are on their way. */
  fragment: number
  /** Whether it goes over single links before it floods. */
  readonly stem: boolean
}

/**
 * Why a message was given up here. A program that awaits its `write` gets the error; one that does not sees the count.
 */
export type Refusal = 'write-queue-full' | 'closed'

export class WriteQueue<T extends WriteQueueEntry> {
  readonly #maxBytes: number
  readonly #onRefused: (reason: Refusal, messages: number) => void
  /**
   * A set, because an abort removes entries from the middle: in an array, that takes time that grows with its length.
   */
  readonly #entries = new Set<T>()
  #first: T | undefined
  #bytes = 0

  /** A message beyond `maxBytes` is accepted only if it is alone. */
  constructor(maxBytes: number, onRefused: (reason: Refusal, messages: number) => void) {
    this.#maxBytes = maxBytes
    this.#onRefused = onRefused
  }

  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#entries.size
  }

  get first(): T | undefined {
    return this.#first
  }

  /** Adds the entry that `make` returns. Settles as the entry says, or with the signal's reason if that comes first. */
  wait(make: (settle: Settle) => T, signal?: AbortSignal): Promise<Receipt> {
    const written = new Promise<Receipt>((resolve, reject) => {
      const entry = make(
        signal === undefined ? { resolve, reject } : this.#watch(signal, { resolve, reject }, () => entry)
      )
      if (this.#entries.size === 0 || this.#bytes + entry.payload.length <= this.#maxBytes) return this.#add(entry)
      this.#onRefused('write-queue-full', 1)
      entry.reject(queueFullError(this.#maxBytes))
    })
    return unlessAwaited(written)
  }

  shift(): void {
    if (this.#first !== undefined) this.#remove(this.#first)
  }

  /** Rejects everything that waits. */
  close(error: Error): void {
    const waiting = [...this.#entries]
    this.#entries.clear()
    this.#first = undefined
    this.#bytes = 0
    this.#onRefused('closed', waiting.length)
    for (const { reject } of waiting) reject(error)
  }

  #add(entry: T): void {
    this.#entries.add(entry)
    this.#first ??= entry
    this.#bytes += entry.payload.length
  }

  #remove(entry: T): void {
    if (!this.#entries.delete(entry)) return
    this.#bytes -= entry.payload.length
    if (entry === this.#first) [this.#first] = this.#entries
  }

  /** If a large message is aborted half-way, its rest does not go out, so that nobody can reassemble it. */
  #watch(signal: AbortSignal, { resolve, reject }: Settle, entry: () => T): Settle {
    const callOff = onAbort(signal, () => {
      this.#remove(entry())
      reject(abortReason(signal))
    })
    const settled = <V>(next: (value: V) => void) => {
      return (value: V): void => {
        callOff()
        next(value)
      }
    }
    return { resolve: settled(resolve), reject: settled(reject) }
  }
}

/**
 * If nobody awaits a `write`, it must not end the process by failing for a reason that no program can rule out: the
 * loss is counted and reported by `dropped`. A program that awaits it still gets the error.
 */
export function unlessAwaited(written: Promise<Receipt>): Promise<Receipt> {
  written.catch(() => undefined)
  return written
}

function queueFullError(maxBytes: number): FloodnetError {
  const text = `writes that nobody awaited have filled the queue of ${maxBytes} bytes (limit writeQueueBytes)`
  return new FloodnetError('ERR_FLOODNET_QUEUE_FULL', text)
}

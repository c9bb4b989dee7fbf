// A stream for programs: an Observable of everything from the subscription on, and an async iterable with a bounded
// queue of its own for each loop. What comes before the first reader is kept for it, up to the same bound.
import { Observable, Subject } from 'rxjs'

/** An Observable that is also an async iterable; neither ever blocks the sender. */
export class Feed<T> extends Observable<T> implements AsyncIterable<T> {
  /** Values that no queue had room for. */
  dropped = 0
  readonly #live = new Subject<T>()
  readonly #limit: number
  readonly #onDropped: () => void
  #early: T[] | null = []
  #ended = false

  /** `onDropped` is called for each value that a full queue drops. */
  constructor(limit: number, onDropped: () => void = () => undefined) {
    super((subscriber) => {
      for (const value of this.#takeEarly()) subscriber.next(value)
      return this.#live.subscribe(subscriber)
    })
    this.#limit = limit
    this.#onDropped = onDropped
  }

  push(value: T): void {
    if (this.#ended) return
    if (this.#early === null) return this.#live.next(value)
    if (!this.#enqueue(this.#early, value)) this.#onDropped()
  }

  /** Subscribers complete; loops end when they have read their queue. */
  end(): void {
    this.#ended = true
    this.#live.complete()
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    const queue: T[] = []
    const readers: ((result: IteratorResult<T>) => void)[] = []
    let done = false
    const finish = (): void => {
      done = true
      for (const reader of readers.splice(0)) reader(END)
    }
    const subscription = this.subscribe({
      next: (value) => {
        const reader = readers.shift()
        if (reader !== undefined) reader({ value, done: false })
        else if (!this.#enqueue(queue, value)) this.#onDropped()
      },
      complete: finish
    })
    const iterator: AsyncIterableIterator<T> = {
      next: () => {
        if (queue.length > 0) return Promise.resolve({ value: queue.shift() as T, done: false })
        if (done) return Promise.resolve(END)
        return new Promise((resolve) => readers.push(resolve))
      },
      return: () => {
        subscription.unsubscribe()
        queue.length = 0
        finish()
        return Promise.resolve(END)
      },
      [Symbol.asyncIterator]: () => iterator
    }
    return iterator
  }

  #enqueue(queue: T[], value: T): boolean {
    if (queue.length >= this.#limit) {
      this.dropped++
      return false
    }
    queue.push(value)
    return true
  }

  #takeEarly(): T[] {
    const early = this.#early ?? []
    this.#early = null
    return early
  }
}

const END: IteratorResult<never> = { value: undefined, done: true }

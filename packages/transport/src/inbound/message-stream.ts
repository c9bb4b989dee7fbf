// Delivers messages to subscribers. It does what an RxJS Subject does, but without the cost of its `next`: 50 ns for
// each message, as much as everything that the program's thread does for it before. Hot: guarded by the benchmark
// line.100B.
import { Observable, type Subscriber } from 'rxjs'
import type { Message } from '../api.ts'

export class MessageStream {
  readonly messages$ = new Observable<Message>((subscriber) => this.#add(subscriber))
  /** Replaced, never changed: somebody may subscribe or unsubscribe while a message is being delivered. */
  #subscribers: readonly Subscriber<Message>[] = []
  #ended = false
  #failure: Error | null = null

  get observed(): boolean {
    return this.#subscribers.length > 0
  }

  next(message: Message): void {
    for (const subscriber of this.#subscribers) subscriber.next(message)
  }

  /**
   * Tells everybody that nothing follows, including later subscribers. `failure`: the reason, unless the program itself
   * has closed.
   */
  end(failure: Error | null = null): void {
    this.#ended = true
    this.#failure = failure
    for (const subscriber of this.#subscribers) this.#tellEnd(subscriber)
  }

  #tellEnd(subscriber: Subscriber<Message>): void {
    if (this.#failure === null) subscriber.complete()
    else subscriber.error(this.#failure)
  }

  #add(subscriber: Subscriber<Message>): () => void {
    if (this.#ended) this.#tellEnd(subscriber)
    else this.#subscribers = [...this.#subscribers, subscriber]
    return () => {
      this.#subscribers = this.#subscribers.filter((each) => each !== subscriber)
    }
  }
}

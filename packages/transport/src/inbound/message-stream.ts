// Messages to whoever subscribes. What an RxJS Subject does, without what its `next` costs: 50 ns for each message, as
// much as all that is done for it on the program's thread before. Hot: guarded by the benchmark line.100B.
import { Observable, type Subscriber } from 'rxjs'
import type { Message } from '../api.ts'

export class MessageStream {
  readonly messages$ = new Observable<Message>((subscriber) => this.#add(subscriber))
  /** Replaced and never changed: who comes or goes while a message is told does not disturb the telling. */
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
   * Everybody is told that nothing follows, also who subscribes later. `failure`: why, unless the program itself has
   * closed.
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

// The node's events, for listeners and as one Observable. A listener that throws must not stop the node in the middle
// of a step: its error becomes an uncaught exception of its own.
import { EventEmitter } from 'node:events'
import type { JoinEvent } from '@floodnet/core'
import { Subject } from 'rxjs'
import type { NetworkEvent, NetworkEvents } from '../api.ts'

type Listener = (details: unknown) => void

export class EventHub {
  readonly events$ = new Subject<NetworkEvent>()
  /** What else the join actor did, for the log only: requests, offers, slots, guests. */
  readonly joins$ = new Subject<JoinEvent>()
  readonly #emitter = new EventEmitter()

  constructor() {
    // The program may add any number of listeners.
    this.#emitter.setMaxListeners(0)
  }

  emit<K extends keyof NetworkEvents>(name: K, details: NetworkEvents[K]): void {
    // Not `listeners`, which returns the program's own function in place of the one of `once`.
    for (const listener of this.#emitter.rawListeners(name)) this.#call(listener as Listener, details)
    this.events$.next({ name, details } as NetworkEvent)
  }

  on(name: string, listener: Listener): void {
    this.#emitter.on(name, listener)
  }

  once(name: string, listener: Listener): void {
    const wrapped = (details: unknown): void => {
      this.#emitter.off(name, wrapped)
      listener(details)
    }
    // `off` must find it by the program's own function.
    this.#emitter.on(name, Object.assign(wrapped, { listener }))
  }

  off(name: string, listener: Listener): void {
    this.#emitter.off(name, listener)
  }

  end(): void {
    this.events$.complete()
    this.joins$.complete()
    this.#emitter.removeAllListeners()
  }

  #call(listener: Listener, details: unknown): void {
    try {
      listener(details)
    } catch (error) {
      process.nextTick(() => {
        throw error
      })
    }
  }
}

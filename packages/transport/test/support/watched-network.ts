// What a dashboard needs of a network, with figures and events that a test gives.
import type { Network, NetworkEvent, NetworkEvents, NetworkStats } from '@floodnet/transport'
import { Subject } from 'rxjs'
import { STATS } from './stats.ts'

export class WatchedNetwork {
  readonly id = 'ab'.repeat(32)
  readonly address = '127.0.0.1:55555'
  readonly events$: Network['events$']
  readonly #events = new Subject<NetworkEvent>()
  figures: NetworkStats = STATS
  /** How often statistics were asked for. */
  asked = 0

  constructor() {
    this.events$ = this.#events as unknown as Network['events$']
  }

  /** Whether anyone hears the events. */
  get isHeard(): boolean {
    return this.#events.observed
  }

  async stats(): Promise<NetworkStats> {
    this.asked++
    return this.figures
  }

  emit<K extends keyof NetworkEvents>(name: K, details: NetworkEvents[K]): void {
    this.#events.next({ name, details } as NetworkEvent)
  }
}

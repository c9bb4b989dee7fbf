// Makes a snapshot of the node once a second while anyone looks. It asks, hears and keeps nothing while nobody does.
import type { Logger, Network } from '../api.ts'
import type { Look } from '../figures/figures.ts'
import { ratesBetween } from '../figures/rates.ts'
import { EventFeed } from './event-feed.ts'
import { figuresOf } from './own-figures.ts'
import type { Snapshot } from './snapshot.ts'

/** As often as `floodnet top` looks. */
export const SNAPSHOT_MS = 1_000

/** What the dashboard needs of a network. */
export type Watched = Pick<Network, 'id' | 'address' | 'stats' | 'events$'>

export class Snapshots {
  readonly #network: Watched
  readonly #tell: (snapshot: Snapshot) => void
  readonly #logger: Logger | undefined
  #watch: Watch | null = null
  #made = 0

  /** `tell` gets each snapshot as it is made. */
  constructor(network: Watched, tell: (snapshot: Snapshot) => void, logger?: Logger) {
    this.#network = network
    this.#tell = tell
    this.#logger = logger
  }

  /** Begins with a snapshot at once. */
  start(): void {
    const feed = new EventFeed()
    const subscription = this.#network.events$.subscribe((event) => feed.add(event, Date.now()))
    const timer = setInterval(() => void this.#look(watch), SNAPSHOT_MS)
    const watch: Watch = {
      feed,
      before: null,
      isLooking: false,
      end() {
        clearInterval(timer)
        subscription.unsubscribe()
      }
    }
    this.#watch = watch
    void this.#look(watch)
  }

  stop(): void {
    this.#watch?.end()
    this.#watch = null
  }

  /** One look at a time: we do not pile more requests on a node that is slow to answer. */
  async #look(watch: Watch): Promise<void> {
    if (watch.isLooking) return
    watch.isLooking = true
    try {
      await this.#make(watch)
    } catch (error) {
      this.#logger?.warn({ error }, 'no statistics for the dashboard')
    } finally {
      watch.isLooking = false
    }
  }

  async #make(watch: Watch): Promise<void> {
    const stats = await this.#network.stats()
    if (this.#watch !== watch) return
    const { closes, dials, links } = stats
    const figures = figuresOf(stats)
    const now: Look = { figures, atMs: performance.now() }
    const rates = watch.before === null ? null : ratesBetween(watch.before, now)
    watch.before = now
    const { id, address } = this.#network
    const feed = watch.feed.take()
    this.#tell({
      number: ++this.#made,
      at: Date.now(),
      id,
      address,
      figures,
      rates,
      closing: links.closing,
      closes,
      dials,
      feed
    })
  }
}

interface Watch {
  readonly feed: EventFeed
  before: Look | null
  isLooking: boolean
  readonly end: () => void
}

// What the workers of a node have counted. A worker that crashes takes its counters with it, so the last that it told
// are kept here: no total ever falls.

import { addAll, type Counts } from './counters.ts'
import { NO_TRAFFIC, type WorkerStats } from './messages.ts'
import type { WorkerPool } from './worker-pool.ts'

const NOTHING: WorkerStats = {
  links: [],
  traffic: NO_TRAFFIC,
  drops: {},
  closes: {},
  trees: {},
  closing: 0,
  stems: {},
  origins: 0,
  oneTimeOrigins: 0,
  busyMs: 0
}

export class WorkerTotals {
  readonly #pool: WorkerPool
  /** What each worker that runs has told last. */
  readonly #last = new Map<number, WorkerStats>()
  /** How often each worker has ended: an answer from before is not its successor's. */
  readonly #crashes = new Map<number, number>()
  /** Sums over the workers that crashed. */
  #gone: WorkerStats = NOTHING
  #asking: Promise<unknown> | null = null

  constructor(pool: WorkerPool) {
    this.#pool = pool
  }

  /**
   * The totals of workers that are gone, and then, by their numbers, present figures of every worker that answers and
   * the last known of the others.
   */
  async collect(): Promise<readonly [gone: WorkerStats, ...running: WorkerStats[]]> {
    // An answer that is already under way may be older than this moment.
    await this.#asking
    await this.ask()
    const running = [...this.#last].sort(([a], [b]) => a - b)
    return [this.#gone, ...running.map(([, stats]) => stats)]
  }

  /** Asks every worker, so that little is lost with one that crashes next. */
  ask(): Promise<unknown> {
    this.#asking ??= Promise.all(this.#pool.alive.map((worker) => this.#askOne(worker))).finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** A worker is gone with `links` links that nobody could close. */
  onCrash(worker: number, links: number): void {
    const last = this.#last.get(worker) ?? NOTHING
    this.#last.delete(worker)
    this.#crashes.set(worker, this.#crashesOf(worker) + 1)
    this.#gone = sumOf(sumOf(this.#gone, last), { ...NOTHING, closes: links > 0 ? { 'worker-crash': links } : {} })
  }

  /** A worker has stopped and told its last; null: what it told before is its last. */
  onStopped(worker: number, stats: WorkerStats | null): void {
    this.#gone = sumOf(this.#gone, stats ?? this.#last.get(worker) ?? NOTHING)
    this.#last.delete(worker)
    this.#crashes.set(worker, this.#crashesOf(worker) + 1)
  }

  async #askOne(worker: number): Promise<void> {
    const crashes = this.#crashesOf(worker)
    // Who crashes meanwhile has told its last before.
    const stats = await this.#pool.call(worker, (control) => control.stats()).catch(() => null)
    if (stats !== null && crashes === this.#crashesOf(worker)) this.#last.set(worker, stats)
  }

  #crashesOf(worker: number): number {
    return this.#crashes.get(worker) ?? 0
  }
}

/** Of totals alone: queues and authors of the present are no matter of workers that are gone. */
function sumOf(a: WorkerStats, b: WorkerStats): WorkerStats {
  return {
    ...NOTHING,
    traffic: countsOf(a.traffic, b.traffic),
    drops: countsOf(a.drops, b.drops),
    closes: countsOf(a.closes, b.closes),
    trees: countsOf(a.trees, b.trees),
    closing: 0,
    stems: countsOf(a.stems, b.stems)
  }
}

function countsOf<T extends Readonly<Counts>>(a: T, b: T): T {
  const sum: Counts = { ...a }
  addAll(sum, b)
  return sum as T
}

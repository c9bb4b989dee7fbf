// What the workers of a node have counted. A worker that crashes takes its counters with it, so we keep the last ones
// that it reported: no total ever falls.

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
  /** The last report of each running worker. */
  readonly #last = new Map<number, WorkerStats>()
  /** How often each worker has ended: an answer from before a crash does not belong to the successor. */
  readonly #crashes = new Map<number, number>()
  /** Sums over the workers that crashed. */
  #gone: WorkerStats = NOTHING
  #asking: Promise<unknown> | null = null

  constructor(pool: WorkerPool) {
    this.#pool = pool
  }

  /**
   * The totals of workers that are gone, followed by every worker in order: its present figures if it answers, or else
   * its last known ones.
   */
  async collect(): Promise<readonly [gone: WorkerStats, ...running: WorkerStats[]]> {
    // An answer that is already under way may be older than this moment.
    await this.#asking
    await this.ask()
    const running = [...this.#last].sort(([a], [b]) => a - b)
    return [this.#gone, ...running.map(([, stats]) => stats)]
  }

  /** Asks every worker, so that a later crash loses little. */
  ask(): Promise<unknown> {
    this.#asking ??= Promise.all(this.#pool.alive.map((worker) => this.#askOne(worker))).finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** A worker is gone, with `links` links that nobody could close. */
  onCrash(worker: number, links: number): void {
    const last = this.#last.get(worker) ?? NOTHING
    this.#last.delete(worker)
    this.#crashes.set(worker, this.#crashesOf(worker) + 1)
    this.#gone = sumOf(sumOf(this.#gone, last), { ...NOTHING, closes: links > 0 ? { 'worker-crash': links } : {} })
  }

  /** A worker has stopped with this last report; null: its previous report is the last. */
  onStopped(worker: number, stats: WorkerStats | null): void {
    this.#gone = sumOf(this.#gone, stats ?? this.#last.get(worker) ?? NOTHING)
    this.#last.delete(worker)
    this.#crashes.set(worker, this.#crashesOf(worker) + 1)
  }

  async #askOne(worker: number): Promise<void> {
    const crashes = this.#crashesOf(worker)
    // If a worker crashes in the meantime, its previous report is its last.
    const stats = await this.#pool.call(worker, (control) => control.stats()).catch(() => null)
    if (stats !== null && crashes === this.#crashesOf(worker)) this.#last.set(worker, stats)
  }

  #crashesOf(worker: number): number {
    return this.#crashes.get(worker) ?? 0
  }
}

/** Totals only: present queues and authors do not apply to workers that are gone. */
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

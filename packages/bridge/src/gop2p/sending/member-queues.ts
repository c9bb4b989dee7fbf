// Work for members in queues. One job of a member runs at a time, so that its messages keep their order and a member
// that hangs holds one place; at most `maxParallel` run together. Members that failed last time share a quarter of the
// places, so that dead members never keep living ones waiting. Knows nothing of requests.
import type { Gop2pLimits } from '../limits.ts'

interface Job {
  readonly bytes: number
  readonly run: () => Promise<void>
  readonly drop: () => void
}

interface MemberQueue {
  readonly jobs: Job[]
  bytes: number
  busy: boolean
}

export class MemberQueues {
  readonly #queues = new Map<string, MemberQueue>()
  readonly #limits: Gop2pLimits
  readonly #isSuspect: (key: string) => boolean
  #running = 0
  #suspects = 0

  constructor(limits: Gop2pLimits, isSuspect: (key: string) => boolean) {
    this.#limits = limits
    this.#isSuspect = isSuspect
  }

  /** Resolves with what `run` gives; with 'queue-full' or, after `clear`, 'stopped' when it never ran. */
  add<T>(key: string, bytes: number, run: () => Promise<T>): Promise<T | 'queue-full' | 'stopped'> {
    const lane = this.#laneOf(key)
    const { maxQueued, maxQueuedBytes } = this.#limits
    if (lane.jobs.length >= maxQueued || lane.bytes + bytes > maxQueuedBytes) return Promise.resolve('queue-full')
    return new Promise((resolve, reject) => {
      lane.bytes += bytes
      lane.jobs.push({ bytes, run: () => run().then(resolve, reject), drop: () => resolve('stopped') })
      this.#advance()
    })
  }

  /** Jobs that wait or run, all queues together. */
  get size(): number {
    return [...this.#queues.values()].reduce((sum, { jobs, busy }) => sum + jobs.length + (busy ? 1 : 0), 0)
  }

  /** Drops what waits for `key`, or for everyone. Running jobs go on to their end. */
  clear(key?: string): void {
    for (const [name, lane] of this.#queues) {
      if (key !== undefined && name !== key) continue
      lane.bytes = 0
      for (const job of lane.jobs.splice(0)) job.drop()
      if (!lane.busy) this.#queues.delete(name)
    }
  }

  #laneOf(key: string): MemberQueue {
    const lane = this.#queues.get(key) ?? { jobs: [], bytes: 0, busy: false }
    this.#queues.set(key, lane)
    return lane
  }

  #advance(): void {
    for (const [key, lane] of this.#queues) {
      if (this.#running >= this.#limits.maxParallel) return
      if (lane.busy || lane.jobs.length === 0) continue
      const suspect = this.#isSuspect(key)
      if (!suspect || this.#suspects < Math.ceil(this.#limits.maxParallel / 4)) this.#start(key, lane, suspect)
    }
  }

  #start(key: string, lane: MemberQueue, suspect: boolean): void {
    const job = lane.jobs.shift()
    if (job === undefined) return
    lane.bytes -= job.bytes
    lane.busy = true
    this.#running++
    if (suspect) this.#suspects++
    job.run().finally(() => {
      lane.busy = false
      this.#running--
      if (suspect) this.#suspects--
      // Served queues go to the end, so that every member has its turn.
      this.#queues.delete(key)
      if (lane.jobs.length > 0) this.#queues.set(key, lane)
      this.#advance()
    })
  }
}

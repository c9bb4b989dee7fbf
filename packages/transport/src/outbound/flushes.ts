// Flushes under way: a worker answers when nothing that the program wrote waits in it any more.
import type { WorkerPool } from '../threads/worker-pool.ts'

interface Flush {
  readonly worker: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class Flushes {
  readonly #pool: WorkerPool
  readonly #pending = new Map<number, Flush>()
  #token = 0

  constructor(pool: WorkerPool) {
    this.#pool = pool
  }

  /** Worker by worker: what the first has passed on to the others has reached them when their turn comes. */
  async flushAll(): Promise<void> {
    for (const worker of this.#pool.alive) await this.#flush(worker)
  }

  onFlushed(token: number): void {
    this.#pending.get(token)?.resolve()
    this.#pending.delete(token)
  }

  /** What was in a crashed worker is lost, and counted elsewhere; nobody needs to wait for it. */
  onCrash(worker: number): void {
    for (const [token, flush] of this.#pending) if (flush.worker === worker) this.onFlushed(token)
  }

  /** The workers have ended, and will never answer open flushes. */
  end(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }

  #flush(worker: number): Promise<void> {
    if (!this.#pool.isAlive(worker)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const token = ++this.#token
      this.#pending.set(token, { worker, resolve, reject })
      this.#pool.post(worker, { kind: 'flush', token })
    })
  }
}

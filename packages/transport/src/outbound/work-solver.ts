// Passes written slabs through the thread that does the work, one after the other, so that they keep their order.
import type { Piscina } from 'piscina'
import { endThreads } from '../threads/end-threads.ts'
import type { SlabFrames } from '../threads/slab-sender.ts'
import { newThreads } from '../threads/thread-pool.ts'
import type { WorkTask } from '../worker/work/solver.ts'

export class WorkSolver {
  readonly #piscina: Piscina
  readonly #networkId: Uint8Array
  readonly #bits: number
  readonly #deliver: (slab: SlabFrames) => void
  readonly #onFatal: (error: unknown) => void
  /** Settles when the last slab so far is done. */
  #tail: Promise<void> = Promise.resolve()
  /** Slabs of an earlier generation were lent by a worker that is gone. */
  #generation = 0
  #ended = false

  /** `deliver` gets the slabs once their work is done. `onFatal`: the thread failed, and what it had is lost. */
  constructor(
    networkId: Uint8Array,
    bits: number,
    deliver: (slab: SlabFrames) => void,
    onFatal: (error: unknown) => void
  ) {
    this.#networkId = networkId
    this.#bits = bits
    this.#deliver = deliver
    this.#onFatal = onFatal
    this.#piscina = newThreads('solver.js', 1)
  }

  post(slab: SlabFrames): void {
    const generation = this.#generation
    this.#tail = this.#tail.then(() => this.#solve(slab, generation)).catch((error: unknown) => this.#fail(error))
  }

  /** Resolves when everything posted so far is delivered. */
  whenIdle(): Promise<void> {
    return this.#tail
  }

  /** What is here is counted as lost with the worker that lent it, and its slabs are no longer of use. */
  onWorkerCrash(): void {
    this.#generation++
  }

  /** Ends the thread, even in the middle of its work. */
  async end(): Promise<void> {
    this.#ended = true
    await endThreads(this.#piscina)
  }

  async #solve({ buffer, bytes }: SlabFrames, generation: number): Promise<void> {
    if (this.#ended || generation !== this.#generation) return
    const task: WorkTask = { buffer, bytes, networkId: this.#networkId, bits: this.#bits }
    const solved = (await this.#piscina.run(task, { transferList: [buffer] })) as ArrayBuffer
    if (!this.#ended && generation === this.#generation) this.#deliver({ kind: 'frames', buffer: solved, bytes })
  }

  #fail(error: unknown): void {
    if (!this.#ended) this.#onFatal(error)
  }
}

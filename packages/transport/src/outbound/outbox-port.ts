// Where the outbox's slabs go: to worker 0, and in a network with work through the thread that does it.

import type { PeerTable } from '../membership/peer-table.ts'
import type { Settings } from '../options/settings.ts'
import type { LossTally } from '../threads/counters.ts'
import type { FrameRing } from '../threads/frame-ring.ts'
import type { SharedMemory } from '../threads/shared-memory.ts'
import type { ShortRunLength, SlabFrames, SlabReturn } from '../threads/slab-sender.ts'
import type { WorkerPool } from '../threads/worker-pool.ts'
import type { OutboxHost } from './outbox.ts'
import { WorkSolver } from './work-solver.ts'
import type { Refusal } from './write-queue.ts'

/** What the lane needs of the node. */
export interface OutboxPortHost {
  readonly pool: WorkerPool
  readonly peers: PeerTable
  readonly losses: LossTally
  /** Packets are on their way. */
  onPosted(): void
  onFatal(error: unknown): void
}

export class OutboxPort implements OutboxHost {
  readonly ring: FrameRing | null
  readonly #host: OutboxPortHost
  readonly #solver: WorkSolver | null

  constructor({ networkId, limits }: Settings, { written }: SharedMemory, host: OutboxPortHost) {
    this.#host = host
    // Work is done in slabs.
    this.ring = limits.workBits === 0 ? written : null
    const deliver = (slab: SlabFrames): void => host.pool.post(0, slab, [slab.buffer])
    this.#solver =
      limits.workBits === 0 ? null : new WorkSolver(networkId, limits.workBits, deliver, (error) => host.onFatal(error))
  }

  get links(): number {
    return this.#host.pool.isAlive(0) ? this.#host.peers.active : 0
  }

  onLost(reason: 'worker-crash' | Refusal, messages: number): void {
    this.#host.losses.add(reason, null, messages)
  }

  postMessage(message: SlabFrames | SlabReturn | ShortRunLength, transfer: readonly ArrayBuffer[]): void {
    this.#host.onPosted()
    if (this.#solver !== null && typeof message === 'object' && message.kind === 'frames') this.#solver.post(message)
    else this.#host.pool.post(0, message, transfer)
  }

  /** Resolves when the worker has everything posted so far. */
  async whenWorked(): Promise<void> {
    await this.#solver?.whenIdle()
  }

  onWorkerCrash(): void {
    this.#solver?.onWorkerCrash()
  }

  async end(): Promise<void> {
    await this.#solver?.end()
  }
}

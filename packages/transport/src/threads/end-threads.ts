// Ends a pool's threads in bounded time.
import type { Piscina } from 'piscina'
import { settledWithin } from './settled-within.ts'

/** A thread whose event loop runs ends much sooner. A guess. */
const END_MS = 5_000

/**
 * Ends the threads of `pool`, and resolves when they have ended. A thread that ends while code is compiled for it can
 * lock up (nodejs/node#54918). We abandon such a thread, and the process does not wait for it.
 */
export async function endThreads(pool: Piscina): Promise<void> {
  const { threads } = pool
  await settledWithin(END_MS, pool.destroy())
  for (const thread of threads) thread.unref()
}

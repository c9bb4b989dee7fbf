// The end of a pool's threads, in bounded time.
import type { Piscina } from 'piscina'
import { settledWithin } from './settled-within.ts'

/** A thread whose event loop runs has ended long before. A guess. */
const END_MS = 5_000

/**
 * Ends the threads of `pool`, and resolves when they have ended. Node can lock up a thread that ends while code is
 * compiled for it (nodejs/node#54918): such a one is left behind, and the process does not wait for it.
 */
export async function endThreads(pool: Piscina): Promise<void> {
  const { threads } = pool
  await settledWithin(END_MS, pool.destroy())
  for (const thread of threads) thread.unref()
}

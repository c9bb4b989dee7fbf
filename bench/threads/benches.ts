// Benchmarks between threads.
import type { Bench } from '../run/bench.ts'
import { Child } from '../run/child.ts'
import type { HopCalls } from './calls.ts'

const SPARE_MS = 20_000

export const THREAD_BENCHES: readonly Bench[] = [
  {
    name: 'slab.hop',
    about: 'frames of 128 bytes from one thread to another through lent slabs, read there frame by frame',
    headline: 'msgs_per_s',
    async run({ warmUpMs, timedMs }) {
      const child = new Child<HopCalls>('threads/slab-hop')
      try {
        return await child.ask('run', { warmUpMs, timedMs }, warmUpMs + timedMs + SPARE_MS)
      } finally {
        await child.end()
      }
    }
  }
]

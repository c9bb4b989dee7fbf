// core.window.memory: what the windows of 8 authors grow by, of each of whom a packet is missing, at two rates and after
// a longer time. Equal figures show that neither matters once a window has its largest span.
import type { Figures } from '../run/bench.ts'
import { WindowLoad } from './window.ts'

const ORIGINS = 8
/** Calls of WindowLoad.run: 16,384 packets each, 2,048 of each author. Enough for the largest span of 522,240. */
const CALLS = 300
const LONGER = 4
/** Of all authors together; 100,000 and 1,000,000 a second each. */
const SLOW_PER_MS = ORIGINS * 100
const FAST_PER_MS = ORIGINS * 1_000

export function windowMemory(): Figures {
  grown(FAST_PER_MS, CALLS)
  const [slow, fast, long] = [grown(SLOW_PER_MS, CALLS), grown(FAST_PER_MS, CALLS), grown(FAST_PER_MS, CALLS * LONGER)]
  return {
    bytes_per_origin: fast / ORIGINS,
    bytes_at_100k_per_s: slow,
    bytes_at_1m_per_s: fast,
    bytes_after_4x_time: long,
    growth_with_rate: fast / slow,
    growth_with_time: long / fast
  }
}

function grown(packetsPerMs: number, calls: number): number {
  const load = new WindowLoad(ORIGINS)
  const before = held()
  load.skip()
  for (let call = 0; call < calls; call++) {
    load.advance(packetsPerMs)
    load.run()
  }
  const bytes = held() - before
  // Asked for after the measurement, so that the load cannot be collected before it.
  return load.table.size === ORIGINS ? bytes : Number.NaN
}

/** Bytes of all typed arrays: windows are such, and nothing else here grows. */
function held(): number {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('run with --expose-gc')
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

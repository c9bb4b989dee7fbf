// Times an operation on many items with mitata: what `prepare` makes is not timed.
import { measure } from 'mitata/src/lib.mjs'
import type { Phases } from '../run/bench.ts'

/** An operation of which each call works on `items` items. */
export interface Operation<T> {
  readonly items: number
  prepare(): T
  run(prepared: T): void
}

/** Nanoseconds an item, the median over the samples. */
export async function nsPerItem<T>({ items, prepare, run }: Operation<T>, phases: Phases): Promise<number> {
  warmUp(prepare, run, phases.warmUpMs / 4)
  const stats = await measure(
    function* () {
      // The parameter is what makes mitata call `prepare`.
      yield { 0: prepare, bench: (prepared: T) => run(prepared) } as unknown as () => void
    },
    // Each call works on thousands of items, so a sample is a call.
    { batch_threshold: 0, min_cpu_time: (phases.timedMs / 3) * 1e6 }
  )
  return stats.p50 / items
}

function warmUp<T>(prepare: () => T, run: (prepared: T) => void, ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) run(prepare())
}

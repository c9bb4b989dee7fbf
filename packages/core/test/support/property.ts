// How property tests run here: always the same cases, so that a failure is one for everybody.
import fc from 'fast-check'
import { createRandom } from './random.ts'

/** FLOODNET_SEED=N explores other cases. A failure prints its seed, its path and the smallest case found. */
const SEED = Number(process.env.FLOODNET_SEED ?? 1)

/** Throws unless `predicate` holds (does not throw) for `runs` cases of `arbitrary`. */
export function holds<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void, runs = 200): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      predicate(value)
    }),
    { seed: SEED, numRuns: runs }
  )
}

/**
 * A random source for cases that are too large for fast-check to build and shrink: drive it by a seed from `anySeed`.
 */
export function randomOf(seed: number): (below: number) => number {
  const random = createRandom(seed ^ SEED)
  return (below) => Math.floor(random() * below)
}

export const anySeed: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff })

/** `items` in another order. */
export function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const left = [...items]
  return items.map(() => left.splice(random(left.length), 1)[0] as T)
}

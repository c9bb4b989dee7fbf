// Property tests with a fixed seed: the same cases every time. FLOODNET_SEED tries others; a failure prints the seed
// and the path.
import fc from 'fast-check'

export function check<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void, numRuns = 1000): void {
  fc.assert(fc.property(arbitrary, holds), { seed: Number(process.env.FLOODNET_SEED ?? 1), numRuns })
}

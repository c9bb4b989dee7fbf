// Waiting for a condition, as long as any test here may.
import { until } from '../../../../test/support/wait.ts'

/**
 * Generous: on a machine with ten times more work than processors a flood took 12 s. A passing test never waits so
 * long.
 */
export const DEADLINE_MS = 60_000

/** Polls until `probe` returns something that is true in a condition. */
export function waitFor<T>(what: string, probe: () => T, seen: () => string = () => '') {
  return until(probe, DEADLINE_MS, () => `${what}; seen:\n${seen()}`)
}

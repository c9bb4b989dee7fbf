// Runs benchmarks round by round, every one once in each, so that what drifts on the machine meets all of them and
// ratios can be taken within a round.
import { type Bench, type Figures, type Phases, Skipped } from './bench.ts'

/** What came of a benchmark: figures by round (null: not run in that one), or why there are none. */
export interface Outcome {
  readonly bench: Bench
  readonly rounds: (Figures | null)[]
  skipped: string | null
  readonly failures: string[]
}

/** `onProgress` is told before each run. */
export async function runRounds(
  benches: readonly Bench[],
  count: number,
  phases: Phases,
  onProgress: (bench: Bench, round: number) => void
): Promise<Outcome[]> {
  const outcomes = benches.map((bench): Outcome => ({ bench, rounds: [], skipped: null, failures: [] }))
  for (let round = 0; round < count; round++) {
    for (const outcome of outcomes) await runOnce(outcome, round, phases, onProgress)
  }
  return outcomes
}

async function runOnce(
  outcome: Outcome,
  round: number,
  phases: Phases,
  onProgress: (bench: Bench, round: number) => void
): Promise<void> {
  const { bench } = outcome
  if (outcome.skipped !== null || (bench.once === true && round > 0)) return void outcome.rounds.push(null)
  onProgress(bench, round)
  try {
    outcome.rounds.push(await bench.run(phases))
  } catch (error) {
    outcome.rounds.push(null)
    if (error instanceof Skipped) outcome.skipped = error.message
    else outcome.failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

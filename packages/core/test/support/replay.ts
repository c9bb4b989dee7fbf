// Tests of simulations: each has a seed, and whoever sees one fail is told the command that runs it again.
import { test } from 'uvu'

/** The seed of a test's runs: FLOODNET_SEED, or its own. */
export function seedOr(own: number): number {
  return Number(process.env.FLOODNET_SEED ?? own)
}

/** A test whose failures end with the command that replays it. `file` is part of the test file's name. */
export function seededTest(file: string, seed: number, name: string, body: () => void): void {
  test(name, () => {
    try {
      body()
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error))
      reason.message += `\nreplay: FLOODNET_SEED=${seed} npm test -- ${file}`
      throw reason
    }
  })
}

// Runs one seed's experiments in a process of its own: this same program, which prints one outcome a line.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { FloodnetError } from '@floodnet/core'
import type { Experiment, Outcome, Table } from '@floodnet/core/sim'
import { outcomeOf } from './results.ts'

/**
 * A simulation allocates much that does not live long: with the default of 16 MiB, collecting it takes a tenth of the
 * time.
 */
const ENGINE_FLAGS = ['--max-semi-space-size=64', '--max-old-space-size=12000']

/** @throws ERR_FLOODNET_FAILED if the process fails. */
export async function runSeedElsewhere(
  { nodes, cycles, messages }: Table,
  seed: number,
  experiments: readonly Experiment[],
  onOutcome: (outcome: Outcome) => Promise<void>
): Promise<void> {
  const program = process.argv[1]
  if (program === undefined) throw new FloodnetError('ERR_FLOODNET_FAILED', 'there is no program to start again')
  const numbers = { nodes, cycles, messages, seed, seeds: 1, only: experiments.map(({ name }) => name).join(',') }
  const flags = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [...ENGINE_FLAGS, program, 'sim', '--experiments', '--outcomes', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const end = () => child.kill()
  process.once('exit', end)
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome = outcomeOf(line)
    // One name may contain another.
    if (outcome && experiments.some(({ name }) => name === outcome.experiment)) await onOutcome(outcome)
  }
  const [code, signal] = await exit
  process.off('exit', end)
  if (code !== 0)
    throw new FloodnetError('ERR_FLOODNET_FAILED', `the process of seed ${seed} ended with ${code ?? signal}`)
}

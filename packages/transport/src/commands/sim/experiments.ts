// `floodnet sim --experiments`: the table of docs/SIMULATION.md, in one process or several, all at once or in parts.
import { FloodnetError } from '@floodnet/core'
import type { Experiment, Outcome, Table } from '@floodnet/core/sim'
import type { LineOutput } from '../line-output.ts'
import type { SimSettings } from './arguments.ts'
import { runSeedElsewhere } from './processes.ts'
import type { ProgressBar } from './progress-bar.ts'
import { appendOutcome, readOutcomes } from './results.ts'
import { outcomeLine, rowLine, tableHead } from './table.ts'

export type Simulator = typeof import('@floodnet/core/sim')

/** What stays the same throughout a run of the table. */
interface Plan {
  readonly sim: Simulator
  readonly settings: SimSettings
  readonly table: Table
  readonly chosen: readonly Experiment[]
  readonly bar: ProgressBar
  /** Called with each new outcome. */
  readonly keep: (outcome: Outcome) => Promise<void>
}

export async function runExperiments(
  sim: Simulator,
  settings: SimSettings,
  output: LineOutput,
  bar: ProgressBar
): Promise<void> {
  const { results, report, outcomes, json } = settings
  const table = tableOf(sim, settings)
  const chosen = chosenOf(sim, settings.only)
  const all = results === null ? [] : await readOutcomes(results, table)
  const keep = async (outcome: Outcome) => {
    all.push(outcome)
    if (results !== null) await appendOutcome(results, table, outcome)
    if (outcomes) await writeText(output, outcomeLine(outcome))
  }
  if (!report) await runMissing({ sim, settings, table, chosen, bar, keep }, [...all])
  bar.clear()
  if (outcomes) return
  if (!json) await writeText(output, tableHead(table))
  for (const row of sim.rowsOfAll(chosen, all)) {
    await writeText(output, json ? `${JSON.stringify({ event: 'row', ...row })}\n` : rowLine(row))
  }
}

export async function writeText(output: LineOutput, text: string): Promise<void> {
  await output.write(Buffer.from(text))
}

function tableOf(sim: Simulator, { nodes, seeds, seed, cycles, messages, quick }: SimSettings): Table {
  const table = { ...(quick ? sim.quickTable : sim.fullTable), firstSeed: seed }
  return {
    ...table,
    nodes: nodes ?? table.nodes,
    seeds: seeds ?? table.seeds,
    cycles: cycles ?? table.cycles,
    messages: messages ?? table.messages
  }
}

/** Experiments whose names contain one of the comma-separated texts. */
function chosenOf(sim: Simulator, only: string): Experiment[] {
  const texts = only.split(',').map((text) => text.trim())
  const chosen = sim.experiments.filter(({ name }) => texts.some((text) => name.includes(text)))
  if (chosen.length > 0) return chosen
  throw new FloodnetError('ERR_FLOODNET_OPTION', `no experiment's name contains '${only}'`, { subject: '--only' })
}

async function runMissing(plan: Plan, done: readonly Outcome[]): Promise<void> {
  return plan.settings.jobs > 1 ? await runElsewhere(plan, done) : await runHere(plan, done)
}

async function runHere({ sim, table, chosen, bar, keep }: Plan, done: readonly Outcome[]): Promise<void> {
  const total = table.seeds * chosen.length
  let ran = done.length
  const onStart = ({ name }: Experiment, seed: number) => bar.show(`${name}, seed ${seed}`, ran++ / total)
  for (const outcome of sim.outcomesOf(table, chosen, done, onStart)) {
    await keep(outcome)
    // The simulator never yields to the event loop, so the output would wait.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Runs each seed in a process of its own, `jobs` at a time. */
async function runElsewhere({ settings, table, chosen, bar, keep }: Plan, done: readonly Outcome[]): Promise<void> {
  const seeds = Array.from({ length: table.seeds }, (_, i) => table.firstSeed + i)
  const total = table.seeds * chosen.length
  let ran = done.length
  const onOutcome = async (outcome: Outcome) => {
    bar.show(`${outcome.experiment}, seed ${outcome.seed}`, ++ran / total)
    await keep(outcome)
  }
  const work = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const missing = chosen.filter(({ name }) => !done.some((one) => one.seed === seed && one.experiment === name))
      if (missing.length > 0) await runSeedElsewhere(table, seed, missing, onOutcome)
    }
  }
  await Promise.all(Array.from({ length: settings.jobs }, work))
}

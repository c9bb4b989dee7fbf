// A command that runs benchmarks: reads the options, runs rounds, prints lines or a table, and what the goals say.

import { describeVerdict, type Goal, judge, verdictCells } from '../report/goals.ts'
import { otherLines, resultLines } from '../report/lines.ts'
import { describeMachine } from '../report/machine.ts'
import { markdownRows, markdownTable, table } from '../report/table.ts'
import { type Bench, FULL, type Phases, QUICK } from './bench.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { Progress } from './progress.ts'
import { type Outcome, runRounds } from './rounds.ts'

export interface Command {
  readonly name: string
  readonly about: string
  benches(): readonly Bench[] | Promise<readonly Bench[]>
  readonly goals?: readonly Goal[]
  /** Printed above the table: versions and settings. */
  readonly ring?: () => readonly string[]
  readonly phases?: Phases
  readonly quickPhases?: Phases
}

export async function runCommand(command: Command): Promise<void> {
  const options = parse(command)
  if (options === null) return
  const benches = select(await command.benches(), options)
  if (benches.length === 0) return misuse(`no benchmark is called or begins with ${options.only.join(', ')}`)
  const phases = options.quick ? (command.quickPhases ?? QUICK) : (command.phases ?? FULL)
  const progress = new Progress(benches, options.runs)
  const outcomes = await runRounds(benches, options.runs, phases, (bench, round) => {
    process.stderr.write(`${progress.next(performance.now())} round ${round + 1}: ${bench.name} (${bench.about})\n`)
  })
  if (options.json) printLines(outcomes)
  else printTable(command, options, outcomes)
  for (const { bench, failures } of outcomes) {
    for (const failure of failures) process.stderr.write(`${bench.name} failed: ${failure}\n`)
  }
  process.exitCode = outcomes.some(({ failures }) => failures.length > 0) ? 1 : 0
}

function parse(command: Command): Options | null {
  try {
    const options = readOptions(process.argv.slice(2))
    if (!options.help) return options
    console.log(`npm run ${command.name} -- [options]\n\n${command.about}\n\n${USAGE}`)
  } catch (error) {
    misuse(error instanceof Error ? error.message : String(error))
  }
  return null
}

function misuse(message: string): void {
  console.error(message)
  process.exitCode = 2
}

function select(benches: readonly Bench[], { only, exactly }: Options): Bench[] {
  if (only.length === 0) return benches.filter(({ onRequest }) => onRequest !== true)
  return benches.filter(({ name }) => only.some((wanted) => (exactly ? name === wanted : name.startsWith(wanted))))
}

function printLines(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    for (const line of [...resultLines(outcome), ...otherLines(outcome)]) console.log(JSON.stringify(line))
  }
}

function printTable(command: Command, options: Options, outcomes: readonly Outcome[]): void {
  const { quick, runs, markdown } = options
  console.log(describeMachine())
  for (const shortRun of command.ring?.() ?? []) console.log(shortRun)
  console.log(`${runs} runs, interleaved; medians${quick ? '; quick: not for figures' : ''}\n`)
  const verdicts = judge(command.goals ?? [], outcomes).filter(({ value }) => value !== null)
  console.log(markdown ? markdownTable(outcomes) : table(outcomes))
  // Goals are for figures, and those of a quick run are none.
  if (verdicts.length === 0 || quick) return
  console.log(
    '\nGoals of the project on two idle cores; a busy or slower machine is below them, and nothing is wrong with it:\n'
  )
  if (markdown) console.log(markdownRows(['what', 'goal', 'measured', ''], verdicts.map(verdictCells)))
  else for (const verdict of verdicts) console.log(describeVerdict(verdict))
}

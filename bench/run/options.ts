// Options that the three commands share.
import { parseArgs } from 'node:util'

export interface Options {
  readonly json: boolean
  /** Tables as docs/PERFORMANCE.md has them. */
  readonly markdown: boolean
  readonly quick: boolean
  readonly runs: number
  /** Names or beginnings of names; empty: all of the overview. */
  readonly only: readonly string[]
  /** Only whole names match. */
  readonly exactly: boolean
  readonly help: boolean
}

export const USAGE = `  --json             one JSON object a line: {"bench","metric","value","min","max","runs","node"}
  --markdown         the tables as docs/PERFORMANCE.md has them
  --only NAME[,NAME] these benchmarks alone; a beginning of a name stands for all that begin so
  --exactly          --only takes whole names
  --quick            shorter, to see that all runs; not for figures
  --runs N           rounds, each benchmark once in each (default 3)
  --help`

/** @throws with a message for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      exactly: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  })
  const runs = Number(values.runs ?? (values.quick ? 1 : 3))
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1, not ${values.runs}`)
  const only = values.only.flatMap((names) => names.split(',')).filter((name) => name !== '')
  const { json, markdown, quick, exactly, help } = values
  return { json, markdown, quick, runs, only, exactly, help }
}

// Outcomes kept in a file, one JSON object a line, so that an interrupted run of the table resumes where it stopped.
import { appendFile, readFile } from 'node:fs/promises'
import { FloodnetError } from '@floodnet/core'
import type { Outcome, Table } from '@floodnet/core/sim'

/**
 * The outcomes in a file that were found at the same scale; none if there is no file yet.
 * @throws ERR_FLOODNET_OPTION if it cannot be read or is something else.
 */
export async function readOutcomes(path: string, table: Table): Promise<Outcome[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw unusable(path, cause)
  })
  // The last line was cut short when the run was interrupted.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines.filter((line) => line !== '').flatMap((line) => keptOutcome(path, line, table))
}

/** @throws ERR_FLOODNET_OPTION if it cannot be written. */
export async function appendOutcome(path: string, table: Table, outcome: Outcome): Promise<void> {
  const { nodes, cycles, messages } = table
  const line = JSON.stringify({ ...outcomeObject(outcome), nodes, cycles, messages })
  await appendFile(path, `${line}\n`).catch((cause) => {
    throw unusable(path, cause)
  })
}

/** In a form that JSON can hold: infinity, which stands for never, becomes null. */
export function outcomeObject({ experiment, seed, figures }: Outcome) {
  return { event: 'outcome', experiment, seed, figures }
}

/** Null for a line that is not an outcome. */
export function outcomeOf(line: string): Outcome | null {
  try {
    const { event, experiment, seed, figures } = JSON.parse(line)
    if (event !== 'outcome') return null
    const named = Object.entries(figures).map(([name, value]) => [name, value ?? Number.POSITIVE_INFINITY])
    return { experiment, seed, figures: Object.fromEntries(named) }
  } catch {
    return null
  }
}

function keptOutcome(path: string, line: string, table: Table): Outcome[] {
  const outcome = outcomeOf(line)
  if (!outcome) throw unusable(path, new Error('it holds other lines than outcomes'))
  const { nodes, cycles, messages } = JSON.parse(line)
  const isOfTable = nodes === table.nodes && cycles === table.cycles && messages === table.messages
  const isWanted = outcome.seed >= table.firstSeed && outcome.seed < table.firstSeed + table.seeds
  return isOfTable && isWanted ? [outcome] : []
}

function unusable(path: string, cause: Error): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', `--results ${path}: ${cause.message}`, {
    subject: '--results',
    cause
  })
}

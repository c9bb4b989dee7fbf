// `floodnet sim`: one simulated run with its figures, or the table of experiments. No network, no sockets.
import { writeFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { FloodnetError } from '@floodnet/core'
import type { FinishedRun, Moment, RunResult, RunWatcher } from '@floodnet/core/sim'
import type { LineOutput } from './line-output.ts'
import type { SimSettings } from './sim-arguments.ts'
import { drawRun } from './sim-svg.ts'
import { resultTable, rowLine, tableHead } from './sim-table.ts'

type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number }

const BAR_CELLS = 30
const LINE_START = '\r\u001b[K'

/** Writes the figures; resolves when they are handed over. */
export async function runSim(settings: SimSettings, output: LineOutput, stderr: Terminal): Promise<void> {
  // Other commands need none of it.
  const sim = await import('@floodnet/core/sim')
  return settings.experiments
    ? await runTable(sim, settings, output, stderr)
    : await runOnce(sim, settings, output, stderr)
}

type Simulator = typeof import('@floodnet/core/sim')

async function runOnce(sim: Simulator, settings: SimSettings, output: LineOutput, stderr: Terminal): Promise<void> {
  const { fail, vanish, nodes, seed, nat, loss, cut, slow, check, svg } = settings
  const bar = progressBar(stderr)
  const moments: Moment[] = []
  const watcher: RunWatcher = {
    onProgress: (phase, done, total) => bar.show(phase === 'join' ? 'joining' : 'healing', done / total),
    ...(svg !== null && { onMoment: (moment: Moment) => void moments.push(moment) })
  }
  const options = { natShare: nat, lossRate: loss, cutRate: cut, slowShare: slow, check, seed }
  const crash = vanish ? 'vanished' : 'killed'
  const run = sim.runSimulation({ ...(nodes !== null && { nodes }), fail, crash, sim: options }, watcher)
  bar.clear()
  if (svg !== null) await writeSvg(svg, run, moments)
  const { result } = run
  await writeText(output, settings.json ? `${JSON.stringify(resultObject(result))}\n` : resultTable(result))
}

async function runTable(sim: Simulator, settings: SimSettings, output: LineOutput, stderr: Terminal): Promise<void> {
  const { nodes, seeds, seed, quick, only, json } = settings
  const given = { ...(nodes !== null && { nodes }), ...(seeds !== null && { seeds }), firstSeed: seed }
  const table = { ...(quick ? sim.quickTable : sim.fullTable), ...given }
  const chosen = sim.experiments.filter(({ name }) => name.includes(only))
  if (chosen.length === 0)
    throw new FloodnetError('ERR_FLOODNET_OPTION', `no experiment's name contains '${only}'`, { subject: '--only' })
  const bar = progressBar(stderr)
  let done = 0
  const onSeed = ({ name }: { name: string }) => bar.show(name, done++ / (table.seeds * chosen.length))
  if (!json) await writeText(output, tableHead(table))
  for (const rows of sim.tableRows(table, chosen, onSeed)) {
    bar.clear()
    for (const row of rows)
      await writeText(output, json ? `${JSON.stringify({ event: 'row', ...row })}\n` : rowLine(row))
    // The simulator leaves no turn of the event loop to what carries the output.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** In the contract's order of fields. */
function resultObject(result: RunResult): object {
  return { event: 'result', ...result }
}

async function writeText(output: LineOutput, text: string): Promise<void> {
  await output.write(Buffer.from(text))
}

async function writeSvg(path: string, run: FinishedRun, moments: readonly Moment[]): Promise<void> {
  try {
    await writeFile(path, drawRun(run, moments))
  } catch (cause) {
    const message = `--svg ${path} cannot be written: ${(cause as Error).message}`
    throw new FloodnetError('ERR_FLOODNET_OPTION', message, { subject: '--svg', cause })
  }
}

/** On a terminal only: elsewhere it would be noise. */
function progressBar(stderr: Terminal) {
  const isShown = stderr.isTTY === true
  return {
    show(what: string, share: number): void {
      if (!isShown) return
      const cells = Math.round(BAR_CELLS * Math.min(1, share))
      const bar = '#'.repeat(cells).padEnd(BAR_CELLS, '.')
      stderr.write(`${LINE_START}[${bar}] ${Math.floor(share * 100)} % ${what}`.slice(0, stderr.columns ?? 80))
    },
    clear(): void {
      if (isShown) stderr.write(LINE_START)
    }
  }
}

// `floodnet sim`: one simulated run with its figures, or the table of experiments. No network, no sockets.
import { writeFile } from 'node:fs/promises'
import { FloodnetError } from '@floodnet/core'
import type { FinishedRun, Hostility, Moment, RunResult, RunWatcher, StreamRun } from '@floodnet/core/sim'
import type { LineOutput } from '../line-output.ts'
import type { SimSettings } from './arguments.ts'
import { runExperiments, type Simulator, writeText } from './experiments.ts'
import { type ProgressBar, progressBar, type Terminal } from './progress-bar.ts'
import { drawRun } from './svg.ts'
import { resultTable } from './table.ts'

/** Writes the figures; resolves when they are handed over. */
export async function runSim(settings: SimSettings, output: LineOutput, stderr: Terminal): Promise<void> {
  // Loaded only here, because other commands do not need it.
  const sim = await import('@floodnet/core/sim')
  return settings.experiments
    ? await runExperiments(sim, settings, output, progressBar(stderr))
    : await runOnce(sim, settings, output, progressBar(stderr))
}

async function runOnce(sim: Simulator, settings: SimSettings, output: LineOutput, bar: ProgressBar): Promise<void> {
  const { fail, vanish, nodes, batch, seed, nat, loss, cut, slow, check, svg } = settings
  const moments: Moment[] = []
  const watcher: RunWatcher = {
    onProgress: (phase, done, total) => bar.show(phase === 'join' ? 'joining' : 'healing', done / total),
    ...(svg !== null && { onMoment: (moment: Moment) => void moments.push(moment) })
  }
  const options = { natShare: nat, lossRate: loss, cutRate: cut, slowShare: slow, check, seed }
  const crash = vanish ? 'vanished' : 'killed'
  const growth = { ...(nodes !== null && { nodes }), ...(batch !== null && { batch }) }
  const stream = streamOf(settings)
  const run = sim.runSimulation({ ...growth, fail, crash, stream, sim: options }, watcher)
  bar.clear()
  if (svg !== null) await writeSvg(svg, run, moments)
  const { result } = run
  await writeText(output, settings.json ? `${JSON.stringify(resultObject(result))}\n` : resultTable(result))
}

function streamOf(settings: SimSettings): Partial<StreamRun> | null {
  const { speakers, rate, warm, seconds, parents, withhold, hostility, uplink, uplinkLoad, churn } = settings
  if (speakers === null) return null
  const stream = {
    ...{ speakers, rate, uplinkShare: uplink, uplinkLoad, hostileShare: withhold },
    hostility: hostility as Hostility,
    trees: parents === null ? {} : { parents }
  }
  return { stream, warmMs: Math.round(1_000 * warm), measureMs: 1_000 * seconds, churn }
}

/** In the order of fields that the contract sets. */
function resultObject({ steady, ...result }: RunResult): object {
  if (steady === undefined) return { event: 'result', ...result }
  const { copies, p50Ms, p99Ms, lastHops, controlShare, missing } = steady
  return { event: 'result', ...result, steady: { copies, p50Ms, p99Ms, lastHops, controlShare, missing } }
}

async function writeSvg(path: string, run: FinishedRun, moments: readonly Moment[]): Promise<void> {
  try {
    await writeFile(path, drawRun(run, moments))
  } catch (cause) {
    const message = `--svg ${path} cannot be written: ${(cause as Error).message}`
    throw new FloodnetError('ERR_FLOODNET_OPTION', message, { subject: '--svg', cause })
  }
}

// A thousand messages a second: how long each is on its way.
import type { Figures, Phases } from '../run/bench.ts'
import { sleep } from '../run/wait.ts'
import type { Cast } from './cast.ts'
import { begin, type Flow, finish } from './flow.ts'

/** At a thousand a second, twice a flow's time gives p99 some sixty samples above it. */
const TIME_FACTOR = 2

export async function runPaced(cast: Cast, flow: Flow, perSecond: number, phases: Phases): Promise<Figures> {
  await begin(cast, { ...flow, credit: null }, perSecond)
  await sleep(phases.warmUpMs)
  await Promise.all(cast.readers.map(({ child }) => child.ask('resetLatencies', {})))
  const first = await marks(cast)
  await sleep(phases.timedMs * TIME_FACTOR)
  const last = await marks(cast)
  const { count, p50Us, p90Us, p99Us, maxUs } = await cast.readers[0]!.child.ask('latencies', {})
  const cpuUs = last.reduce((sum, { cpuUs }, i) => sum + cpuUs - first[i]!.cpuUs, 0)
  const rss = last.map(({ peakRssMib }) => peakRssMib)
  return {
    p50_us: p50Us,
    p90_us: p90Us,
    p99_us: p99Us,
    max_us: maxUs,
    cpu_s_per_million_msgs: cpuUs / count,
    ...(await finish(cast)),
    peak_rss_mib: Math.max(...rss),
    peak_rss_all_mib: rss.reduce((sum, each) => sum + each, 0)
  }
}

function marks(cast: Cast) {
  return Promise.all(cast.members.map(({ child }) => child.ask('mark', {})))
}

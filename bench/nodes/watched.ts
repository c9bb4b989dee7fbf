// The memory of a relay at full speed, second by second.

import { medianOf } from '../report/statistics.ts'
import type { Figures, Phases } from '../run/bench.ts'
import { sleep } from '../run/wait.ts'
import type { Cast } from './cast.ts'
import { begin, type Flow, finish } from './flow.ts'

const SECOND_MS = 1_000

/** `rss_growth`: the last third's median over the first third's. */
export async function runWatched(cast: Cast, relay: string, flow: Flow, phases: Phases): Promise<Figures> {
  const member = cast.members.find(({ place }) => place.name === relay)!
  await begin(cast, flow, null)
  await sleep(phases.warmUpMs)
  const first = await member.child.ask('mark', {})
  const [received] = await Promise.all(cast.readers.map(({ child }) => child.ask('mark', {})))
  const rss: number[] = []
  for (let second = 0; second < phases.watchMs / SECOND_MS; second++) {
    await sleep(SECOND_MS)
    rss.push((await member.child.ask('mark', {})).rssMib)
  }
  const last = await member.child.ask('mark', {})
  const [receivedLast] = await Promise.all(cast.readers.map(({ child }) => child.ask('mark', {})))
  const third = Math.ceil(rss.length / 3)
  return {
    msgs_per_s:
      ((receivedLast!.tally.received - received!.tally.received) / (receivedLast!.atNs - received!.atNs)) * 1e9,
    rss_peak_mib: last.peakRssMib,
    rss_median_mib: medianOf(rss),
    rss_first_third_mib: medianOf(rss.slice(0, third)),
    rss_last_third_mib: medianOf(rss.slice(-third)),
    rss_growth: medianOf(rss.slice(-third)) / medianOf(rss.slice(0, third)),
    [`cores_${relay}`]: ((last.cpuUs - first.cpuUs) * 1_000) / (last.atNs - first.atNs),
    peak_rss_mib: last.peakRssMib,
    ...(await finish(cast)),
    ...Object.fromEntries(rss.map((mib, second) => [`rss_at_${String(second + 1).padStart(2, '0')}_s_mib`, mib]))
  }
}

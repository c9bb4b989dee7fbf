// What floodnet wants to reach on a machine with two cores.
import { figure, type Goal, ratio } from './goals.ts'

/** Of `npm run bench`. */
export const GOALS: readonly Goal[] = [
  { what: 'line.100B.plain / naive.100B', sense: '>=', goal: 25, value: ratio('line.100B.plain', 'naive.100B') },
  { what: 'line.100B, messages/s', sense: '>=', goal: 2e6, value: figure('line.100B', 'msgs_per_s') },
  { what: 'line.100B / line.100B.plain', sense: '>=', goal: 0.55, value: ratio('line.100B', 'line.100B.plain') },
  { what: 'relay.raw.plain / pipe.100B', sense: '>=', goal: 0.6, value: ratio('relay.raw.plain', 'pipe.100B') },
  { what: 'triangle.100B / line.100B', sense: '>=', goal: 0.6, value: ratio('triangle.100B', 'line.100B') },
  { what: 'latency.1k p50, us', sense: '<=', goal: 400, value: figure('latency.1k', 'p50_us') },
  { what: 'latency.1k p99, us', sense: '<=', goal: 2_000, value: figure('latency.1k', 'p99_us') },
  {
    what: 'latency.1k.plain p50 / latency.naive p50',
    sense: '<=',
    goal: 2,
    value: ratio('latency.1k.plain', 'latency.naive', 'p50_us')
  },
  ...[1, 64, 4_000].map(
    (origins): Goal => ({
      what: `core.window.${origins}, ns a packet`,
      sense: '<=',
      goal: 15,
      value: figure(`core.window.${origins}`, 'ns_per_op')
    })
  ),
  {
    what: 'window memory, 10 x the rate',
    sense: '<=',
    goal: 1,
    value: figure('core.window.memory', 'growth_with_rate')
  },
  {
    what: 'window memory, 4 x the time',
    sense: '<=',
    goal: 1,
    value: figure('core.window.memory', 'growth_with_time')
  },
  { what: 'core.flood.dup, ns an offer', sense: '<=', goal: 60, value: figure('core.flood.dup', 'ns_per_op') },
  { what: 'rss.60s peak, MiB', sense: '<=', goal: 200, value: figure('rss.60s', 'rss_peak_mib') },
  { what: 'rss.60s last third / first third', sense: '<=', goal: 1.1, value: figure('rss.60s', 'rss_growth') },
  {
    what: 'CPU per delivered copy, fanout.16 / fanout.2',
    sense: '<',
    goal: 1.5,
    value: ratio('fanout.16', 'fanout.2', 'cpu_us_per_copy')
  }
]

/** Of `npm run bench:peers`. */
export const PEER_GOALS: readonly Goal[] = [
  { what: 'line.100B / gossipsub.line.100B', sense: '>=', goal: 300, value: ratio('line.100B', 'gossipsub.line.100B') },
  { what: 'line.100B / nats.line.100B', sense: '>=', goal: 3, value: ratio('line.100B', 'nats.line.100B') }
]

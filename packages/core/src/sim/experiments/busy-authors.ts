// Busy authors: what a tree for each costs beside the flood, and what arrives when nodes fail, lie, or have narrow
// uplinks.
import type { CrashKind } from '../faults.ts'
import { HOSTILITIES, type Hostility } from '../stream/options.ts'
import { runStream, type StreamRun } from '../stream/run.ts'
import { cutAndJoined, newcomers, oneMessageEach } from './busy-authors-meet.ts'
import type { Experiment, Metric, Scale } from './experiment.ts'
import { grown } from './joining.ts'

const nothingMissing: Metric = {
  ...{ name: 'missing', unit: 'deliveries', published: '-', goal: '0' },
  holds: (value) => value === 0
}

/** With one parent a packet costs one copy, at the delay of the flood. */
const beside: Experiment = {
  name: 'busy authors',
  about: 'twenty authors, two packets a second each; the flood on the same network beside it',
  metrics: [
    atMost('copies', 'copies', 1.1),
    atMost('copies with two parents', 'copies', 2.1),
    { name: 'copies of the flood', unit: 'copies', published: '-', goal: '-' },
    atMost("p99 of the flood's", 'times', 1.1),
    atMost("hops over the flood's", 'hops', 1),
    { name: 'control', unit: '%', published: '-', goal: '-' },
    nothingMissing
  ],
  run(scale) {
    const [one, two, flood] = [1, 2, 0].map((parents) => steadyOf(scale, { stream: { trees: { parents } } }).steady)
    if (!one || !two || !flood) return {}
    return {
      copies: one.copies,
      'copies with two parents': two.copies,
      'copies of the flood': flood.copies,
      "p99 of the flood's": one.p99Ms / flood.p99Ms,
      "hops over the flood's": one.lastHops - flood.lastHops,
      control: 100 * one.controlShare,
      missing: one.missing
    }
  }
}

/** Waits count from the moment at which the overlay was one component again. */
function failing(share: number, crash: CrashKind, longestMs: number): Experiment {
  return {
    name: `busy authors, ${share} % ${crash === 'killed' ? 'fail' : 'fall silent'}`,
    about: `${share} % of all nodes are ${crash} at once while twenty authors speak`,
    metrics: [
      nothingMissing,
      atMost('slowest after healing', 'ms', longestMs),
      { name: 'healed', unit: 'ms', published: '-', goal: '-' },
      atMost('copies', 'copies', 1.2)
    ],
    run(scale) {
      const { steady, healMs } = steadyOf(scale, { fail: share / 100, crash, measureMs: 20_000 })
      const { missing, copies, maxWholeMs } = steady
      return { missing, copies, healed: healMs, 'slowest after healing': maxWholeMs }
    }
  }
}

function hostile(hostility: Hostility, share: number): Experiment {
  return {
    name: `busy authors, ${share} % ${hostility}`,
    about: `${share} % of the nodes are hostile: ${hostility}`,
    metrics: [
      nothingMissing,
      { name: 'p99', unit: 'ms', published: '-', goal: '-' },
      { name: 'most sent', unit: 'times', published: '-', goal: '-' }
    ],
    run(scale) {
      const { steady } = steadyOf(scale, { stream: { hostileShare: share / 100, hostility } })
      return { missing: steady.missing, p99: steady.p99Ms, 'most sent': steady.mostSent }
    }
  }
}

function narrow(share: number, uplinkLoad: number): Experiment {
  return {
    name: `busy authors, ${share} % of uplinks at ${uplinkLoad} x`,
    about: `${share} % of the nodes can send ${uplinkLoad} times all packets once each; ten packets a second`,
    metrics: [
      nothingMissing,
      atMost('copies', 'copies', 1.2),
      { name: 'p99', unit: 'ms', published: '-', goal: '-' },
      { name: 'grafts a node and minute', unit: 'times', published: '-', goal: '<= 30', holds: (value) => value <= 30 }
    ],
    run(scale) {
      const stream = { uplinkShare: share / 100, uplinkLoad, rate: 10 }
      const { steady } = steadyOf(scale, { warmMs: 20_000, stream })
      const minutes = (scale.nodes * (10_000 + 13_000)) / 60_000
      const { missing, copies, p99Ms, grafts } = steady
      return { missing, copies, p99: p99Ms, 'grafts a node and minute': grafts / minutes }
    }
  }
}

const coming: Experiment = {
  name: 'busy authors, churn',
  about: '0.5 % of the nodes are killed each 10 s, and as many join',
  metrics: [nothingMissing, atMost('copies', 'copies', 1.2), { name: 'p99', unit: 'ms', published: '-', goal: '-' }],
  run(scale) {
    const churn = Math.max(1, Math.round(scale.nodes / 200))
    const { missing, copies, p99Ms } = steadyOf(scale, { churn, measureMs: scale.cycles * 10_000 }).steady
    return { missing, copies, p99: p99Ms }
  }
}

const many: Experiment = {
  name: 'busy authors, a hundred',
  about: 'a hundred authors, ten packets of 300 bytes a second each, on at most 1,000 nodes',
  metrics: [nothingMissing, atMost('control', '%', 6)],
  run(scale) {
    const stream = { speakers: Math.min(100, scale.nodes), rate: 10 }
    const { missing, controlShare } = steadyOf(
      { ...scale, nodes: Math.min(1_000, scale.nodes) },
      { measureMs: 3_000, stream }
    ).steady
    return { missing, control: 100 * controlShare }
  }
}

export const busyAuthors: readonly Experiment[] = [
  beside,
  ...[50, 80, 90].map((share) => failing(share, 'killed', 1_000)),
  failing(10, 'vanished', 1_500),
  coming,
  ...HOSTILITIES.flatMap((hostility) => [20, 40].map((share) => hostile(hostility, share))),
  narrow(90, 1.2),
  narrow(80, 2),
  many,
  cutAndJoined,
  newcomers,
  oneMessageEach
]

function steadyOf(scale: Scale, run: Partial<StreamRun>) {
  const speakers = Math.min(20, Math.ceil(scale.nodes / 5))
  return runStream(grown(scale), { warmMs: 8_000, ...run, stream: { speakers, rate: 2, ...run.stream } })
}

function atMost(name: string, unit: Metric['unit'], most: number): Metric {
  return { ...{ name, unit, published: '-', goal: `<= ${most}` }, holds: (value) => value <= most }
}

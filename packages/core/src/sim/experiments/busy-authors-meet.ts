// Busy authors and those who come to them: a newcomer, the other half of a network that was cut; and authors that are
// never busy.
import { healNetwork, splitNetwork } from '../faults.ts'
import { joinNode } from '../growth.ts'
import { runFor } from '../host.ts'
import { aliveNodes } from '../state.ts'
import { Stream } from '../stream/stream.ts'
import type { Experiment, Metric, Scale } from './experiment.ts'
import { grown } from './joining.ts'

const WARM_MS = 8_000
const CUT_MS = 5_000
/** Cut links are noticed within 12 s, and what is late comes soon after. */
const JOINED_MS = 40_000
const NEWCOMERS = 20
/** Each author writes once within this time. */
const ONCE_MS = 10_000
const MINUTE_MS = 60_000

const nothingMissing: Metric = {
  ...{ name: 'missing', unit: 'deliveries', published: '-', goal: '0' },
  holds: (value) => value === 0
}

export const cutAndJoined: Experiment = {
  name: 'busy authors, halves cut for 5 s',
  about:
    'twenty authors on both sides of a network that is cut in halves for 5 s; links that were cut are noticed later',
  metrics: [
    nothingMissing,
    { name: 'lost', unit: 'deliveries', published: '-', goal: '-' },
    { ...nothingMissing, name: 'silent at the end' }
  ],
  run(scale) {
    const sim = grown(scale)
    const stream = new Stream(sim, { speakers: speakersOf(scale) })
    runFor(sim, WARM_MS)
    stream.startMeasure()
    splitNetwork(sim, (node) => node.index % 2)
    runFor(sim, CUT_MS)
    healNetwork(sim)
    runFor(sim, JOINED_MS / 2)
    stream.stopMeasure()
    runFor(sim, JOINED_MS / 2)
    const { missing, lost } = stream.figures()
    // Nothing is stuck: what is written now arrives everywhere.
    stream.startMeasure()
    runFor(sim, 2_000)
    stream.stopMeasure()
    runFor(sim, WARM_MS)
    return { missing, lost, 'silent at the end': stream.figures().missing }
  }
}

export const newcomers: Experiment = {
  name: 'busy authors, newcomers',
  about: `${NEWCOMERS} nodes that join while twenty authors speak: their first second`,
  metrics: [
    {
      ...{ name: 'duplicates of a packet', unit: 'copies', published: '-', goal: '<= 0.3' },
      holds: (value) => value <= 0.3
    },
    { name: 'packets', unit: 'deliveries', published: '-', goal: '-' }
  ],
  run(scale) {
    const sim = grown(scale)
    const stream = new Stream(sim, { speakers: speakersOf(scale) })
    runFor(sim, WARM_MS)
    const nodes = Array.from({ length: NEWCOMERS }, () => joinNode(sim, [aliveNodes(sim)[0]?.address ?? '']))
    runFor(sim, WARM_MS)
    let [copies, packets] = [0, 0]
    for (const node of nodes) {
      const first = stream.nodeStream(node)?.first
      copies += first?.copies ?? 0
      packets += first?.packets ?? 0
    }
    return { 'duplicates of a packet': (copies - packets) / packets, packets }
  }
}

export const oneMessageEach: Experiment = {
  name: 'authors with one message',
  about: 'every one of at most 500 nodes writes one message within 10 s',
  metrics: [
    nothingMissing,
    { name: "copies of the flood's", unit: 'times', published: '-', goal: '1', holds: (value) => value === 1 },
    { ...nothingMissing, name: 'trees after a minute', unit: 'trees' }
  ],
  run(scale) {
    const [trees, flood] = [1, 0].map((parents) => speakOnce({ ...scale, nodes: Math.min(500, scale.nodes) }, parents))
    if (!trees || !flood) return {}
    return {
      missing: trees.missing,
      "copies of the flood's": trees.copies / flood.copies,
      'trees after a minute': trees.left
    }
  }
}

function speakOnce(scale: Scale, parents: number) {
  const sim = grown(scale)
  const options = { speakers: scale.nodes, rate: 1_000 / ONCE_MS, packets: 1, trees: { parents } }
  const stream = new Stream(sim, options)
  stream.startMeasure()
  runFor(sim, MINUTE_MS + ONCE_MS)
  const { missing, copies } = stream.figures()
  const left = aliveNodes(sim).reduce((sum, node) => sum + (stream.nodeStream(node)?.trees.size ?? 0), 0)
  return { missing, copies, left }
}

function speakersOf({ nodes }: Scale): number {
  return Math.min(20, Math.ceil(nodes / 5))
}

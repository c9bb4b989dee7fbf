// time-limit: 180 s
// The two networks of a run: they are those of `floodnet sim`, whoever drives them and however slowly.
import { type RunResult, runSimulation } from '@floodnet/core/sim'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Run } from '../../src/world/run.ts'
import { AUTHOR_RATE, type Settings, type TimedAction } from '../../src/world/settings.ts'
import { Mark, shapeOf } from '../../src/world/shape.ts'

const settings: Settings = { nodes: 60, seed: 3, authors: 8, withhold: 0, parents: 1 }
const always = () => true

function kill(percent: number, atMs: number): TimedAction {
  return { atMs, action: { kind: 'kill', percent } }
}

/** As `floodnet sim` runs it. */
function printed({ nodes, seed, authors, withhold, parents }: Settings, warmMs: number, fail: number): RunResult {
  const stream = { speakers: authors, rate: AUTHOR_RATE, hostileShare: withhold / 100, trees: { parents } }
  return runSimulation({ nodes, fail, stream: { stream, warmMs }, sim: { seed } }).result
}

for (const given of [settings, { ...settings, withhold: 20, parents: 2 }]) {
  test(`prints the figures of floodnet sim: ${given.withhold} % withhold, ${given.parents} parents`, () => {
    const run = new Run(given, [kill(80, 9_300)])
    // By small steps, some of which end in the midst of one.
    for (let atMs = 0; atMs < 45_000; atMs += 333) run.advance(atMs, always)
    assert.equal(run.lanes.trees.settled?.result, printed(given, 9_300, 0.8))
    assert.match(run.command ?? '', /--warm 9.3 --fail 80$/)
  })
}

test('kills the same nodes in both networks, and both are whole again', () => {
  const run = new Run(settings)
  run.advance(10_000, always)
  assert.is(run.plan({ kind: 'kill', percent: 50 }), 10_100)
  run.advance(10_100, always)
  const [flood, trees] = [run.lanes.flood, run.lanes.trees]
  const up = (lane: typeof flood) => lane.sim.nodes.filter(({ state }) => state !== null).map(({ index }) => index)
  assert.is(up(trees).length, 30)
  assert.equal(up(flood), up(trees))
  run.advance(40_000, always)
  for (const { settled, killedMs, wholeMs } of [flood, trees]) {
    assert.is(settled?.result.reach, 1)
    assert.is((wholeMs ?? 0) - (killedMs ?? 0), settled?.healMs)
  }
  const copies = (lane: typeof flood) => lane.settled?.result.steady?.copies ?? 0
  assert.ok(copies(flood) > 2 && copies(trees) < 1.3, `${copies(flood)} and ${copies(trees)}`)
})

test('names no command when something else was done before or while it was measured', () => {
  const write: TimedAction = { atMs: 9_000, action: { kind: 'write', node: 5 } }
  for (const atMs of [9_000, 12_000]) {
    const run = new Run(
      settings,
      [{ ...write, atMs }, kill(50, 10_000)].sort((a, b) => a.atMs - b.atMs)
    )
    run.advance(10_000, always)
    assert.is(run.command === null, atMs < 10_000)
    run.advance(40_000, always)
    assert.is(run.command, null)
    assert.ok(run.lanes.trees.settled !== null)
  }
})

test('is cut in two halves, and one again when it is healed', () => {
  const run = new Run(settings, [
    { atMs: 1_000, action: { kind: 'cut' } },
    { atMs: 40_000, action: { kind: 'heal' } }
  ])
  run.advance(39_000, always)
  for (const lane of [run.lanes.flood, run.lanes.trees]) {
    lane.look()
    assert.equal(lane.parts, [30, 30])
  }
  const reached = run.samples.at(-1)
  assert.ok(reached && (reached.trees.reach ?? 1) < 0.55, `${reached?.trees.reach}`)
  run.advance(60_000, always)
  for (const lane of [run.lanes.flood, run.lanes.trees]) {
    lane.look()
    assert.equal(lane.parts, [60])
  }
})

test('any node writes when it is asked to, and everybody gets it', () => {
  const run = new Run({ ...settings, authors: 0 })
  const seen = new Set<number>()
  run.lanes.trees.onCopy = ({ to, fresh }) => void (fresh && seen.add(to))
  run.plan({ kind: 'write', node: 17 })
  run.advance(2_000, always)
  assert.is(seen.size, 59)
  const samples = run.samples.filter(({ trees }) => trees.reach !== null)
  assert.equal(
    samples.map(({ trees }) => trees.reach),
    [1]
  )
})

test('the live figures are those of the trees and the flood', () => {
  const run = new Run(settings)
  run.advance(16_000, always)
  const last = run.samples.at(-1)
  assert.ok(last && (last.flood.copies ?? 0) > 4 && (last.trees.copies ?? 9) < 1.1, JSON.stringify(last))
  assert.is(last.trees.reach, 1)
  assert.ok((last.trees.hops ?? 0) > 1 && (last.trees.delayMs ?? 0) > 20)
  assert.is(run.samples.length, 32)
})

test('stops when there is no more time, and goes on later as if it had not', () => {
  const [whole, halting] = [new Run(settings), new Run(settings)]
  whole.advance(3_000, always)
  let turns = 0
  while (halting.nowMs < 3_000) halting.advance(3_000, () => turns++ % 3 > 0)
  assert.is(halting.lanes.trees.sim.trace.hash, whole.lanes.trees.sim.trace.hash)
  assert.ok(turns > 300)
})

test('a shape has each link once, and marks who is up, who writes and who withholds', () => {
  const run = new Run({ ...settings, withhold: 20 }, [kill(50, 500)])
  run.advance(5_000, always)
  const { sim, stream } = run.lanes.trees
  const { marks, edges } = shapeOf(sim, stream)
  const count = (mark: number) => marks.filter((each) => (each & mark) !== 0).length
  assert.equal([count(Mark.up), count(Mark.author), count(Mark.withholds)], [30, 8, 12])
  const pairs = new Set<string>()
  for (let i = 0; i < edges.length; i += 2) {
    assert.ok((edges[i] ?? 0) < (edges[i + 1] ?? 0))
    pairs.add(`${edges[i]} ${edges[i + 1]}`)
  }
  assert.is(2 * pairs.size, edges.length)
  const degrees = sim.nodes.reduce((sum, { state }) => sum + (state?.neighbours.size ?? 0), 0)
  assert.is(2 * pairs.size, degrees)
})

test.run()

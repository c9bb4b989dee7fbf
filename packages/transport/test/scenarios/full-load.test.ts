// time-limit: 240 s
// A triangle whose corners all write as fast as they can: the case in which a network with naive back-pressure
// deadlocks.
// runs: alone
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type FlowProcess, killFlows, startFlow } from '../support/flow-process.ts'
import type { FlowReport } from '../support/flow-protocol.ts'

const WRITE_MS = 10_000
const SECONDS = WRITE_MS / 1_000
const MESSAGE_BYTES = 100
const MAX_RSS_MIB = 400
/** Six threads that are never idle share the cores of this machine: a second without a turn is no dead program. */
const limits = { stallMs: 1_000, linkQueueBytes: 2 * 1_048_576 }
/** Within so many seconds every stream must have come on. */
const PROGRESS_SECONDS = 3

test.after(killFlows)

test('three nodes that write flat-out never stand still, and nothing is lost', async () => {
  const corners = await startTriangle()
  await Promise.all(corners.map((corner) => corner.read()))
  const written = await Promise.all(corners.map((corner) => corner.write(MESSAGE_BYTES, { ms: WRITE_MS })))
  const counts = new Map(corners.map(({ id }, i) => [id, written[i]!.written]))
  await Promise.all(corners.map((corner) => settled(corner, counts)))
  const reports = await Promise.all(corners.map((corner) => corner.report()))
  print(reports, [...counts.values()])
  for (const [i, report] of reports.entries()) {
    expectNoLoss(report)
    for (const { id } of corners) if (id !== corners[i]!.id) expectStream(report, id, counts.get(id)!)
    assert.ok(report.peakRssMiB < MAX_RSS_MIB, `${report.peakRssMiB} MiB`)
  }
})

async function startTriangle(): Promise<FlowProcess[]> {
  const a = await startFlow(2, [], { limits })
  const b = await startFlow(2, [a], { limits })
  const c = await startFlow(2, [a, b], { limits })
  await Promise.all([a.linked(2), b.linked(2), c.linked(2)])
  return [a, b, c]
}

/** Whatever was in flight has come. */
async function settled(corner: FlowProcess, written: ReadonlyMap<string, number>): Promise<void> {
  const expected = [...written].reduce((sum, [id, count]) => (id === corner.id ? sum : sum + count), 0)
  let received = 0
  const complete = async (): Promise<boolean> => {
    const { streams } = await corner.report()
    received = Object.values(streams).reduce((sum, stream) => sum + stream.received, 0)
    return received === expected
  }
  const told = (): string => `${expected} messages, not ${received}`
  await until(complete, 30_000, told).catch(async (error: Error) => {
    throw new Error(`${error.message}; counted as lost: ${JSON.stringify((await corner.report()).stats.drops)}`)
  })
}

/** A link that lagged for a moment is made good by the other way round: late, but once. */
function expectNoLoss({ stats, streams }: FlowReport): void {
  for (const { missing, disordered, damaged } of Object.values(streams)) {
    assert.is(missing, disordered)
    assert.is(damaged, 0)
  }
  assert.is(stats.drops['inbox-full'], undefined)
}

function expectStream({ streams }: FlowReport, id: string, written: number): void {
  const stream = streams[id]
  assert.is(stream?.received, written)
  assert.ok(longestGap(stream?.perSecond ?? []) < PROGRESS_SECONDS, JSON.stringify(stream?.perSecond))
}

/** Seconds in a row in which nothing came, between the first and the last message. */
function longestGap(perSecond: readonly (number | undefined)[]): number {
  let [gap, longest] = [0, 0]
  for (const count of perSecond.slice(perSecond.findIndex((count) => (count ?? 0) > 0))) {
    gap = (count ?? 0) > 0 ? 0 : gap + 1
    longest = Math.max(longest, gap)
  }
  return longest
}

function print(reports: readonly FlowReport[], written: readonly number[]): void {
  const slowest = reports.map(({ streams }) =>
    Math.min(...Object.values(streams).flatMap(({ perSecond }) => perSecond.slice(0, SECONDS)))
  )
  console.log(`written: ${written.join(', ')}; least in a second: ${slowest.join(', ')}`)
  console.log(`lost: ${JSON.stringify(reports.map(({ stats }) => stats.drops))}`)
  console.log(`peak RSS: ${reports.map(({ peakRssMiB }) => Math.round(peakRssMiB)).join(', ')} MiB`)
}

test.run()

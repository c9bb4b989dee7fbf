// A program that does not read: its node goes on relaying, counts what it could not deliver, and keeps its memory.
// runs: alone
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type FlowProcess, killFlows, patient, startFlow } from '../support/flow-process.ts'
import type { FlowReport } from '../support/flow-protocol.ts'

const MESSAGES = 300_000
const MESSAGE_BYTES = 100
const MAX_RSS_MIB = 400

test.after(killFlows)

test('a program that never reads loses messages, counted and told, while everyone else gets them all', async () => {
  const { a, b, c } = await startLine()
  await c.read()
  await a.write(MESSAGE_BYTES, { count: MESSAGES })
  await expectAll(c, a, MESSAGES)
  const report = await until(
    async () => {
      const report = await b.report()
      return has(report, 'dropped', { reason: 'inbox-full', peer: null }) ? report : null
    },
    10_000,
    'B tells of its losses'
  )
  assert.ok(has(report, 'lagging', { peer: null, lagging: true }))
  await expectMemory({ a, b, c })
  // What was kept is there for a program that reads at last, and the rest was counted.
  await b.read()
  await expectAccount(b, a, MESSAGES)
})

test('a program whose thread is blocked does not hold up what its node relays', async () => {
  const { a, b, c } = await startLine()
  await Promise.all([b.read(), c.read()])
  const writing = a.write(MESSAGE_BYTES, { ms: 30_000 })
  await until(async () => (await received(c, a)) > 1_000, 10_000, 'messages flow')
  const { started, ended } = b.block(5_000)
  await started
  const before = await received(c, a)
  let blocked = true
  void ended.then(() => {
    blocked = false
  })
  await until(async () => !blocked || (await received(c, a)) > before + 5_000, 10_000, 'C receives meanwhile')
  const during = (await received(c, a)) - before
  assert.ok(blocked, `B's thread went on when C had received ${during} messages`)
  await ended
  await a.stop()
  const { written } = await writing
  console.log(`C received ${during} messages while the thread of B was blocked`)
  await expectAll(c, a, written)
  await expectAccount(b, a, written)
  await expectMemory({ a, b, c })
})

interface Line {
  readonly a: FlowProcess
  readonly b: FlowProcess
  readonly c: FlowProcess
}

async function startLine(): Promise<Line> {
  const b = await startFlow(2, [])
  const [a, c] = await Promise.all([startFlow(1, [b]), startFlow(1, [b], patient)])
  await b.linked(2)
  return { a, b, c }
}

async function received(reader: FlowProcess, writer: FlowProcess): Promise<number> {
  return (await reader.report()).streams[writer.id]?.received ?? 0
}

async function expectAll(reader: FlowProcess, writer: FlowProcess, written: number): Promise<void> {
  let report = await reader.report()
  const complete = async (): Promise<boolean> => {
    report = await reader.report()
    return report.streams[writer.id]?.received === written
  }
  await until(complete, 60_000, () => `${written} messages: ${JSON.stringify([report.streams, report.stats.drops])}`)
  const { missing, disordered, damaged } = report.streams[writer.id]!
  assert.equal({ missing, disordered, damaged }, { missing: 0, disordered: 0, damaged: 0 })
  assert.equal(report.stats.drops, {})
}

/** Every message was read or counted as lost; those read are in order and undamaged. */
async function expectAccount(reader: FlowProcess, writer: FlowProcess, written: number): Promise<void> {
  const account = async (): Promise<number> => {
    const { streams, stats } = await reader.report()
    return (streams[writer.id]?.received ?? 0) + (stats.drops['inbox-full'] ?? 0)
  }
  let seen = 0
  await until(
    async () => {
      seen = await account()
      return seen === written
    },
    20_000,
    () => `${written} messages read or counted as lost, not ${seen}`
  )
  const { streams, stats } = await reader.report()
  const { disordered, damaged } = streams[writer.id]!
  assert.equal({ disordered, damaged }, { disordered: 0, damaged: 0 })
  console.log(`read ${streams[writer.id]?.received}, lost ${stats.drops['inbox-full']} of ${written}`)
}

async function expectMemory(line: Line): Promise<void> {
  for (const [name, node] of Object.entries(line)) {
    const { peakRssMiB } = await (node as FlowProcess).report()
    console.log(`peak RSS of ${name}: ${Math.round(peakRssMiB)} MiB`)
    assert.ok(peakRssMiB < MAX_RSS_MIB)
  }
}

function has({ events }: FlowReport, name: string, fields: object): boolean {
  return events.some(
    (event) =>
      event.name === name &&
      Object.entries(fields).every(([key, value]) => (event.details as Record<string, unknown>)[key] === value)
  )
}

test.run()

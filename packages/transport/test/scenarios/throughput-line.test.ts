// time-limit: 240 s
// A million messages over two hops, between three processes.
// runs: alone
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type FlowProcess, killFlows, patient, startFlow } from '../support/flow-process.ts'

const MESSAGES = 1_000_000
const MESSAGE_BYTES = 100
/** Generous: Node itself and two threads take about 100 MiB; 100 MB of messages kept by mistake would show. */
const MAX_RSS_MIB = 400

test.after(killFlows)

test('a million messages of 100 bytes arrive over two hops, in order, none twice and none damaged', async () => {
  const b = await startFlow(2, [], patient)
  const [a, c] = [await startFlow(1, [b]), await startFlow(1, [b], patient)]
  await b.linked(2)
  await Promise.all([b.read(), c.read()])
  const { written, ms } = await a.write(MESSAGE_BYTES, { count: MESSAGES, ms: 120_000 })
  assert.is(written, MESSAGES)
  await Promise.all([expectAll(b, a), expectAll(c, a)])
  const peaks = await Promise.all([a, b, c].map(async (node) => (await node.report()).peakRssMiB))
  console.log(
    `${Math.round(MESSAGES / ms)} k messages/s written; peak RSS of A, B, C: ${peaks.map(Math.round).join(', ')} MiB`
  )
  for (const peak of peaks) assert.ok(peak < MAX_RSS_MIB, `${peak} MiB`)
})

async function expectAll(reader: FlowProcess, writer: FlowProcess): Promise<void> {
  const last = await until(
    async () => {
      const report = await reader.report()
      return (report.streams[writer.id]?.next ?? 0) >= MESSAGES ? report : null
    },
    60_000,
    'the last message is there'
  )
  const { received, missing, disordered, damaged } = last.streams[writer.id]!
  assert.equal(
    { received, missing, disordered, damaged },
    { received: MESSAGES, missing: 0, disordered: 0, damaged: 0 }
  )
  assert.equal(last.stats.drops, {})
}

test.run()

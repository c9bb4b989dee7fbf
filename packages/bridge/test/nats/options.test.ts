// What a NATS bridge may be told, what it says of missing clients, and the figures it shows.
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NATS_METRICS, natsMetricsText } from '../../src/nats/metrics.ts'
import { type NatsBridgeOptions, natsSettings } from '../../src/nats/options.ts'
import { NATS_LOSSES, noNatsCounts } from '../../src/nats/stats.ts'

const test = suite('options of a NATS bridge')
const ID = 'ab'.repeat(32)
const SERVER = 'nats://127.0.0.1:4222'

test('without options the flood is named after the node, and nothing is kept', () => {
  const { servers, subject, stream, flood } = natsSettings({ servers: SERVER }, ID)
  assert.equal([servers, subject, stream, flood], [[SERVER], 'floodnet', null, 'abababababababab'])
})

for (const [wrong, subject] of [
  [{ servers: [] }, 'servers'],
  [{ servers: 'localhost:4222' }, 'servers'],
  [{ servers: 'http://localhost' }, 'servers'],
  [{ servers: SERVER, subject: 'a.*' }, 'subject'],
  [{ servers: SERVER, subject: 'a..b' }, 'subject'],
  [{ servers: SERVER, subject: 'a b' }, 'subject'],
  [{ servers: SERVER, subject: '' }, 'subject'],
  [{ servers: SERVER, stream: 'a.b' }, 'stream'],
  [{ servers: SERVER, flood: 'a\r\nNats-Msg-Id: 1' }, 'flood'],
  [{ servers: SERVER, sinceMs: -1 }, 'sinceMs'],
  [{ servers: SERVER, limits: { maxQueuedBytes: 0 } }, 'maxQueuedBytes'],
  [{ servers: SERVER, limits: { maxQueueBytes: 1 } as object }, 'maxQueueBytes']
] as const satisfies readonly (readonly [NatsBridgeOptions, string])[]) {
  test(`${JSON.stringify(wrong)} is refused, and ${subject} named`, () => {
    assert.throws(
      () => natsSettings(wrong, ID),
      (error: { code: string; subject: string }) => error.code === 'ERR_FLOODNET_OPTION' && error.subject === subject
    )
  })
}

test('the clients that it says to install are those of package.json', () => {
  const { optionalDependencies: wanted } = JSON.parse(readFileSync('packages/bridge/package.json', 'utf8'))
  const said = readFileSync('packages/bridge/src/nats/clients.ts', 'utf8')
  for (const [name, version] of Object.entries(wanted)) assert.ok(said.includes(`${name}@${version}`), name)
  assert.is(Object.keys(wanted).length, 2)
})

test('every loss is a series from the start, and the page on bridges names every metric and every loss', () => {
  const queued = { outPackets: 1, outBytes: 2, inBytes: 3 }
  const text = natsMetricsText({ ...noNatsCounts(), connected: true, reconnects: 0, queued })
  for (const reason of NATS_LOSSES) assert.ok(text.includes(`floodnet_nats_losses_total{reason="${reason}"} 0`), reason)
  const page = readFileSync('docs/BRIDGES.md', 'utf8')
  for (const { name } of NATS_METRICS) assert.ok(page.includes(`\`${name}\``), name)
  for (const reason of NATS_LOSSES) assert.ok(page.includes(`| \`${reason}\` |`), reason)
})

test.run()

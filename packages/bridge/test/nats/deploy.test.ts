// What deploy/ and docs/OPERATING.md name of a NATS bridge is there: metrics, and the values of their labels.
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NATS_METRICS } from '../../src/nats/metrics.ts'
import { NATS_LOSSES, type NatsBridgeStats, noNatsCounts } from '../../src/nats/stats.ts'

const test = suite('deploy of NATS bridges')
const [ALERTS, DASHBOARD, GUIDE] = ['deploy/prometheus/alerts.yml', 'deploy/grafana/floodnet.json', 'docs/OPERATING.md']
const METRICS = NATS_METRICS.map(({ name }) => name)
const STATS: NatsBridgeStats = {
  ...noNatsCounts(),
  connected: true,
  reconnects: 0,
  queued: { outPackets: 0, outBytes: 0, inBytes: 0 }
}

const namedIn = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/\bfloodnet_nats_[a-z_]+\b/g)].map(([name]) => name)

for (const path of [ALERTS, DASHBOARD, GUIDE]) {
  test(`${path} names only metrics that a bridge exports`, () => {
    assert.ok(namedIn(path).length > 0)
    assert.equal(
      namedIn(path).filter((name) => !METRICS.includes(name)),
      []
    )
  })
}

test('the dashboard shows every metric of a bridge, but for the number of packets that wait', () => {
  const shown = new Set(namedIn(DASHBOARD))
  assert.equal(
    METRICS.filter((name) => !shown.has(name)),
    ['floodnet_nats_queue_packets']
  )
})

test('alerts ask for labels and values that a bridge exports', () => {
  for (const [, name, label = '', value = ''] of readFileSync(ALERTS, 'utf8').matchAll(
    /\b(floodnet_nats_[a-z_]+)\{(\w+)!?="([^"]+)"/g
  )) {
    const samples = NATS_METRICS.find((family) => family.name === name)?.samples(STATS) ?? []
    const values = samples.map(([labels]) => labels[label])
    assert.ok(values.includes(value), `${name}: ${label} ${value}`)
  }
})

test('the guide says what each loss at a bridge means', () => {
  const guide = readFileSync(GUIDE, 'utf8')
  for (const reason of NATS_LOSSES) assert.match(guide, `\`${reason}\``)
})

test.run()

import { PassThrough } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkStats } from '../../../src/api.ts'
import { LineOutput } from '../../../src/commands/line-output.ts'
import { topSettingsOf } from '../../../src/commands/top/arguments.ts'
import { figuresOf } from '../../../src/commands/top/figures.ts'
import { frameOf } from '../../../src/commands/top/frame.ts'
import { parseMetrics } from '../../../src/commands/top/scrape.ts'
import { runTop } from '../../../src/commands/top/top.ts'
import { type MetricsServer, prometheusText, serveMetrics } from '../../../src/telemetry/metrics.ts'
import { VERSION } from '../../../src/version.ts'
import { statsOf } from '../../support/stats.ts'

const test = suite<{ server: MetricsServer; stats: NetworkStats }>('top')

test.before.each(async (context) => {
  context.stats = statsOf({ drops: { lagging: 1 } })
  context.server = await serveMetrics({ stats: async () => context.stats }, '127.0.0.1:0')
})

test.after.each(({ server }) => server.close())

function host(isTerminal = false) {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk) => {
    text += chunk
  })
  const leaving = new AbortController()
  const output = new LineOutput(stream)
  return { parts: { output, isTerminal, leave: leaving.signal }, leave: () => leaving.abort(), out: () => text }
}

test('the figures are those that the node exports', ({ stats }) => {
  const figures = figuresOf(parseMetrics(prometheusText(stats)))
  assert.is(figures.version, VERSION)
  assert.is(figures.uptimeSeconds, stats.uptimeMs / 1000)
  const { dialled, accepted } = stats.links
  assert.equal([figures.links, figures.packets], [{ dialled, accepted }, stats.packets])
  assert.equal([figures.bytes, figures.messages, figures.duplicates], [stats.bytes, stats.messages, stats.duplicates])
  assert.equal(figures.drops, { lagging: 1 })
  assert.equal(figures.workers, stats.workers)
  assert.equal(
    figures.peers,
    stats.peers.map(({ id, rttMs, lagging, bytes, fresh, duplicates }) => {
      return { id, rttSeconds: rttMs === null ? null : rttMs / 1000, lagging, bytes, fresh, duplicates }
    })
  )
  assert.equal(figures.busySeconds, { program: 0.25, io0: 0.5 })
  assert.is(figures.fresh, stats.fresh)
})

test('with --json it looks once and prints an object', async ({ server }) => {
  const { parts, out } = host()
  await runTop(topSettingsOf({ interval: undefined, json: true } as never, server.address), parts)
  await parts.output.end(parts.leave)
  const object = JSON.parse(out())
  assert.equal([object.event, object.messages, object.version], ['top', { written: 7, delivered: 9 }, VERSION])
})

test('without a terminal it prints the rates of one interval and ends', async ({ server }) => {
  const { parts, out } = host()
  await runTop(topSettingsOf({ interval: '100' } as never, server.address), parts)
  await parts.output.end(parts.leave)
  assert.match(out(), /^floodnet .* up 1 min\n/)
  assert.match(out(), 'in all      9 delivered, 7 written')
  assert.not.match(out(), '\u001b')
})

test('on a terminal it goes on until it is told to leave, also while the node is away', async (context) => {
  const { parts, out, leave } = host(true)
  const running = runTop(topSettingsOf({ interval: '100' } as never, context.server.address), parts)
  while (!out().includes('neighbour')) await new Promise((resolve) => setImmediate(resolve))
  await context.server.close()
  while (!out().includes('no figures from')) await new Promise((resolve) => setImmediate(resolve))
  leave()
  await running
})

test('rates are of the time between two looks, and a node that was started anew has none below zero', ({ stats }) => {
  const look = (text: NetworkStats, atMs: number) => ({ figures: figuresOf(parseMetrics(prometheusText(text))), atMs })
  const more = statsOf({ messages: { written: 7, delivered: 20_009 } })
  const row = (lines: string[]) => lines.find((line) => line.startsWith('messages'))
  assert.is(row(frameOf('a:1', look(more, 3_000), look(stats, 1_000))), 'messages    10.0 k delivered/s, 0 written/s')
  assert.is(row(frameOf('a:1', look(stats, 3_000), look(more, 1_000))), 'messages    0 delivered/s, 0 written/s')
  assert.is(row(frameOf('a:1', look(stats, 3_000), null)), 'messages    - delivered/s, - written/s')
})

test('what each neighbour brings is its share of what is news, and copies are counted beside it', ({ stats }) => {
  const look = (text: NetworkStats, atMs: number) => ({ figures: figuresOf(parseMetrics(prometheusText(text))), atMs })
  const more = statsOf({
    fresh: stats.fresh + 400,
    duplicates: stats.duplicates + 600,
    peers: [{ ...stats.peers[0]!, fresh: 55 + 300, bytes: { in: 53 + 4_000, out: 54 } }, stats.peers[1]!]
  })
  const lines = frameOf('a:1', look(more, 3_000), look(stats, 1_000))
  assert.ok(lines.includes('copies      2.50 of each packet, 200 new packets/s'))
  assert.ok(lines.some((line) => /^aa +2\.5 ms +2\.00 kB\/s +0 B\/s +75 % {2}lags$/.test(line)))
  assert.ok(lines.some((line) => /^bb +- +0 B\/s +0 B\/s +0\.0 %$/.test(line)))
})

test('what a node answers cannot steer the terminal', ({ stats }) => {
  const look = { figures: figuresOf(parseMetrics(prometheusText({ ...stats, drops: { 'a\u001b[2J': 1 } }))), atMs: 0 }
  assert.not.match(frameOf('a:1', look, null).join('\n'), '\u001b')
})

test('nobody there, or somebody else, is a failure that names the address', async ({ server }) => {
  await server.close()
  const { parts } = host()
  try {
    await runTop(topSettingsOf({ json: true } as never, server.address), parts)
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, `no figures from http://${server.address}/metrics: `)
  }
})

test('an address may be written as it is printed, and must have a port', () => {
  const address = (text: string) => topSettingsOf({} as never, text).address
  for (const text of ['127.0.0.1:9', ':9', 'http://127.0.0.1:9/metrics', 'http://127.0.0.1:9/'])
    assert.equal(address(text), { host: '127.0.0.1', port: 9 })
  for (const text of ['nowhere', 'host:0']) assert.throws(() => address(text), /is not the address of a metrics page/)
  assert.throws(() => topSettingsOf({ interval: '1' } as never), /--interval takes 100 to/)
})

test.run()

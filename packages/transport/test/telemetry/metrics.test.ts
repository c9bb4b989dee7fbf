import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkStats } from '../../src/api.ts'
import { METRICS_CONTENT_TYPE, type MetricsServer, prometheusText, serveMetrics } from '../../src/telemetry/metrics.ts'
import { NODE_METRICS } from '../../src/telemetry/node-metrics.ts'
import { DROP_REASONS } from '../../src/threads/drop-reasons.ts'
import { VERSION } from '../../src/version.ts'
import { STATS } from '../support/stats.ts'

const NO_DIALS = { started: 0, opened: 0, failed: 0 }

const test = suite<{ servers: MetricsServer[] }>('metrics')

test.before.each((context) => {
  context.servers = []
})

test.after.each(async ({ servers }) => {
  await Promise.all(servers.map((server) => server.close()))
})

async function serve(
  context: { servers: MetricsServer[] },
  stats: () => Promise<NetworkStats> = async () => STATS
): Promise<string> {
  const server = await serveMetrics({ stats }, '127.0.0.1:0')
  context.servers.push(server)
  return server.address
}

async function ask(
  address: string,
  method: string,
  path: string
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  const asked = request(`http://${address}${path}`, { method, agent: false })
  asked.end()
  const [response] = await once(asked, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, headers: response.headers, body }
}

async function refused(address: string, code: string): Promise<void> {
  try {
    await (await serveMetrics({ stats: async () => STATS }, address)).close()
  } catch (error) {
    assert.instance(error, FloodnetError)
    assert.is((error as FloodnetError).code, code)
    assert.is((error as FloodnetError).subject, address)
    assert.match((error as FloodnetError).message, address)
    return
  }
  assert.unreachable('the address was taken')
}

test('every counter has its name, its labels and its value', () => {
  const samples = prometheusText(STATS)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const zeros = DROP_REASONS.filter((reason) => reason !== 'lagging')
  assert.equal(samples, [
    `floodnet_build_info{version="${VERSION}",node="${process.version}"} 1`,
    'floodnet_joined 1',
    'floodnet_links{direction="dialled"} 2',
    'floodnet_links{direction="accepted"} 3',
    'floodnet_closing_links 1',
    'floodnet_packets_total{direction="in"} 10',
    'floodnet_packets_total{direction="out"} 40',
    'floodnet_bytes_total{direction="in"} 1000',
    'floodnet_bytes_total{direction="out"} 4000',
    'floodnet_peer_rtt_seconds{peer="aa"} 0.0025',
    'floodnet_peer_lagging{peer="aa"} 1',
    'floodnet_peer_lagging{peer="bb"} 0',
    'floodnet_peer_bytes_total{peer="aa",direction="in"} 53',
    'floodnet_peer_bytes_total{peer="aa",direction="out"} 54',
    'floodnet_peer_bytes_total{peer="bb",direction="in"} 53',
    'floodnet_peer_bytes_total{peer="bb",direction="out"} 54',
    'floodnet_peer_packets_total{peer="aa",kind="fresh"} 55',
    'floodnet_peer_packets_total{peer="aa",kind="duplicate"} 56',
    'floodnet_peer_packets_total{peer="bb",kind="fresh"} 21',
    'floodnet_peer_packets_total{peer="bb",kind="duplicate"} 22',
    'floodnet_messages_total{direction="written"} 7',
    'floodnet_messages_total{direction="delivered"} 9',
    'floodnet_fresh_total 8',
    'floodnet_duplicates_total 30',
    'floodnet_drops_total{reason="lagging"} 1',
    ...zeros.map((reason) => `floodnet_drops_total{reason="${reason}"} 0`),
    'floodnet_drops_total{reason="inbox full"} 2',
    'floodnet_closes_total{reason="dead"} 4',
    'floodnet_trees_total{event="prunesSent"} 43',
    'floodnet_trees_total{event="repairs"} 44',
    'floodnet_stems_total{event="started"} 41',
    'floodnet_stems_total{event="ended"} 42',
    'floodnet_dials_started_total 6',
    'floodnet_dials_total{result="opened"} 2',
    'floodnet_dials_total{result="failed"} 3',
    'floodnet_finding_total{event="dns-found"} 2',
    'floodnet_joins_total{event="walks"} 5',
    'floodnet_queue_bytes{queue="inbox"} 12',
    'floodnet_queue_bytes{queue="write"} 13',
    'floodnet_queue_bytes{queue="link"} 14',
    'floodnet_queue_messages{queue="inbox"} 11',
    'floodnet_workers 1',
    'floodnet_worker_restarts_total 15',
    'floodnet_thread_busy_seconds_total{thread="program"} 0.25',
    'floodnet_thread_busy_seconds_total{thread="io0"} 0.5',
    'floodnet_origins 16',
    'floodnet_one_time_origins 17',
    'floodnet_event_loop_delay_p99_seconds 0.02',
    'floodnet_event_loop_delay_max_seconds 1.5',
    'floodnet_uptime_seconds 61.5'
  ])
})

test('every line is one of the text format, and each metric has its help and type before it', () => {
  const text = prometheusText(STATS)
  assert.ok(text.endsWith('\n'))
  let current = ''
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# HELP (floodnet_[a-z0-9_]+) \S.*$/.exec(line)
    if (help !== null) current = help[1] ?? ''
    else
      assert.match(
        line,
        new RegExp(
          `^(# TYPE ${current} (counter|gauge)|${current}(\\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\\})? [-+0-9.eE]+)$`
        )
      )
  }
})

if (spawnSync('promtool', ['--version']).error === undefined) {
  test("Prometheus' own linter has nothing to say", () => {
    const linter = spawnSync('promtool', ['check', 'metrics'], { input: prometheusText(STATS), encoding: 'utf8' })
    assert.equal([linter.stdout, linter.stderr, linter.status], ['', '', 0])
  })
} else test.skip("Prometheus' own linter has nothing to say (promtool is not installed)", () => {})

test('names keep to the rules of the linter: counters end in _total, and quantiles are for summaries', () => {
  for (const [, name, type] of prometheusText(STATS).matchAll(/^# TYPE (\S+) (\S+)$/gm))
    assert.is(name?.endsWith('_total'), type === 'counter', name)
  assert.not.match(prometheusText(STATS), 'quantile=')
})

test('labels are escaped and values beyond numbers are spelled as the format wants', () => {
  const text = prometheusText({
    ...STATS,
    drops: { 'a"b\\c\nd': 1 },
    uptimeMs: Number.POSITIVE_INFINITY,
    origins: Number.NaN
  })
  assert.match(text, 'floodnet_drops_total{reason="a\\"b\\\\c\\nd"} 1\n')
  assert.match(text, 'floodnet_uptime_seconds +Inf\n')
  assert.match(text, 'floodnet_origins NaN\n')
})

test('GET /metrics shows the text, also with a query', async (context) => {
  const address = await serve(context)
  for (const path of ['/metrics', '/metrics?name=x']) {
    const { status, headers, body } = await ask(address, 'GET', path)
    assert.equal([status, headers['content-type']], [200, METRICS_CONTENT_TYPE])
    assert.ok(body.startsWith(prometheusText(STATS)))
    assert.match(body, /^process_resident_memory_bytes [1-9]\d*$/m)
  }
})

test('HEAD /metrics shows the length and no body', async (context) => {
  const { status, headers, body } = await ask(await serve(context), 'HEAD', '/metrics')
  assert.equal([status, Number(headers['content-length']) > prometheusText(STATS).length, body], [200, true, ''])
})

test('/healthz says ok while the node gives statistics', async (context) => {
  const { status, body } = await ask(await serve(context), 'GET', '/healthz')
  assert.equal([status, body], [200, 'ok\n'])
  const dead = await serve(context, () => Promise.reject(new Error('closed')))
  assert.is((await ask(dead, 'GET', '/healthz')).status, 503)
})

for (const [what, stats, status, text] of [
  ['with a neighbour', {}, 200, 'ready\n'],
  [
    'that waits for others as an entry',
    { links: { dialled: 0, accepted: 0, closing: 0 }, dials: NO_DIALS },
    200,
    'ready\n'
  ],
  ['that finds no neighbour', { links: { dialled: 0, accepted: 0, closing: 0 } }, 503, 'not ready: no neighbour\n'],
  ['without I/O threads', { workers: { running: 0, restarts: 1 } }, 503, 'not ready: no I/O thread runs\n']
] as const) {
  test(`/readyz answers ${status} for a node ${what}`, async (context) => {
    const answer = await ask(await serve(context, async () => ({ ...STATS, ...stats })), 'GET', '/readyz')
    assert.equal([answer.status, answer.body], [status, text])
  })
}

test('the version is that of the package', () => {
  const manifest: { version: string } = JSON.parse(readFileSync('packages/transport/package.json', 'utf8'))
  assert.is(VERSION, manifest.version)
})

test('the reference explains every reason that drops are counted for, and no other', () => {
  const section = /^## What can be lost[\s\S]*?^Each is reported/m.exec(readFileSync('docs/API.md', 'utf8'))?.[0] ?? ''
  const rows = [...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names = '']) => names.split(', '))
  assert.equal(rows.map((name) => name.replaceAll('`', '')).toSorted(), [...DROP_REASONS].toSorted())
})

test('the reference names every metric', () => {
  const section =
    /^The commands serve them with `--metrics[\s\S]*?`DEBUG/m.exec(readFileSync('docs/API.md', 'utf8'))?.[0] ?? ''
  const named = [...section.matchAll(/`(floodnet_\w+)`/g)].map(([, name]) => name)
  assert.equal(named.toSorted(), NODE_METRICS.map(({ name }) => name).toSorted())
})

test('promtool finds nothing to complain of', async (context) => {
  const { body } = await ask(await serve(context), 'GET', '/metrics')
  const { error, status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], {
    input: body,
    encoding: 'utf8'
  })
  if (error) return console.log('skipped: promtool is not installed')
  assert.equal([status, stdout, stderr], [0, '', ''])
})

test('other paths are not found and other methods not allowed', async (context) => {
  const address = await serve(context)
  assert.is((await ask(address, 'GET', '/')).status, 404)
  assert.is((await ask(address, 'GET', '/metrics/x')).status, 404)
  const { status, headers } = await ask(address, 'POST', '/metrics')
  assert.equal([status, headers.allow], [405, 'GET, HEAD'])
})

test('a node that gives no statistics is answered for with 503, and the server goes on', async (context) => {
  let closed = true
  const address = await serve(context, async () => {
    if (closed) throw new Error('closed')
    return STATS
  })
  assert.is((await ask(address, 'GET', '/metrics')).status, 503)
  closed = false
  assert.is((await ask(address, 'GET', '/metrics')).status, 200)
})

test('what is no HTTP or too large a request is refused, and the server goes on', async (context) => {
  const address = await serve(context)
  for (const bytes of ['garbage\r\n\r\n', `GET /metrics HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`]) {
    const [host, port] = address.split(':')
    const socket = connect(Number(port), host)
    socket.on('error', () => {})
    socket.end(bytes)
    const [head] = await once(socket, 'data')
    assert.match(String(head), /^HTTP\/1\.1 4(00|31) /)
    socket.destroy()
  }
  assert.is((await ask(address, 'GET', '/metrics')).status, 200)
})

test('32 connections that say nothing keep no scraper out', async (context) => {
  const address = await serve(context)
  const [host, port] = address.split(':')
  const silent = Array.from({ length: 32 }, () => {
    const socket = connect(Number(port), host).on('error', () => {})
    socket.write('GET /metrics HTTP/1.1\r\n')
    return socket
  })
  await Promise.all(silent.map((socket) => once(socket, 'connect')))
  for (let i = 0; i < 3; i++) assert.is((await ask(address, 'GET', '/metrics')).status, 200)
  for (const socket of silent) socket.destroy()
})

test('a name that a page of a browser leads to this machine is refused, and its own names are not', async (context) => {
  const address = await serve(context)
  const statusFor = async (host: string): Promise<unknown> => {
    const asked = request(`http://${address}/metrics`, { headers: { host }, agent: false }).end()
    const [response] = await once(asked, 'response')
    response.resume()
    return response.statusCode
  }
  for (const host of ['attacker.example', 'attacker.example:9100', '127.0.0.1.attacker.example'])
    assert.is(await statusFor(host), 421, host)
  for (const host of ['localhost', 'LOCALHOST:9100', address, '127.0.0.1', '[::1]:9100'])
    assert.is(await statusFor(host), 200, host)
})

test('close frees the port though a client holds its connection', async (context) => {
  const address = await serve(context)
  const [host, port] = address.split(':')
  const idle = connect(Number(port), host)
  idle.on('error', () => {})
  await once(idle, 'connect')
  const closed = once(idle, 'close')
  await context.servers.pop()?.close()
  await closed
  const again = await serveMetrics({ stats: async () => STATS }, address)
  context.servers.push(again)
  assert.is(again.address, address)
})

test('a taken port is refused with a code of its own', async (context) => {
  await refused(await serve(context), 'ERR_FLOODNET_ADDRESS_IN_USE')
})

test('an address that is none, or not of this machine, is refused', async () => {
  await refused('nowhere', 'ERR_FLOODNET_ADDRESS')
  await refused('192.0.2.1:0', 'ERR_FLOODNET_ADDRESS')
})

test.run()

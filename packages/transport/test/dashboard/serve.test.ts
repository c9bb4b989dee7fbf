// The dashboard over HTTP: what it answers to whom, and what it asks of the node for that.
import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { type DashboardServer, serveDashboard } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { figuresOf } from '../../src/dashboard/own-figures.ts'
import { type EventStream, openStream } from '../support/event-stream.ts'
import { statsOf } from '../support/stats.ts'
import { WatchedNetwork } from '../support/watched-network.ts'

const WAIT_MS = 60_000
const TOKEN = 'f00d'.repeat(6)
const MAX_PAGES = 64

interface Context {
  network: WatchedNetwork
  server: DashboardServer
  streams: EventStream[]
}

const test = suite<Context>('dashboard')

test.before.each(async (context) => {
  context.network = new WatchedNetwork()
  context.server = await serveDashboard(context.network, '127.0.0.1:0')
  context.streams = []
})

test.after.each(async ({ server, streams }) => {
  for (const stream of streams) stream.close()
  await server.close()
})

async function ask(
  address: string,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const asked = request(`http://${address}${path}`, { method, headers, agent: false })
  asked.end()
  const [response] = await once(asked, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, headers: response.headers, body }
}

async function watch({ server, streams }: Context): Promise<EventStream> {
  const stream = await openStream(server.address)
  streams.push(stream)
  return stream
}

test('the page and its files are there, load nothing else, and stand in nobody else’s frame', async ({ server }) => {
  for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) {
    const { status, headers, body } = await ask(server.address, path)
    assert.is(status, 200, path)
    assert.ok(body.length > 100)
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; /)
    assert.match(String(headers['content-security-policy']), "frame-ancestors 'none'")
    assert.not.match(String(headers['content-security-policy']), 'unsafe')
    assert.is(headers['x-content-type-options'], 'nosniff')
    assert.is(headers['x-frame-options'], 'DENY')
    assert.is(headers['cache-control'], 'no-store')
    const head = await ask(server.address, path, { method: 'HEAD' })
    assert.equal([head.status, head.body, head.headers['content-length']], [200, '', headers['content-length']])
  }
  const { body } = await ask(server.address, '/')
  assert.not.match(body, /<style|<script>|https?:|style=|\son\w+=/, 'nothing inline, nothing from elsewhere')
})

test('the licence of the charts is in the page', async ({ server }) => {
  for (const path of ['/page.js', '/page.css'])
    assert.match((await ask(server.address, path)).body, /^\/\*! Holds uPlot[\s\S]*MIT License[\s\S]*Leon Sorokin/)
})

test('it only shows: every other method is refused, and every other path unknown', async ({ server, network }) => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    assert.is((await ask(server.address, '/', { method })).status, 405, method)
  for (const path of ['/index.html', '/../package.json', '/%2e%2e/cli.js', '//', '/page.js/'])
    assert.is((await ask(server.address, path)).status, 404, path)
  assert.is(network.asked, 0)
})

test('a name that leads here from elsewhere, and a page of another site, get nothing', async ({ server }) => {
  for (const host of ['attacker.example', 'attacker.example:9465', '127.0.0.1.attacker.example'])
    assert.is((await ask(server.address, '/', { headers: { host } })).status, 421, host)
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
  assert.is((await ask(server.address, '/events', { headers })).status, 403)
})

test('nothing is asked of the node, nor heard, while no page is open', async (context) => {
  const { network, server } = context
  await ask(server.address, '/')
  await ask(server.address, '/events', { method: 'HEAD' })
  assert.equal([network.asked, network.isHeard], [0, false])
  const stream = await watch(context)
  await until(() => stream.snapshots.length > 0, WAIT_MS, 'a snapshot')
  assert.equal([network.asked, network.isHeard], [1, true])
  stream.close()
  await until(() => !network.isHeard, WAIT_MS, 'nobody hears events any more')
})

test('a snapshot has the figures of stats(), and rates once there are two', async (context) => {
  const { network } = context
  const stream = await watch(context)
  await until(() => stream.snapshots.length > 0, WAIT_MS, 'a snapshot')
  network.figures = statsOf({ packets: { in: 1_000, out: 40 }, fresh: 108, duplicates: 130 })
  const second = await until(() => stream.snapshots[1], WAIT_MS, 'a second one')
  const [first] = stream.snapshots
  const told = (stats: typeof network.figures) => {
    const { process, ...figures } = figuresOf(stats, { cpuSeconds: 0, residentBytes: 0 })
    return figures
  }
  for (const [snapshot, stats] of [
    [first, statsOf({})],
    [second, network.figures]
  ] as const) {
    const { process, ...figures } = snapshot?.figures ?? ({} as NonNullable<typeof snapshot>['figures'])
    assert.equal(figures, told(stats))
    assert.ok(process.residentBytes > 1_000_000)
  }
  assert.equal([first?.rates, first?.number, second.number], [null, 1, 2])
  assert.is(second.rates?.copies, 2)
  assert.ok((second.rates?.packets.in ?? 0) > 0)
})

test('one snapshot serves all pages, and one page too many is told so', async (context) => {
  const { network, server } = context
  const streams: EventStream[] = []
  for (let i = 0; i < MAX_PAGES; i++) streams.push(await watch(context))
  await until(() => streams.every(({ snapshots }) => (snapshots.at(-1)?.number ?? 0) >= 2), WAIT_MS, 'two snapshots')
  const newest = Math.max(...streams.map(({ snapshots }) => snapshots.at(-1)?.number ?? 0))
  assert.ok(network.asked <= newest + 1, `${network.asked} looks for ${newest} snapshots and ${MAX_PAGES} pages`)
  assert.is((await ask(server.address, '/events')).status, 503)
  // Nor is the page itself kept out.
  assert.is((await ask(server.address, '/')).status, 200)
  streams[0]?.close()
  await until(
    async () => {
      const more = await watch(context)
      return more.response.statusCode === 200
    },
    WAIT_MS,
    'a place for another page'
  )
})

test('10,000 events between two snapshots are some lines and a count', async (context) => {
  const { network } = context
  const stream = await watch(context)
  await until(() => stream.snapshots.length > 0, WAIT_MS, 'a snapshot')
  for (let i = 0; i < 10_000; i++)
    network.emit('refused', { address: `10.0.0.7:${i}`, id: null, reason: 'wrong-key', by: 'us' })
  const { feed } = await until(() => stream.snapshots.find(({ feed }) => feed.total > 0), WAIT_MS, 'the events')
  assert.is(feed.total, 10_000)
  assert.ok(feed.lines.length < 20)
})

test('a node that gives no statistics ends no page', async (context) => {
  const { network } = context
  const good = network.stats.bind(network)
  network.stats = async () => {
    network.asked++
    throw new Error('closed')
  }
  const stream = await watch(context)
  await until(() => network.asked >= 2, WAIT_MS, 'two looks in vain')
  network.stats = good
  await until(() => stream.snapshots.length > 0, WAIT_MS, 'a snapshot')
})

test('with a token nobody else sees anything, and the token leaves the address bar', async ({ network }) => {
  const server = await serveDashboard(network, '0.0.0.0:0', { token: TOKEN })
  const address = server.address.replace('0.0.0.0', '127.0.0.1')
  try {
    for (const path of ['/', '/page.js', '/events', '/nowhere']) {
      const { status, headers, body } = await ask(address, path)
      assert.equal([status, headers['www-authenticate']], [401, 'Bearer realm="floodnet dashboard"'])
      assert.is(body, 'open this page once with ?token=TOKEN behind its address\n')
    }
    assert.is((await ask(address, `/?token=${TOKEN.replace('f', 'e')}`)).status, 401)
    const first = await ask(address, `/?token=${TOKEN}`)
    assert.equal([first.status, first.headers.location, first.body], [303, './', ''])
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    assert.is((await ask(address, '/', { headers: { cookie } })).status, 200)
    const stream = await openStream(address, { authorization: `Bearer ${TOKEN}` })
    await until(() => stream.snapshots.length > 0, WAIT_MS, 'a snapshot')
    stream.close()
  } finally {
    await server.close()
  }
})

test('without a token it does not start where others can reach it', async ({ network }) => {
  for (const [address, code] of [
    ['0.0.0.0:0', 'ERR_FLOODNET_INSECURE'],
    [':0', 'ERR_FLOODNET_INSECURE'],
    ['nowhere', 'ERR_FLOODNET_ADDRESS']
  ] as const) {
    try {
      await (await serveDashboard(network, address)).close()
      assert.unreachable('it started')
    } catch (error) {
      assert.is((error as NodeJS.ErrnoException).code, code, address)
    }
  }
})

test('a taken port is refused with a code of its own', async ({ network, server }) => {
  try {
    await serveDashboard(network, server.address)
    assert.unreachable('it started')
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'ERR_FLOODNET_ADDRESS_IN_USE')
  }
})

test.run()

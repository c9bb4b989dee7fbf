// Entries by name, in a whole node: many addresses, addresses that are its own, lists of nodes in DNS, and servers that
// never answer.
// time-limit: 120 s
import { spawn } from 'node:child_process'
import resolver from 'node:dns'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type FakeDns, startDns } from '../support/fake-dns.ts'
import { closeNodes, linked, startNode } from '../support/local-node.ts'
import { NETWORK_NAME as name } from '../support/network-name.ts'

const test = suite('entries by name')
let dns: FakeDns
const servers: Server[] = []
const secondsSince = (ms: number): string => `${((performance.now() - ms) / 1_000).toFixed(2)} s`

test.before.each(async () => {
  dns = await startDns()
})
test.after.each(async () => {
  await closeNodes()
  await dns.close()
  for (const server of servers.splice(0)) server.close()
})

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1))

/** Takes connections and says nothing: a dial of it ends at its deadline only. */
async function mute(host: string, port: number): Promise<void> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
  server.on('close', () => undefined)
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  servers.push({ close: () => [...sockets].map((socket) => socket.destroy()) && server.close() } as unknown as Server)
}

test('a name with its own address first leads to the other one', async () => {
  const other = await startNode({ name, listen: '127.0.0.2:0' })
  const port = portOf(other.address)
  dns.table.set('seed.example', [{ a: '127.0.0.1' }, { a: '127.0.0.2' }])
  const own = await startNode({ name, listen: `127.0.0.1:${port}`, join: `seed.example:${port}` })
  await linked(own, other)
})

test('a good address wins though the others are silent', async () => {
  const other = await startNode({ name, listen: '127.0.0.9:0' })
  const port = portOf(other.address)
  const silent = ['127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6']
  for (const host of silent) await mute(host, port)
  dns.table.set(
    'seed.example',
    [...silent, '127.0.0.9'].map((a) => ({ a }))
  )
  const own = await startNode({ name, join: `seed.example:${port}` })
  await linked(own, other)
  assert.is(own.all('dial').filter(({ phase }) => phase === 'failed').length, 0, 'in its first dial')
})

test('names that nobody answers for hold up neither a good name nor the end', async () => {
  const other = await startNode({ name })
  dns.silent.add('*')
  const dead = Array.from({ length: 5 }, (_, i) => `d${i}.example:1`)
  const own = await startNode({ name, join: [...dead, `localhost:${portOf(other.address)}`] })
  await linked(own, other)
  dns.asked.length = 0
  await own.network.close()
  assert.ok(own.all('dial').every(({ phase, address }) => phase !== 'opened' || address.startsWith('localhost')))
})

test('of four nodes that DNS lists, three dead, the living one is joined', async () => {
  const good = await startNode({ name })
  const port = portOf(good.address)
  await mute('127.0.0.3', port)
  const hosts = ['dead1.example', 'dead2.example', 'dead3.example', 'good.example']
  dns.table.set(
    '_floodnet._tcp.seeds.example',
    hosts.map((host) => ({ srv: { host, port } }))
  )
  dns.table.set('seeds.example', [])
  dns.table.set('dead1.example', [{ a: '127.0.0.3' }])
  dns.table.set('dead2.example', [{ a: '127.0.0.4' }])
  dns.silent.add('dead3.example')
  dns.table.set('good.example', [{ a: '127.0.0.1' }])
  const startedMs = performance.now()
  const own = await startNode({ name, join: 'dns:seeds.example' })
  await linked(own, good)
  console.log(`measured: joined by a list with three dead nodes in ${secondsSince(startedMs)}`)
  assert.ok((await own.network.stats()).finding['dns-found'] !== undefined || dns.silent.size > 0)
})

test('a process whose name server never answers ends when it is told to', async () => {
  dns.silent.add('*')
  const [server] = resolver.getServers()
  const script = `
    import dns from 'node:dns'
    import { createNetwork } from '@floodnet/transport'
    dns.setServers(['${server}'])
    const network = await createNetwork({ listen: '127.0.0.1:0', join: ['dns:seeds.example', 'dead.example:1'] })
    process.on('SIGTERM', () => network.close())
    console.log('running')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await until(() => dns.asked.length > 2, 30_000, 'its questions')
  const toldMs = performance.now()
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  console.log(`measured: ends ${secondsSince(toldMs)} after it is told to, with questions that nobody answers`)
  assert.is(code, 0)
})

test('texts in DNS list nodes too, as addresses or as tickets of this network', async () => {
  const [a, b] = [await startNode({ name }), await startNode({ name })]
  dns.table.set('seeds.example', [
    { txt: `floodnet=${a.address}` },
    { txt: b.network.ticket() },
    { txt: 'v=spf1 -all' },
    { txt: 'floodnet:aaaa' }
  ])
  const own = await startNode({ name, join: 'dns:seeds.example' })
  await Promise.all([linked(own, a), linked(own, b)])
  const { count } = await own.event('discovery', { source: 'dns', phase: 'found' })
  assert.is(count, 2)
})

test('a name without a list says so once, and is asked again', async () => {
  const own = await startNode({ name, join: 'dns:nothing.example' })
  await own.event('discovery', { phase: 'failed', subject: 'nothing.example', reason: 'no-records' })
  const good = await startNode({ name })
  dns.table.set('nothing.example', [{ txt: `floodnet=${good.address}` }])
  await linked(own, good)
  assert.is(own.all('discovery').filter(({ phase }) => phase === 'failed').length, 1)
})

test.run()

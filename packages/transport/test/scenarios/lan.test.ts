// Nodes on one local network that meet without an address: each in a network namespace of its own, on one bridge.
// time-limit: 170 s
// runs: quiet
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { type Host, makeHosts } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { hostSuite } from '../support/host-suite.ts'
import { type PlainOptions, type ProcessNode, startProcess } from '../support/process-node.ts'

const WAIT_MS = 30_000
/** Long enough that five nodes which ask every second would be seen. */
const REST_MS = 8_000
const { test, onHosts } = hostSuite('local network')
const helpers = new Set<ChildProcess>()

test.after.each(() => {
  for (const helper of helpers) helper.kill('SIGKILL')
  helpers.clear()
})

interface Discovery {
  readonly phase: string
  readonly subject: string
  readonly reason?: string
}

onHosts('two nodes that nobody told anything meet, and a third of another network does not', async () => {
  const hosts = makeHosts(3, 0)
  const [a, b, other] = [await start(hosts[0]), await start(hosts[1]), await start(hosts[2], { name: 'another' })]
  await until(() => areLinked(a, b), WAIT_MS, 'a link')
  assert.equal(await other.peers(), [])
  const told = await discoveries(a)
  assert.equal(
    told.map(({ phase, subject }) => `${phase} ${subject}`),
    ['started eth0', 'found eth0']
  )
})

onHosts('a node that does not listen finds one that does, and is not announced', async () => {
  const hosts = makeHosts(3, 0)
  const [reader, node] = [await start(hosts[0], { listen: false }), await start(hosts[1])]
  await until(() => areLinked(reader, node), WAIT_MS, 'a link')
  const another = await start(hosts[2], { listen: false, desiredLinks: 5 })
  await until(() => areLinked(another, node), WAIT_MS, 'a link')
  assert.not.ok(await areLinked(reader, another))
})

onHosts('five nodes become one component, and say little at rest', async () => {
  const hosts = makeHosts(5, 0)
  const nodes = await Promise.all(hosts.map((host) => start(host)))
  await until(async () => reached(nodes, await Promise.all(nodes.map((node) => node.peers()))) === 5, WAIT_MS, 'them')
  // The last of the first questions.
  await sleep(4_000)
  const before = datagrams(hosts)
  await sleep(REST_MS)
  const perSecond = ((datagrams(hosts) - before) * 1_000) / REST_MS
  console.log(`measured: five nodes at rest send ${perSecond.toFixed(2)} packets a second`)
  assert.ok(perSecond <= 2, `${perSecond} packets a second`)
})

onHosts(
  'a node whose port 5353 another program keeps for itself says so once, and finds others all the same',
  async () => {
    const [taken, free] = makeHosts(2, 0) as [Host, Host]
    await squat(taken)
    const [a, b] = [await start(taken), await start(free)]
    await until(() => areLinked(a, b), WAIT_MS, 'a link')
    assert.equal(troubles(await discoveries(a)), ['eth0 port-5353-taken'])
  }
)

onHosts('two machines without IPv4 meet over IPv6', async () => {
  const hosts = makeHosts(2, 0)
  for (const host of hosts) inHost(host, 'ip', '-4', 'address', 'flush', 'dev', 'eth0')
  const [a, b] = [await start(hosts[0]), await start(hosts[1])]
  await until(() => areLinked(a, b), WAIT_MS, 'a link')
  assert.match((await a.peers())[0]?.address ?? '', /^\[fe80:.*%eth0\]:/)
  assert.equal(troubles(await discoveries(a)), [])
})

onHosts('a machine with bridges for containers, and one whose interface has no multicast, are found', async () => {
  const [host, plain] = makeHosts(2, 0) as [Host, Host]
  for (const [bridge, net] of [
    ['docker0', '172.17.0.1/16'],
    ['br-1', '172.18.0.1/16']
  ] as const) {
    inHost(host, 'ip', 'link', 'add', 'name', bridge, 'type', 'bridge')
    inHost(host, 'ip', 'link', 'add', 'name', `${bridge}-c`, 'type', 'veth', 'peer', 'name', `${bridge}-p`)
    inHost(host, 'ip', 'link', 'set', 'dev', `${bridge}-p`, 'master', bridge)
    inHost(host, 'ip', 'address', 'add', net, 'dev', bridge)
    for (const device of [bridge, `${bridge}-c`, `${bridge}-p`]) inHost(host, 'ip', 'link', 'set', 'dev', device, 'up')
  }
  inHost(plain, 'ip', 'link', 'set', 'dev', 'eth0', 'multicast', 'off')
  const [a, b] = [await start(host), await start(plain)]
  await until(() => areLinked(a, b), WAIT_MS, 'a link')
  // Whoever was dialled may hear of the other a moment later.
  const told = await Promise.all([a, b].map(toldOnceFound))
  for (const each of told) assert.is(new Set(each).size, each.length, 'each once')
  assert.ok(['started eth0', 'started docker0', 'started br-1', 'found eth0'].every((text) => told[0]?.includes(text)))
  assert.equal(told[1], ['started eth0', 'found eth0'])
})

async function toldOnceFound(node: ProcessNode): Promise<string[]> {
  let told: string[] = []
  const hasFound = async () => {
    told = (await discoveries(node)).map(({ phase, subject }) => `${phase} ${subject}`)
    return told.includes('found eth0')
  }
  await until(hasFound, WAIT_MS, 'what was found')
  return told
}

onHosts('a machine without a network runs on, and meets others when it has one', async () => {
  const [late, there] = makeHosts(2, 0) as [Host, Host]
  inHost(late, 'ip', 'link', 'set', 'eth0', 'down')
  inHost(late, 'ip', 'link', 'set', 'lo', 'down')
  const [a, b] = [await start(late), await start(there)]
  await until(async () => troubles(await discoveries(a)).includes(' no-interface'), WAIT_MS, 'the reason')
  inHost(late, 'ip', 'link', 'set', 'eth0', 'up')
  await until(() => areLinked(a, b), WAIT_MS, 'a link')
  inHost(late, 'ip', 'link', 'set', 'eth0', 'down')
  await until(async () => troubles(await discoveries(a)).includes('eth0 interface-gone'), WAIT_MS, 'the reason')
  assert.equal(troubles(await discoveries(a)).filter((text) => text === 'eth0 interface-gone').length, 1)
})

async function start(host: Host | undefined, options: PlainOptions = {}): Promise<ProcessNode> {
  const node = await startProcess(host?.name)
  await node.start({ listen: '[::]:0', discover: ['lan'], ...options })
  return node
}

async function areLinked(a: ProcessNode, b: ProcessNode): Promise<boolean> {
  return (await a.peers()).some(({ id }) => id === b.id)
}

async function discoveries(node: ProcessNode): Promise<Discovery[]> {
  const events = await node.events()
  return events.flatMap(({ name, details }) => (name === 'discovery' ? [details as Discovery] : []))
}

function troubles(told: readonly Discovery[]): string[] {
  return told.filter(({ phase }) => phase === 'failed').map(({ subject, reason }) => `${subject} ${reason}`)
}

function inHost({ name }: Host, ...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', name, ...command], { encoding: 'utf8' })
}

/** UDP that the hosts have sent: nothing else there speaks it. */
function datagrams(hosts: readonly Host[]): number {
  const counts = hosts.flatMap((host) => [
    /Udp: \d+ \d+ \d+ (\d+)/.exec(inHost(host, 'cat', '/proc/net/snmp'))?.[1],
    /Udp6OutDatagrams\s+(\d+)/.exec(inHost(host, 'cat', '/proc/net/snmp6'))?.[1]
  ])
  return counts.reduce((sum, count) => sum + Number(count), 0)
}

/** Port 5353, without the wish to share it. */
async function squat({ name }: Host): Promise<void> {
  const script = "require('node:dgram').createSocket('udp4').bind(5353, () => console.log('bound'))"
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  helpers.add(child)
  await once(child.stdout, 'data')
}

function reached(nodes: readonly ProcessNode[], peers: readonly (readonly { id: string }[])[]): number {
  const seen = new Set<string>([nodes[0]?.id ?? ''])
  for (let before = 0; before < seen.size; ) {
    before = seen.size
    nodes.forEach((node, i) => {
      if (seen.has(node.id)) for (const { id } of peers[i] ?? []) seen.add(id)
    })
  }
  return seen.size
}

test.run()

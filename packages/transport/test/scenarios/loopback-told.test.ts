// A node that tells others its own loopback address, as a port of another service: nobody dials their own for it. Each
// node is a network namespace, where packets to that port are counted.
// time-limit: 120 s
// runs: quiet
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { type Host, makeHosts } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { hostSuite } from '../support/host-suite.ts'
import { type ProcessNode, startProcess } from '../support/process-node.ts'
import { whyNoRouters } from '../support/routers.ts'

const WAIT_MS = 60_000
const PORT = 6379
const { test, onHosts } = hostSuite('loopback told')
const missing = whyNoRouters()
if (missing !== null) test.skip(`counters (${missing})`, () => {})

if (missing === null)
  onHosts('an address on the own machine, told by a node elsewhere, is dialled by nobody', async () => {
    const hosts = makeHosts(4, 0)
    for (const host of hosts) count(host)
    const [teller, ...others] = await Promise.all(hosts.map(({ name }) => startProcess(name)))
    const [middle, ...rest] = others as [ProcessNode, ...ProcessNode[]]
    await middle.start({ listen: `${hosts[1]?.address}:0` })
    await teller?.start({ listen: '0.0.0.0:0', join: middle.address, advertise: `127.0.0.1:${PORT}` })
    await until(async () => (await middle.peers()).length === 1, WAIT_MS, 'the teller')
    // They come to know the teller through the middle one, and have links to give.
    for (const node of rest) await node.start({ listen: '0.0.0.0:0', join: middle.address })
    await until(async () => (await middle.peers()).length === 3, WAIT_MS, 'the others')
    await until(async () => (await linksBetween(rest)) > 0, WAIT_MS, 'links among the others')
    assert.equal(hosts.map(packets), [0, 0, 0, 0])
    // The counter counts.
    inHost(hosts[1], process.execPath, '-e', `require('net').connect(${PORT}, '127.0.0.1').on('error', () => {})`)
    assert.ok(packets(hosts[1] as Host) > 0)
  })

async function linksBetween(nodes: readonly ProcessNode[]): Promise<number> {
  const peers = await Promise.all(nodes.map((node) => node.peers()))
  return peers.flat().filter(({ id }) => nodes.some((node) => node.id === id)).length
}

function count(host: Host): void {
  const chain = 'add chain inet seen out { type filter hook output priority 0; }'
  inHost(host, 'nft', `add table inet seen; ${chain}; add rule inet seen out tcp dport ${PORT} counter`)
}

/** To that port, from this host. */
function packets(host: Host): number {
  const text = inHost(host, 'nft', 'list', 'chain', 'inet', 'seen', 'out')
  return Number(/packets (\d+)/.exec(text)?.[1])
}

function inHost(host: Host | undefined, ...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', host?.name ?? '', ...command], { encoding: 'utf8' })
}

test.run()

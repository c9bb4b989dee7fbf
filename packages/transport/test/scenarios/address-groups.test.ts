// Identities are free, networks are not: what one host's many nodes can take from others, with real addresses. On
// loopback no such limit holds.
import * as assert from 'uvu/assert'
import { type Host, makeHosts } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { hostSuite } from '../support/host-suite.ts'
import { type PlainOptions, type ProcessNode, startProcess } from '../support/process-node.ts'

const WAIT_MS = 30_000
/** Whoever asks for a link has it or not: nobody is sent on to others. */
const STUBBORN = { walkHops: 0, desiredLinks: 1, maxLinks: 4 }
/** A node tells its neighbours how many it has with each probe. */
const limits = { pingMs: 300, deadMs: 20_000, retryMinMs: 200, retryMaxMs: 1_000 }
const { test, onHosts } = hostSuite('address groups')

onHosts('a host with many identities takes the place of its own only, and another host still gets in', async () => {
  const hosts = makeHosts(6, 0)
  const { hub, join, honest } = await startCrowd(hosts)
  const storm = await Promise.all([1, 2, 3].map(() => start(hosts[1], { join, ...STUBBORN })))
  for (const node of storm) await until(() => wasRefused(node), WAIT_MS, 'its answer')
  assert.is(await countLinked(hub, honest), 3, 'an honest neighbour had to go')
  await startLinked(hub, hosts[5], { join, ...STUBBORN })
  assert.is(await countLinked(hub, honest), 2, 'somebody makes room for a network of its own')
})

test('on loopback, where all have one address, whoever has nobody gets in', async () => {
  const { hub, join, honest } = await startCrowd([])
  await startLinked(hub, undefined, { join, ...STUBBORN })
  assert.is(await countLinked(hub, honest), 2)
})

/**
 * A full hub: an honest neighbour, three of the second host, and two more honest ones. The three oldest are safe in any
 * case: so the last two are not safe for their age.
 */
async function startCrowd([hubHost, crowdHost, ...others]: readonly Host[]) {
  const hub = await start(hubHost, { desiredLinks: 1, maxLinks: 6 })
  const join = hub.address
  const honest = [await startLinked(hub, others[0], { join, ...STUBBORN })]
  for (let i = 0; i < 3; i++) await startLinked(hub, crowdHost, { join, ...STUBBORN })
  const friendly = { ...STUBBORN, desiredLinks: 2, join: [join, honest[0]?.address ?? ''] }
  for (const host of [others[1], others[2]]) honest.push(await startLinked(hub, host, friendly))
  for (const node of honest.slice(1)) await until(() => isSpareable(node), WAIT_MS, 'the hub knows that it has others')
  return { hub, join, honest }
}

/** On loopback when there is no host. */
async function start(host: Host | undefined, options: PlainOptions): Promise<ProcessNode> {
  const node = await startProcess(host?.name)
  await node.start({ listen: `${host?.address ?? '127.0.0.1'}:0`, limits, ...options })
  return node
}

/** Resolves when it is the hub's neighbour: their order is that of their age. */
async function startLinked(hub: ProcessNode, host: Host | undefined, options: PlainOptions): Promise<ProcessNode> {
  const node = await start(host, options)
  await until(() => isLinked(hub, node.id), WAIT_MS, 'a link with the hub')
  return node
}

async function isLinked(hub: ProcessNode, id: string): Promise<boolean> {
  return (await hub.peers()).some((peer) => peer.id === id)
}

async function countLinked(hub: ProcessNode, nodes: readonly ProcessNode[]): Promise<number> {
  const peers = await hub.peers()
  return nodes.filter(({ id }) => peers.some((peer) => peer.id === id)).length
}

/** The hub has answered, and gave it no place. */
async function wasRefused(node: ProcessNode): Promise<boolean> {
  return (await node.events()).some(({ name, details }) => name === 'entry' && details.outcome === 'passed-on')
}

/** It has told the hub, with several probes since, that it has others: who has only the hub is spared for a while. */
async function isSpareable(node: ProcessNode): Promise<boolean> {
  return (await node.peers()).filter(({ upMs }) => upMs > 5 * limits.pingMs).length > 1
}

test.run()

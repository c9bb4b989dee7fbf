// Tickets in whole nodes: the right network at the right node, whatever the joiner was told otherwise, and nobody in
// its place.

import { encodeTicket } from '@floodnet/core'
import { createNetwork } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { closeNodes, linked, startNode } from '../support/local-node.ts'

const test = suite('tickets')
const KEY = 'a key of sixteen bytes and more'
const name = `tickets ${process.pid}`

test.after.each(closeNodes)

test('a ticket alone leads to the right network', async () => {
  const node = await startNode({ name })
  const joiner = await startNode({ join: node.network.ticket() })
  await linked(node, joiner)
})

test('a ticket with the key opens a private network, and one without does not', async () => {
  const node = await startNode({ name, key: KEY })
  assert.is.not(node.network.ticket({ key: true }), node.network.ticket())
  const joiner = await startNode({ join: node.network.ticket({ key: true }) })
  await linked(node, joiner)
  const stranger = await startNode({ join: node.network.ticket() })
  const { reason } = await stranger.event('dial', { phase: 'failed' })
  assert.match(reason ?? '', /wrong-key/)
})

test('a network with a long name is joined by its id', async () => {
  const node = await startNode({ name: `${name} ${'x'.repeat(100)}` })
  await linked(node, await startNode({ join: node.network.ticket() }))
})

test('whoever answers in the place of the node that the ticket names is refused', async () => {
  const [node, impostor] = [await startNode({ name }), await startNode({ name })]
  const peers = [{ id: node.network.id, address: impostor.address }]
  const joiner = await startNode({ join: encodeTicket({ network: name, peers, key: null }) })
  const { address } = await joiner.event('dial', { phase: 'failed', reason: 'wrong-identity' })
  assert.is(address, impostor.address)
  assert.equal(joiner.network.peers, [])
})

test('a running node takes a ticket for its own network only', async () => {
  const [node, other] = [await startNode({ name }), await startNode({ name: `${name} other` })]
  const running = await startNode({ name })
  assert.throws(() => running.network.connect(other.network.ticket()), /another network/)
  running.network.connect(node.network.ticket())
  await linked(node, running)
})

test('a name that is not the ticket is refused at the start, and so is another key', async () => {
  const node = await startNode({ name, key: KEY })
  const join = node.network.ticket({ key: true })
  const codes = [
    { join, name: 'another' },
    { join, key: 'another key of many bytes' }
  ].map((options) =>
    createNetwork({ listen: '127.0.0.1:0', ...options }).then(
      () => 'started',
      ({ code }: { code: string }) => code
    )
  )
  assert.equal(await Promise.all(codes), ['ERR_FLOODNET_OPTION', 'ERR_FLOODNET_OPTION'])
})

test('a node that does not listen hands on those that it is linked with', async () => {
  const node = await startNode({ name })
  const reader = await startNode({ name, listen: false, join: node.address })
  assert.throws(() => reader.network.ticket(), /does not listen/)
  await linked(node, reader)
  await linked(node, await startNode({ join: reader.network.ticket() }))
})

test.run()

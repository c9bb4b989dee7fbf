// Direct messages between real nodes: by way of others, who neither read nor count them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { closeNodes, linked, startNode, textOf } from '../support/named-node.ts'

const DEADLINE_MS = 15_000

test.after.each(closeNodes)

test('the addressee alone gets a direct message, of any size, and answers it; the node between them gets none', async () => {
  const options = { desiredLinks: 1, maxLinks: 2 }
  const middle = await startNode({ ...options, desiredLinks: 2 })
  const alice = await startNode({ ...options, maxLinks: 1, join: middle.address })
  await linked(alice, middle)
  const bob = await startNode({ ...options, maxLinks: 1, join: middle.address })
  await linked(bob, middle)
  const large = new Uint8Array(200_000).fill(7)
  const read = () => bob.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
  const receipt = await alice.network.write('for bob', { to: bob.network.id })
  const short = await read()
  assert.equal([textOf(short), short.from, short.to], ['for bob', alice.network.id, bob.network.id])
  assert.equal([short.origin, short.incarnation, short.seq], [receipt.origin, receipt.incarnation, receipt.seq])
  assert.is.not(receipt.origin, alice.network.id)
  await alice.network.write(large, { to: bob.network.id, stem: true })
  assert.equal((await read()).payload, large)
  await bob.network.write('for alice', { to: short.from as string })
  const answer = await alice.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
  assert.equal([textOf(answer), answer.from], ['for alice', bob.network.id])
  await alice.network.write('for all')
  const first = await middle.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
  assert.equal([textOf(first), first.from, first.to], ['for all', undefined, undefined])
})

test('an id that is none, or this node itself, is refused at once', async () => {
  const { network } = await startNode()
  for (const to of ['bob', network.id, 7 as unknown as string]) {
    const error = await network.write('x', { to }).catch((refusal: unknown) => refusal)
    const { code, subject } = error as { code: string; subject: string }
    assert.equal([code, subject], ['ERR_FLOODNET_OPTION', 'to'])
  }
})

test.run()

// Other bridges as members of the same network, among members that never find out who is gone.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createGop2pSide, Gop2pNode, type Gop2pSide } from '../../src/gop2p/index.ts'
import { OriginalMember } from '../support/original-member.ts'
import { rawRequest, sendRaw } from '../support/raw-http.ts'
import { type ScriptedPeer, startPeer } from '../support/scripted-peer.ts'

const WAIT_MS = 60_000
const closing: (() => Promise<void>)[] = []

test.after.each(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

for (const [who, label, isFreed] of [
  ['another bridge', 'bridge-2', true],
  ['a member that is no bridge', null, false]
] as const) {
  test(`${who} dies without a word: its survivor ${isFreed ? 'says goodbye for it' : 'speaks for nobody else'}`, async () => {
    const [first, second] = [await startOriginal(), await startOriginal()]
    const dying = await startLabelled(label)
    // The dead one stands before the others in the list of the first: what is said ends there.
    await introduce(dying, first.self.port, label)
    await second.connect(first.self)
    const survivor = await startNode()
    await survivor.connect(first.self)
    await introduce(dying, survivor.self.port, label)
    assert.equal(first.members, [nameOf(dying), second.name, `127.0.0.1:${survivor.self.port}`])
    await dying.close()
    await until(() => survivor.members.length === 2, WAIT_MS, 'the dead one noticed')
    if (isFreed)
      await until(
        () => !first.members.includes(nameOf(dying)),
        WAIT_MS,
        () => first.members.join()
      )
    await survivor.outbox.send({ data: 'noticed' })
    await first.say('is anybody there?')
    const heard = isFreed ? ['noticed', 'is anybody there?'] : ['noticed']
    assert.equal([second.heard, first.errors.length], [heard, isFreed ? 0 : 1])
  })
}

test('a bridge that was only slow introduces itself again when it has been said goodbye for', async () => {
  const member = await startOriginal()
  // It looks after nobody by the clock here.
  const node = await startNode(3_600_000)
  await node.connect(member.self)
  const body = JSON.stringify({ type: 1, data: null, from: node.self })
  await sendRaw(member.self.port, rawRequest('POST', '/', 'x', body))
  assert.equal(member.members, [])
  await node.outbox.send({ data: 'I was slow' })
  assert.equal([member.heard, member.members], [['I was slow'], [`127.0.0.1:${node.self.port}`]])
})

test('a side without an address of its own has a fixed port, or the next free one, and the same after a restart', async () => {
  const [first, second] = [await startSide(), await startSide()]
  assert.ok([first, second].every(({ peer }) => peer.port >= 55_655 && peer.port < 55_755))
  assert.not.equal(first.peer.port, second.peer.port)
  // Another run of this test on this machine may take the port in between.
  for (let attempt = 0; attempt < 10; attempt++) {
    const side = await startSide()
    const { port } = side.peer
    await side.close()
    const again = await startSide()
    await again.close()
    if (again.peer.port === port) return
  }
  assert.unreachable('a port of its own after each restart')
})

test.run()

async function startOriginal(): Promise<OriginalMember> {
  const member = await OriginalMember.start('127.0.0.1')
  closing.push(() => member.close())
  return member
}

async function startNode(probeMs = 200): Promise<Gop2pNode> {
  const node = new Gop2pNode({ self: '127.0.0.1:0', label: 'bridge-1', limits: { probeMs } })
  assert.is(await node.start(), null)
  closing.push(() => node.stop())
  return node
}

async function startSide(): Promise<Gop2pSide> {
  const side = await createGop2pSide({ hub: 'floodnet', id: 'bridge-1', entries: [], retryMinMs: 50 })
  closing.push(() => side.close())
  return side
}

/** Answers as a member, with the header by which bridges know each other. */
function startLabelled(label: string | null): Promise<ScriptedPeer> {
  return startPeer(({ body }, outgoing) => {
    if (label !== null) outgoing.setHeader('Floodnet-Bridge', label)
    outgoing.end(body !== '' && JSON.parse(body).type === 0 ? '[]' : '')
  })
}

async function introduce(peer: ScriptedPeer, to: number, label: string | null): Promise<void> {
  const body = JSON.stringify({ type: 0, data: null, from: { port: peer.port, address: '127.0.0.1' } })
  const headers = label === null ? [] : [`Floodnet-Bridge: ${label}`]
  assert.match((await sendRaw(to, rawRequest('POST', '/', 'x', body, headers))).statusLine, '200')
}

function nameOf({ port }: ScriptedPeer): string {
  return `127.0.0.1:${port}`
}

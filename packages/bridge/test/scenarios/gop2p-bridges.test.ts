// time-limit: 180 s
// gop2p networks and floodnet with bridges between them: everything arrives everywhere, and once.
import { encodeEnvelope } from '@floodnet/chat'
import { type Address, parseAddress } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createGop2pSide, type Gop2pLimits, Gop2pNode, type Gop2pSide } from '../../src/gop2p/index.ts'
import type { RelayOptions } from '../../src/relay/options.ts'
import type { Side } from '../../src/side.ts'
import { newId, TutorialNode } from '../../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../../src/tutorial/tutorial-side.ts'
import { type Listener, Stage } from '../support/bridged.ts'
import { type Member, speak } from '../support/round.ts'

const WAIT_MS = 30_000
/** In all, from all members in turn: 20 a second. */
const LOAD = { messages: 100, everyMs: 50 }
const LOCAL: Address = { host: '127.0.0.1', port: 0 }
const NOTHING = { losses: [], repeats: [] }

const test = suite('gop2p bridges')
const stage = new Stage()

test.after.each(() => stage.close())

test('two gop2p networks see each other through floodnet, and every message reaches everyone once', async () => {
  const [west, east] = [await startMesh('west'), await startMesh('east')]
  const floodnet = await startFloodnet()
  await startBridge(floodnet, 'west', west)
  await startBridge(floodnet, 'east', east)
  await untilMembers([...west, ...east], 2)
  assert.equal(await speak([...west, ...east, ...floodnet], LOAD), NOTHING)
})

test('two bridges between the same two networks: still each message once', async () => {
  const mesh = await startMesh('go')
  const floodnet = await startFloodnet()
  await startTwoBridges(floodnet, mesh)
  assert.equal(await speak([...mesh, ...floodnet], LOAD), NOTHING)
})

test('one of two bridges dies without a word: still each message once', async () => {
  const mesh = await startMesh('go', { maxFailures: 1 })
  const floodnet = await startFloodnet()
  const relay = { turnMs: 1_000 }
  const [first] = await startTwoBridges(floodnet, mesh, relay)
  // Its node is gone at once; for the other bridge and the members it is there until they notice.
  await first.network.close()
  await first.side.close()
  assert.equal(await speak([...mesh, ...floodnet], { ...LOAD, messages: 20 }), NOTHING)
})

test("nodes that speak the tutorial's wire, gop2p and floodnet, through two bridges to all three: each message once", async () => {
  const mesh = await startMesh('go')
  const floodnet = await startFloodnet()
  const tutorial = await startTutorial(['t0', 't1'])
  const gob = tutorial.map(({ node }) => node)
  await startTwoBridges(floodnet, mesh, {}, [gobSide(gob)])
  await until(() => gob.every((node) => node.neighbours.length === 3), WAIT_MS, "links among the tutorial's nodes")
  assert.equal(await speak([...mesh, ...floodnet, ...tutorial], LOAD), NOTHING)
})

test('two bridges: a direct message reaches the one addressed, once, and nobody else on the other side', async () => {
  const mesh = await startMesh('go')
  const floodnet = await startFloodnet()
  const [{ side }] = await startTwoBridges(floodnet, mesh)
  const [one, other] = mesh as [Gop2pMember, Gop2pMember]
  await floodnet[0]?.say('psst', `127.0.0.1:${one.node.self.port}@gop2p`)
  await one.node.outbox.send({ data: '@bob hush', to: [side.peer] })
  await until(() => one.foreign().length > 0 && floodnet.every((node) => node.foreign().length > 0), WAIT_MS, 'both')
  // What would come twice would have come before this.
  await speak([...mesh, ...floodnet], { messages: 12, everyMs: 50 })
  assert.equal(
    one.foreign().filter((line) => line.includes('psst')),
    ['(direct) <f0@floodnet> psst']
  )
  assert.not.ok(other.foreign().some((line) => /psst|hush/.test(line)))
  const hushes = floodnet.map((node) => node.foreign().filter((line) => line.includes('hush')))
  const expected = `127.0.0.1:${one.node.self.port}@gop2p>bob: hush`
  assert.equal(hushes, [[expected], [expected]])
})

test('a direct message to nobody is refused in words, once, to the one who wrote it', async () => {
  const mesh = await startMesh('go')
  const floodnet = await startFloodnet()
  await startTwoBridges(floodnet, mesh)
  await floodnet[0]?.say('hello?', '127.0.0.1:1@gop2p')
  const refusals = (): string[] => floodnet[0]?.foreign().filter((line) => line.includes('not said')) ?? []
  await until(() => refusals().length > 0, WAIT_MS, 'a refusal')
  await speak([...mesh, ...floodnet], { messages: 12, everyMs: 50 })
  assert.equal(refusals(), ['bridge@gop2p>f0: not said to 127.0.0.1:1@gop2p: no member of gop2p is called 127.0.0.1:1'])
})

test.run()

interface PlannedSide {
  readonly name: string
  readonly hasIds: boolean
  start(): Promise<Side>
}

interface Gop2pMember extends Member {
  readonly node: Gop2pNode
}

interface FloodMember extends Member {
  say(text: string, to?: string): Promise<unknown>
  readonly listener: Listener
}

/** Our own peers in the place of Go nodes, each linked to all. */
async function startTutorial(names: readonly string[]): Promise<(Member & { node: TutorialNode })[]> {
  const members: (Member & { node: TutorialNode })[] = []
  for (const name of names) {
    const join = members.map(({ node }) => addressOf(node))
    const node = await TutorialNode.start({ listen: LOCAL, join })
    stage.later(() => node.close())
    const lines: string[] = []
    node.foreign$.subscribe(({ payload }) => lines.push(Buffer.from(payload).toString()))
    members.push({ name, node, say: (text) => node.say(Buffer.from(text), newId()), foreign: () => lines })
  }
  return members
}

function gobSide(nodes: readonly TutorialNode[]): PlannedSide {
  const start = async (): Promise<Side> => {
    const node = await TutorialNode.start({ listen: LOCAL, join: nodes.map(addressOf) })
    return tutorialSide(node, { name: 'gob', format: 'text' })
  }
  return { name: 'gob', hasIds: true, start }
}

function addressOf({ address }: TutorialNode): Address {
  const parsed = parseAddress(address)
  if (parsed === null) throw new Error(address)
  return { ...parsed, host: '127.0.0.1' }
}

/** Two gop2p nodes that know each other. */
async function startMesh(name: string, limits: Partial<Gop2pLimits> = {}): Promise<Gop2pMember[]> {
  const members = [await startMember(`${name}0`, limits), await startMember(`${name}1`, limits)]
  await members[1]?.node.connect(members[0]?.node.self ?? '')
  return members
}

async function startMember(name: string, limits: Partial<Gop2pLimits>): Promise<Gop2pMember> {
  const node = new Gop2pNode({ self: '127.0.0.1:0', limits })
  assert.is(await node.start(), null)
  stage.later(() => node.stop())
  const lines: string[] = []
  node.inbox.subscribe(({ data }) => lines.push(Buffer.from(data).toString()))
  return { name, node, say: (text) => void node.outbox.send({ data: text }), foreign: () => lines }
}

async function startFloodnet(): Promise<FloodMember[]> {
  return (await stage.pair()).map((listener, index) => ({
    name: `f${index}`,
    node: listener.network,
    listener,
    say: (text, to = '') => listener.network.write(encodeEnvelope({ text, from: `f${index}`, to })),
    foreign: () => listener.words
  }))
}

async function startBridge(
  floodnet: readonly FloodMember[],
  name: string,
  mesh: readonly Gop2pMember[],
  relay: Partial<RelayOptions> = {},
  others: readonly PlannedSide[] = []
) {
  const sides: Gop2pSide[] = []
  const entries = mesh.map(({ node }) => `127.0.0.1:${node.self.port}`)
  const side = {
    name,
    hasIds: false,
    async start() {
      const started = await createGop2pSide({
        name,
        hub: 'floodnet',
        id: `${name}-${bridges++}`,
        entries,
        self: '127.0.0.1:0'
      })
      sides.push(started)
      return started
    }
  }
  const { bridge, network } = await stage.bridge(
    floodnet[0]?.listener.network.address ?? null,
    [side, ...others],
    relay
  )
  const [started] = sides
  if (started === undefined) throw new Error('no side')
  return { bridge, network, side: started }
}

let bridges = 0

/** Two between the same networks, which know each other and all members. */
async function startTwoBridges(
  floodnet: readonly FloodMember[],
  mesh: readonly Gop2pMember[],
  relay: Partial<RelayOptions> = {},
  others: readonly PlannedSide[] = []
) {
  const first = await startBridge(floodnet, 'gop2p', mesh, relay, others)
  const second = await startBridge(floodnet, 'gop2p', mesh, relay, others)
  await untilMembers(mesh, 3)
  const otherBridges = (): boolean => first.bridge.otherBridges === 1 && second.bridge.otherBridges === 1
  await until(otherBridges, WAIT_MS, 'bridges that know each other')
  return [first, second] as const
}

function untilMembers(mesh: readonly Gop2pMember[], count: number): Promise<boolean> {
  const all = (): boolean => mesh.every(({ node }) => node.members.length === count)
  return until(all, WAIT_MS, () => `members: ${mesh.map(({ node }) => node.members.length)}`)
}

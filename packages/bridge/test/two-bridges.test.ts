// time-limit: 180 s
// Two bridges between the same two networks: each message still once.
import { encodeEnvelope } from '@floodnet/chat'
import { type Address, parseAddress } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TutorialNode } from '../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../src/tutorial/tutorial-side.ts'
import { type BridgeRun, type Listener, Stage } from './support/bridged.ts'
import { buildTutorial, GoNode, whyNoGo } from './support/go-nodes.ts'
import { type Member, speak } from './support/round.ts'
import { until } from './support/wait.ts'

const LINKED_MS = 30_000
const LOCAL = { host: '127.0.0.1', port: 0 }

const test = suite('two bridges')
const stage = new Stage()

test.after.each(() => stage.close())

test('every message of either network is heard by everybody else once', async () => {
  const { gob, gobMembers } = await tutorialNetwork()
  const { flood, floodMembers } = await floodNetwork()
  const bridges = await bridgesBetween(flood, gob, 2)
  await until(() => bridges.every(({ bridge }) => bridge.siblings === 1), LINKED_MS, 'bridges that know each other')
  const { losses, repeats } = await speak([...gobMembers, ...floodMembers], { messages: 80, everyMs: 20 })
  assert.equal({ losses, repeats }, { losses: [], repeats: [] })
})

test('so it is while the second one comes, when one leaves, and when one dies without a word', async () => {
  const { gob, gobMembers } = await tutorialNetwork()
  const { flood, floodMembers } = await floodNetwork()
  const members = [...gobMembers, ...floodMembers]
  const times = { turnMs: 1_500, helloMs: 500, goneMs: 2_000 }
  const [first] = await bridgesBetween(flood, gob, 1, times)
  const coming = bridgesBetween(flood, gob, 2, times)
  const during = await speak(members, { messages: 80, everyMs: 50 })
  const [second, third] = await coming
  await first?.bridge.close()
  const after = await speak(members, { messages: 40, everyMs: 20 })
  await until(() => third?.bridge.siblings === 1, LINKED_MS, 'two bridges that know each other')
  second?.die()
  const orphaned = await speak(members, { messages: 40, everyMs: 20 })
  for (const { losses, repeats } of [during, after, orphaned]) {
    assert.equal({ losses, repeats }, { losses: [], repeats: [] })
  }
})

const reason = whyNoGo()
if (reason !== null) test.skip(`two bridges to real Go nodes (${reason})`, () => {})
else {
  const { program, remove } = buildTutorial()
  test.after(remove)

  test('two bridges to real Go nodes: 20 messages a second for 5 s, each once', async () => {
    const go = [await GoNode.start(program, '')]
    go.push(await GoNode.start(program, go[0]?.address ?? ''))
    for (const node of go) stage.later(() => node.kill())
    const { flood, floodMembers } = await floodNetwork()
    await bridgesBetween(flood, go[0]?.address ?? '', 2)
    const goMembers = go.map((node, index): Member => {
      return { name: `go${index}`, node, say: (text) => node.say(text), heard: () => node.lines }
    })
    const { losses, repeats } = await speak([...goMembers, ...floodMembers], { messages: 100, everyMs: 50 })
    assert.equal({ losses, repeats }, { losses: [], repeats: [] })
  })
}

test.run()

/** Two members, in the tutorial's network without Go. */
async function tutorialNetwork(): Promise<{ gob: string; gobMembers: Member[] }> {
  const first = await TutorialNode.start({ listen: LOCAL })
  const second = await TutorialNode.start({ listen: LOCAL, join: [addressOf(first.address)] })
  await until(() => first.neighbours.length + second.neighbours.length === 2, LINKED_MS, 'two tutorial nodes, linked')
  const gobMembers = [first, second].map((node, index): Member => {
    const lines: string[] = []
    node.heard$.subscribe(({ payload }) => lines.push(new TextDecoder().decode(payload)))
    stage.later(() => node.close())
    return { name: `gob${index}`, node, say: (text) => node.say(new TextEncoder().encode(text)), heard: () => lines }
  })
  return { gob: first.address, gobMembers }
}

async function floodNetwork(): Promise<{ flood: string; floodMembers: Member[] }> {
  const first = await stage.listener(null)
  const address = first.network.address ?? ''
  return { flood: address, floodMembers: [first, await stage.listener(address)].map(floodMember) }
}

function floodMember({ network, texts }: Listener, index: number): Member {
  const name = `flood${index}`
  const say = (text: string): void => void network.write(encodeEnvelope({ text, from: name, to: '' }))
  return { name, node: network, say, heard: () => texts }
}

function bridgesBetween(flood: string, gob: string, count: number, times = {}): Promise<BridgeRun[]> {
  const runs = Array.from({ length: count }, async () => {
    let node: TutorialNode | undefined
    const start = async () => {
      node = await TutorialNode.start({ listen: LOCAL, join: [addressOf(gob)] })
      return tutorialSide(node, { name: 'gob', format: 'text' })
    }
    const run = await stage.bridge(flood, [{ name: 'gob', hasIds: true, start }], times)
    await until(() => (node?.neighbours.length ?? 0) > 0, LINKED_MS, 'a bridge with a neighbour')
    return run
  })
  return Promise.all(runs)
}

function addressOf(text: string): Address {
  return parseAddress(text) ?? LOCAL
}

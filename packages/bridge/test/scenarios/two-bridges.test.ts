// time-limit: 180 s
// runs: quiet
// Two bridges between the same two networks: each message still once.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createGop2pSide, type Gop2pSide } from '../../src/gop2p/index.ts'
import { TutorialNode } from '../../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../../src/tutorial/tutorial-side.ts'
import { type BridgeRun, Stage } from '../support/bridged.ts'
import { buildTutorial, GoNode, toldFromCrashes, whyNoGo } from '../support/go-nodes.ts'
import { addressOf, floodNetwork, gop2pNetwork, LOCAL, tutorialNetwork } from '../support/networks.ts'
import { type Member, speak } from '../support/round.ts'

const LINKED_MS = 30_000

const test = suite('two bridges')
const stage = new Stage()

test.after.each(() => stage.close())

test('every message of either network is heard by everybody else once', async () => {
  const { entry: gob, members: gobMembers } = await tutorialNetwork(stage)
  const { entry: flood, members: floodMembers } = await floodNetwork(stage)
  const bridges = await bridgesBetween(flood, gob, 2)
  await untilTheyMeet(bridges)
  const { losses, repeats } = await speak([...gobMembers, ...floodMembers], { messages: 80, everyMs: 20 })
  assert.equal({ losses, repeats }, { losses: [], repeats: [] })
})

test('two bridges between three networks, each bridge in all of them: every message is heard by everybody else once', async () => {
  const [gob, flood, gop2p] = [await tutorialNetwork(stage), await floodNetwork(stage), await gop2pNetwork(stage)]
  const sides: Gop2pSide[] = []
  const gop2pSide = (id: string) => ({
    name: 'gop2p',
    hasIds: false,
    async start() {
      const side = await createGop2pSide({ hub: 'floodnet', id, entries: [gop2p.entry], self: '127.0.0.1:0' })
      sides.push(side)
      return side
    }
  })
  const bridges = await Promise.all(
    ['one', 'two'].map((id) => stage.bridge(flood.entry, [gobSide(gob.entry), gop2pSide(id)]))
  )
  await untilTheyMeet(bridges)
  await until(() => sides.every(({ members }) => members.length === 3), LINKED_MS, 'full members of gop2p')
  const members = [...gob.members, ...flood.members, ...gop2p.members]
  const { losses, repeats } = await speak(members, { messages: 120, everyMs: 30 })
  assert.equal({ losses, repeats }, { losses: [], repeats: [] })
})

test('so it is while the second one comes, when one leaves, and when one dies without a word', async () => {
  const { entry: gob, members: gobMembers } = await tutorialNetwork(stage)
  const { entry: flood, members: floodMembers } = await floodNetwork(stage)
  const members = [...gobMembers, ...floodMembers]
  const times = { turnMs: 1_500, helloMs: 500, goneMs: 2_000 }
  const [first] = await bridgesBetween(flood, gob, 1, times)
  const coming = bridgesBetween(flood, gob, 2, times)
  const during = await speak(members, { messages: 80, everyMs: 50 })
  const [second, third] = await coming
  await first?.bridge.close()
  const after = await speak(members, { messages: 40, everyMs: 20 })
  await until(() => third?.bridge.otherBridges === 1, LINKED_MS, 'two bridges that know each other')
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

  test('two bridges to real Go nodes: 20 messages a second for 5 s, each once', () =>
    toldFromCrashes(stage, async () => {
      const go = [await GoNode.start(program, '')]
      go.push(await GoNode.start(program, go[0]?.address ?? ''))
      for (const node of go) stage.later(() => node.kill())
      const { entry: flood, members: floodMembers } = await floodNetwork(stage)
      const bridges = await bridgesBetween(flood, go[0]?.address ?? '', 2)
      await untilTheyMeet(bridges)
      const goMembers = go.map((node, index): Member => {
        return { name: `go${index}`, node, say: (text) => node.say(text), foreign: () => node.lines }
      })
      const { losses, repeats } = await speak([...goMembers, ...floodMembers], { messages: 100, everyMs: 50 })
      assert.equal({ losses, repeats }, { losses: [], repeats: [] })
    }))
}

test.run()

/** Until each of two bridges knows the other. */
async function untilTheyMeet(bridges: readonly BridgeRun[]): Promise<void> {
  await until(() => bridges.every(({ bridge }) => bridge.otherBridges === 1), LINKED_MS, 'bridges that know each other')
}

/** They begin at the same time. */
function bridgesBetween(flood: string, gob: string, count: number, times = {}): Promise<BridgeRun[]> {
  return Promise.all(Array.from({ length: count }, () => stage.bridge(flood, [gobSide(gob)], times)))
}

/** Started when it has a neighbour. */
function gobSide(entry: string) {
  return {
    name: 'gob',
    hasIds: true,
    async start() {
      const node = await TutorialNode.start({ listen: LOCAL, join: [addressOf(entry)] })
      await until(() => node.neighbours.length > 0, LINKED_MS, 'a bridge with a neighbour')
      return tutorialSide(node, { name: 'gob', format: 'text' })
    }
  }
}

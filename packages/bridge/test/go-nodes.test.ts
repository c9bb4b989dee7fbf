// time-limit: 150 s
// Real nodes of the tutorial and nodes of floodnet, with a bridge between them.
import { parseAddress } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TutorialNode } from '../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../src/tutorial/tutorial-side.ts'
import { type Listener, Stage } from './support/bridged.ts'
import { buildTutorial, GoNode, whyNoGo } from './support/go-nodes.ts'
import { until } from './support/wait.ts'

const LINKED_MS = 30_000
const HEARD_MS = 20_000
/** In all, from all writers in turn. */
const MESSAGES_PER_SECOND = 20
const SECONDS = 10

const reason = whyNoGo()
const test = suite('go nodes')
const built = reason === null ? buildTutorial() : null

test.after(() => built?.remove())

test('go: every message', async () => {
  const stage = new Stage()
  const go = await goNodes(stage, 3)
  const flood = [await stage.listener(null)]
  flood.push(await stage.listener(flood[0]?.network.address ?? null))
  let node: TutorialNode | undefined
  await stage.bridge(flood[0]?.network.address ?? null, [
    {
      name: 'gob',
      hasIds: true,
      async start() {
        node = await TutorialNode.start({
          listen: { host: '127.0.0.1', port: 0 },
          join: [parseAddress(go[0]!.address)!]
        })
        return tutorialSide(node, { name: 'gob', format: 'text' })
      }
    }
  ])
  await until(() => node?.neighbours.length === 3, LINKED_MS, 'three links')
  const writers = [
    ...go.map((g, i) => ({ name: `go${i}`, say: (t: string) => g.say(t) })),
    ...flood.map((f, i) => ({
      name: `fl${i}`,
      say: (t: string) => void f.network.write(JSON.stringify({ Text: t, From: `fl${i}`, To: '' }))
    }))
  ]
  for (let i = 0; i < MESSAGES_PER_SECOND * SECONDS; i++) {
    const w = writers[i % writers.length]!
    w.say(`m-${w.name}-${i}-`)
    await new Promise((r) => setTimeout(r, 1000 / MESSAGES_PER_SECOND))
  }
  await new Promise((r) => setTimeout(r, 3000))
  const out: string[] = []
  for (const [k, n] of go.entries())
    out.push(
      `go${k} heard ${n.heard('m-').size} (${[...n.heard('m-').values()].filter((c) => c > 1).length} twice), connections ${n.connections}, crashed ${n.hasCrashed}`,
      ...n.lines.filter((l) => l.includes('m-')).slice(-3)
    )
  for (const [k, f] of flood.entries())
    out.push(`fl${k} heard ${f.texts.length} of them ${new Set(f.texts).size} ${f.words.slice(-2)}`)
  out.push(JSON.stringify(node?.drops))
  await stage.close()
  assert.is(out.join('\n'), '')
})

test.run()

async function goNodes(stage: Stage, count: number): Promise<GoNode[]> {
  const nodes: GoNode[] = []
  for (let index = 0; index < count; index++) {
    const node = await GoNode.start(built?.program ?? '', nodes[0]?.address ?? '')
    stage.later(() => node.kill())
    nodes.push(node)
  }
  return nodes
}

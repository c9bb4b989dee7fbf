// Processes are killed and stopped: the rest find each other again within 15 s.
// time-limit: 180 s
// runs: alone
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import {
  everybodyHearsEverybody,
  HEAL_MS,
  joinAtOnce,
  reachesAll,
  startProcesses,
  whole
} from '../support/process-network.ts'
import { killProcesses, type PlainOptions, type ProcessNode } from '../support/process-node.ts'
import { pickOut } from '../support/random.ts'

const COUNT = 14
const DESIRED = 5
const FORM_MS = 30_000
const test = suite('killed nodes')

test.after.each(killProcesses)

async function startNetwork(count: number, options: PlainOptions = {}): Promise<ProcessNode[]> {
  const nodes = await startProcesses(count)
  await joinAtOnce(nodes, options)
  await whole(nodes, DESIRED, FORM_MS)
  return nodes
}

test('the entry is killed: every survivor has its desired links again, and messages reach all', async () => {
  const [entry, ...survivors] = await startNetwork(COUNT)
  entry?.kill()
  await whole(survivors, DESIRED, HEAL_MS)
  await everybodyHearsEverybody(survivors, 5, 'without an entry')
})

test('nodes are killed at random while all write: the rest still reach each other', async () => {
  const seed = Number(process.env.FLOODNET_SEED ?? Date.now() % 1_000_000)
  console.log(`FLOODNET_SEED=${seed}`)
  let survivors = await startNetwork(COUNT)
  const random = pickOut(seed)
  for (const round of [1, 2, 3]) {
    const killed = random(survivors, 3)
    survivors = survivors.filter((node) => !killed.includes(node))
    const writing = survivors.map((node) => node.write(`meanwhile ${round} `, 50))
    for (const node of killed) node.kill()
    await Promise.all(writing)
    const fromMs = performance.now()
    await whole(survivors, DESIRED, HEAL_MS)
    console.log(`round ${round}: whole again in ${Math.round(performance.now() - fromMs)} ms`)
    await everybodyHearsEverybody(survivors, 5, `round ${round}`)
  }
  assert.is(survivors.length, COUNT - 9)
})

test('the entry stops without a word: its neighbours take it for dead and go on without it', async () => {
  const [entry, ...others] = await startNetwork(5, { limits: { pingMs: 500, deadMs: 3_000 } })
  assert.ok(entry)
  entry.kill('SIGSTOP')
  await whole(others, DESIRED, HEAL_MS)
  await reachesAll(others[0]!, others, 'without an entry')
  const reasons = await Promise.all(others.map((node) => reasonOfLoss(node, entry.id)))
  assert.equal([...new Set(reasons)], ['dead'])
  entry.kill('SIGCONT')
  const nodes = [entry, ...others]
  await whole(nodes, DESIRED, FORM_MS)
  await everybodyHearsEverybody(nodes, 5, 'together again')
})

async function reasonOfLoss(node: ProcessNode, id: string): Promise<string> {
  const lost = await until(
    async () => (await node.events()).find(({ name, details }) => name === 'peer-down' && details.id === id),
    HEAL_MS,
    'the loss'
  )
  return lost.name === 'peer-down' ? lost.details.reason : lost.name
}

test.run()

// The simulator's promise with real processes: half of a network dies at one moment, and the rest is one network again.
// time-limit: 180 s
// runs: alone
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { everybodyHearsEverybody, joinAtOnce, startProcesses, whole } from '../support/process-network.ts'
import { killProcesses } from '../support/process-node.ts'
import { pickOut } from '../support/random.ts'

const COUNT = 25
const KILLED = 12
const DESIRED = 5
const FORM_MS = 45_000
/** What the promise allows, to the second: the test is about what holds then. */
const HEAL_MS = 20_000
const test = suite('half killed')

test.after.each(killProcesses)

test(`of ${COUNT} processes ${KILLED} are killed at once: 20 s later every message reaches every survivor`, async () => {
  const seed = Number(process.env.FLOODNET_SEED ?? Date.now() % 1_000_000)
  console.log(`FLOODNET_SEED=${seed}`)
  const nodes = await startProcesses(COUNT)
  await joinAtOnce(nodes)
  await whole(nodes, DESIRED, FORM_MS)
  const killed = pickOut(seed)(nodes, KILLED)
  for (const node of killed) node.kill()
  await sleep(HEAL_MS)
  const survivors = nodes.filter((node) => !killed.includes(node))
  assert.is(survivors.length, COUNT - KILLED)
  await everybodyHearsEverybody(survivors, 5, 'half of us are left')
})

test.run()

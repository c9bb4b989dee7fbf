// 25 processes that know nothing but one entry become one network.
// time-limit: 180 s
// runs: alone
import { suite } from 'uvu'
import { everybodyHearsEverybody, joinAtOnce, joinOneByOne, startProcesses, whole } from '../support/process-network.ts'
import { killProcesses, type ProcessNode } from '../support/process-node.ts'

const COUNT = 25
const DESIRED = 5
const MESSAGES = 20
/** Two dozen processes on a small machine: the handshakes alone keep it busy for a while. */
const FORM_MS = 45_000
const test = suite('many processes')
let nodes: ProcessNode[] = []

test.before(async () => {
  nodes = await startProcesses(COUNT)
})

// The processes stay for the next network, which they do not know to be the same ones.
test.after.each(async () => {
  await Promise.all(nodes.map((node) => node.close()))
})

test.after(killProcesses)

test(`${COUNT} processes join through one entry at once, and every message reaches everybody exactly once`, async () => {
  await joinAtOnce(nodes)
  await whole(nodes, DESIRED, FORM_MS)
  await everybodyHearsEverybody(nodes, MESSAGES, 'hello')
  await whole(nodes, DESIRED)
})

test(`${COUNT} processes join through one entry one by one, and every message reaches everybody exactly once`, async () => {
  await joinOneByOne(nodes)
  await whole(nodes, DESIRED, FORM_MS)
  await everybodyHearsEverybody(nodes, MESSAGES, 'hello')
  await whole(nodes, DESIRED)
})

test.run()

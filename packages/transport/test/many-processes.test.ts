// 25 processes that know nothing but one entry become one network.
// time-limit: 180 s
import { suite } from 'uvu'
import { killProcesses, type ProcessNode } from './support/process-node.ts'
import { everybodyHearsEverybody, joinAtOnce, joinOneByOne, startProcesses, whole } from './support/process-network.ts'

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
  const t0 = performance.now()
  await joinAtOnce(nodes)
  console.log('started', performance.now() - t0)
  await whole(nodes, DESIRED, FORM_MS)
  console.log('whole', performance.now() - t0)
  try {
  await everybodyHearsEverybody(nodes, MESSAGES, 'hello')
  console.log('heard', performance.now() - t0)
  } catch (e) {
    const { writeFileSync } = await import('node:fs')
    writeFileSync('/tmp/many-diag.json', JSON.stringify(await Promise.all(nodes.map(async n => ({ id: n.id, stats: await n.stats(), events: await n.events(), messages: (await n.messages()).map(m => m.text) })))))
    throw e
  }
  await whole(nodes, DESIRED)
})

test(`${COUNT} processes join through one entry one by one, and every message reaches everybody exactly once`, async () => {
  await joinOneByOne(nodes)
  await whole(nodes, DESIRED, FORM_MS)
  await everybodyHearsEverybody(nodes, MESSAGES, 'hello')
  await whole(nodes, DESIRED)
})

test.run()

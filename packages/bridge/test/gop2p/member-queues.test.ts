// Work for members in lanes: order, bounds, and who waits for whom.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GOP2P_LIMITS } from '../../src/gop2p/limits.ts'
import { Lanes } from '../../src/gop2p/member-queues.ts'

const limits = { ...GOP2P_LIMITS, maxParallel: 4, maxQueued: 3, maxQueuedBytes: 100 }
const never = (): Promise<string> => new Promise(() => undefined)

test('jobs of a member run one after another, in their order', async () => {
  const lanes = new Lanes(limits, () => false)
  const steps: string[] = []
  const job = (name: string) => async (): Promise<void> => {
    steps.push(`${name} begins`)
    await Promise.resolve()
    steps.push(`${name} ends`)
  }
  await Promise.all([lanes.add('a', 1, job('first')), lanes.add('a', 1, job('second'))])
  assert.equal(steps, ['first begins', 'first ends', 'second begins', 'second ends'])
  assert.is(lanes.size, 0)
})

test('no more members are served at once than the limit', async () => {
  const lanes = new Lanes(limits, () => false)
  let running = 0
  let most = 0
  const job = async (): Promise<void> => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
  }
  await Promise.all(Array.from({ length: 20 }, (_, index) => lanes.add(String(index), 1, job)))
  assert.is(most, 4)
})

test('members that failed last time never take the places of all others', async () => {
  const lanes = new Lanes(limits, (key) => key.startsWith('bad'))
  for (let index = 0; index < 10; index++) void lanes.add(`bad-${index}`, 1, never)
  assert.is(await lanes.add('good', 1, async () => 'done'), 'done')
})

test('what waits for one member is bounded in number and bytes, and told', async () => {
  const lanes = new Lanes(limits, () => false)
  for (let index = 0; index < 4; index++) void lanes.add('a', 1, never)
  assert.is(await lanes.add('a', 1, never), 'queue-full')
  void lanes.add('b', 100, never)
  void lanes.add('b', 60, never)
  assert.is(await lanes.add('b', 60, never), 'queue-full')
})

test('what waits for a member is dropped with it, and for no other', async () => {
  const lanes = new Lanes(limits, () => false)
  void lanes.add('a', 1, never)
  void lanes.add('b', 1, never)
  const [a, b] = [lanes.add('a', 1, never), lanes.add('b', 1, never)]
  lanes.clear('a')
  assert.is(await a, 'stopped')
  assert.is(lanes.size, 3)
  lanes.clear()
  assert.is(await b, 'stopped')
})

test.run()

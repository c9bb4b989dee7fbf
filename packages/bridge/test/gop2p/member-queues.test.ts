// Work for members in queues: order, bounds, and who waits for whom.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GOP2P_LIMITS } from '../../src/gop2p/limits.ts'
import { MemberQueues } from '../../src/gop2p/sending/member-queues.ts'

const limits = { ...GOP2P_LIMITS, maxParallel: 4, maxQueued: 3, maxQueuedBytes: 100 }
const never = (): Promise<string> => new Promise(() => undefined)

test('jobs of a member run one after another, in their order', async () => {
  const queues = new MemberQueues(limits, () => false)
  const steps: string[] = []
  const job = (name: string) => async (): Promise<void> => {
    steps.push(`${name} begins`)
    await Promise.resolve()
    steps.push(`${name} ends`)
  }
  await Promise.all([queues.add('a', 1, job('first')), queues.add('a', 1, job('second'))])
  assert.equal(steps, ['first begins', 'first ends', 'second begins', 'second ends'])
  assert.is(queues.size, 0)
})

test('no more members are served at once than the limit', async () => {
  const queues = new MemberQueues(limits, () => false)
  let running = 0
  let most = 0
  const job = async (): Promise<void> => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
  }
  await Promise.all(Array.from({ length: 20 }, (_, index) => queues.add(String(index), 1, job)))
  assert.is(most, 4)
})

test('members that failed last time never take the places of all others', async () => {
  const queues = new MemberQueues(limits, (key) => key.startsWith('bad'))
  for (let index = 0; index < 10; index++) void queues.add(`bad-${index}`, 1, never)
  assert.is(await queues.add('good', 1, async () => 'done'), 'done')
})

test('what waits for one member is bounded in number and bytes, and told', async () => {
  const queues = new MemberQueues(limits, () => false)
  for (let index = 0; index < 4; index++) void queues.add('a', 1, never)
  assert.is(await queues.add('a', 1, never), 'queue-full')
  void queues.add('b', 100, never)
  void queues.add('b', 60, never)
  assert.is(await queues.add('b', 60, never), 'queue-full')
})

test('what waits for a member is dropped with it, and for no other', async () => {
  const queues = new MemberQueues(limits, () => false)
  void queues.add('a', 1, never)
  void queues.add('b', 1, never)
  const [a, b] = [queues.add('a', 1, never), queues.add('b', 1, never)]
  queues.clear('a')
  assert.is(await a, 'stopped')
  assert.is(queues.size, 3)
  queues.clear()
  assert.is(await b, 'stopped')
})

test.run()

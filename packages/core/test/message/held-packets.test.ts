import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HeldPackets } from '../../src/message/held-packets.ts'
import { createRandom } from '../support/random.ts'

test('the lowest number is known and taken, in whatever order numbers come', () => {
  const draw = createRandom(7)
  const random = (below: number) => Math.floor(draw() * below)
  const held = new HeldPackets<string>()
  const oracle = new Map<number, string>()
  let high = 0
  for (let step = 0; step < 20_000; step++) {
    if (random(5) > 1) {
      // Most come in order, some late.
      const seq = random(4) === 0 ? random(high + 1) : ++high + random(3)
      high = Math.max(high, seq)
      if (oracle.has(seq)) continue
      oracle.set(seq, `packet ${step}`)
      held.add(seq, { packet: `packet ${step}`, bytes: 1, atMs: step })
    } else {
      const lowest = Math.min(...oracle.keys())
      assert.is(held.lowest, lowest)
      assert.is(held.take(lowest + 1), undefined)
      assert.is(held.take(lowest)?.packet, oracle.get(lowest))
      oracle.delete(lowest)
    }
    assert.is(held.size, oracle.size)
  }
  for (const [seq, packet] of oracle) {
    assert.ok(held.has(seq))
    assert.is(held.get(seq)?.packet, packet)
  }
})

test('nothing is the lowest of nothing', () => {
  const held = new HeldPackets<string>()
  assert.is(held.lowest, Number.POSITIVE_INFINITY)
  assert.is(held.take(1), undefined)
})

test.run()

// Proof of work in the flood: what it costs, when it is looked at, and who must show it.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_WORK_BITS, workCost, workThreshold } from '../../src/message/work.ts'
import { viewOf } from '../../src/wire/header.ts'
import { DEFAULT_MAX_FRAME_BYTES, Flag } from '../../src/wire/layout.ts'
import { forged, Stage, signed } from '../support/flood-stage.ts'
import { holds } from '../support/property.ts'

const WORKED = Flag.signed | Flag.work

/** Work is shown by a body that begins with 1; every look at it is written down. */
function stageOf() {
  const looked: number[] = []
  const hasWork = (bytes: Uint8Array, start: number): boolean => {
    looked.push(bytes[start + 48] ?? 0)
    return bytes[start + 48] === 1
  }
  return { stage: new Stage({ hasWork }), looked }
}

const worked = (seq: number, first = 1) => ({ seq, flags: WORKED, body: Uint8Array.of(first, 2, 3) })

test('the cost grows with the length, and is that of the tutorial with 6 bits, but for 4 hashes', () => {
  for (const length of [0, 1, 100, 65_536]) assert.is(workCost(6, length), 64 * length + 124 + 4)
})

test('the threshold is the exact quotient for every length and number of bits', () => {
  holds(
    fc.tuple(fc.integer({ min: 0, max: MAX_WORK_BITS }), fc.integer({ min: 0, max: DEFAULT_MAX_FRAME_BYTES })),
    ([bits, length]) => {
      const exact = 2n ** 48n / (2n ** BigInt(bits) * BigInt(length + 2))
      assert.is(BigInt(workThreshold(bits, length)), exact)
      assert.ok(exact > 0n)
    },
    2_000
  )
})

test('a packet in the stem phase must show its work as one that floods does', () => {
  const { stage } = stageOf()
  const examine = (frame: Uint8Array) => stage.flood.examine(1, frame, viewOf(frame), 0, frame.length)
  assert.is(stage.takes(worked(1)), true)
  assert.is(examine(signed(worked(2))), null)
  assert.is(examine(signed(worked(2, 0))), 'bad-work')
  assert.is(examine(signed({ seq: 2 })), 'bad-work')
})

test('a packet with its work is forwarded, and one without is a fault that changes nothing', () => {
  const { stage } = stageOf()
  assert.is(stage.takes(worked(1)), true)
  assert.is(stage.chunk([signed(worked(2, 0))]), 'bad-work')
  assert.is(stage.takes(worked(2)), true)
})

test('the work is looked at before the signature, and of no duplicate', () => {
  const { stage, looked } = stageOf()
  assert.is(stage.chunk([forged(worked(1, 0))]), 'bad-work')
  assert.equal(stage.verified, [])
  assert.is(stage.chunk([forged(worked(1))]), 'bad-signature')
  stage.takes(worked(1))
  stage.takes(worked(1))
  assert.equal([stage.verified, looked.length], [[1, 1], 3])
})

test('a packet without a nonce is a fault where there is work, one with a nonce where there is none', () => {
  const { stage, looked } = stageOf()
  for (const trusted of [false, true]) {
    assert.is(stage.chunk([signed({ seq: 1 })], { trusted }), 'bad-work')
    assert.is(new Stage().chunk([signed(worked(1))], { trusted }), 'bad-work')
  }
  assert.equal(looked, [])
})

test('the work of a packet from the node itself is not looked at again', () => {
  const { stage, looked } = stageOf()
  assert.is(stage.takes(worked(1, 0), { trusted: true }), true)
  assert.equal(looked, [])
})

test.run()

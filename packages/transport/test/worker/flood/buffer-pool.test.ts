// Memory of large frames: never used again as long as anybody needs it.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../../test/support/property.ts'
import { BufferPool } from '../../../src/worker/flood/buffer-pool.ts'

const LARGE = 200_000

test('is used again when the last holder has released it, not before', () => {
  const memory = new BufferPool()
  const frame = memory.allocate(LARGE)
  assert.ok(frame.length >= LARGE)
  memory.retain(frame.subarray(100, 200))
  memory.release(frame)
  assert.is.not(memory.allocate(LARGE).buffer, frame.buffer)
  memory.release(frame.subarray(5))
  assert.is(memory.allocate(LARGE).buffer, frame.buffer)
})

test('what is not its own, what is small and what was released before change nothing', () => {
  const memory = new BufferPool()
  const [foreign, small, frame] = [new Uint8Array(LARGE), memory.allocate(100), memory.allocate(LARGE)]
  assert.is(small.length, 100)
  for (const bytes of [foreign, small]) {
    memory.retain(bytes)
    memory.release(bytes)
    memory.release(bytes)
  }
  memory.release(frame)
  memory.release(frame)
  const [first, second] = [memory.allocate(LARGE), memory.allocate(LARGE)]
  assert.is(first.buffer, frame.buffer)
  assert.is.not(second.buffer, frame.buffer)
})

test('wastes no more than half of a block, and keeps 16 MiB of free ones at most', () => {
  const memory = new BufferPool()
  for (const bytes of [
    1, 8_192, 8_193, 16_384, 16_385, 32_768, 32_769, 65_536, 65_537, 262_145, 1_048_576, 1_048_577, 5_000_000
  ])
    assert.ok(memory.allocate(bytes).length <= 2 * bytes && memory.allocate(bytes).length >= bytes, String(bytes))
  const blocks = Array.from({ length: 30 }, () => memory.allocate(1_048_576))
  for (const block of blocks) memory.release(block)
  const buffers = new Set(blocks.map(({ buffer }) => buffer))
  const again = Array.from({ length: 30 }, () => memory.allocate(1_048_576))
  assert.is(again.filter(({ buffer }) => buffers.has(buffer)).length, 16)
})

test('large blocks that are free do not keep small ones from being used again', () => {
  const memory = new BufferPool()
  const large = Array.from({ length: 20 }, () => memory.allocate(1_048_576))
  for (const block of large) memory.release(block)
  const small = memory.allocate(20_000)
  memory.release(small)
  assert.is(memory.allocate(20_000).buffer, small.buffer)
})

test('whatever is held and released in whatever order, nobody finds other bytes in what it holds', () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(40), fc.integer({ min: 40_000, max: 400_000 })), { maxLength: 60 })
  check(
    steps,
    (plan) => {
      const memory = new BufferPool()
      const held: { bytes: Uint8Array; mark: number }[] = []
      plan.forEach(([step, which, bytes], mark) => {
        const other = held[which % Math.max(1, held.length)]
        if (step === 0 || other === undefined) held.push({ bytes: memory.allocate(bytes).fill(mark), mark })
        else if (step === 1) {
          memory.retain(other.bytes)
          held.push(other)
        } else memory.release(held.splice(held.indexOf(other), 1)[0]!.bytes)
        for (const { bytes: kept, mark: own } of held) assert.is(kept[kept.length >> 1], own)
      })
    },
    200
  )
})

test.run()

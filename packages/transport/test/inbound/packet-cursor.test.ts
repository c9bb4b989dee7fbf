// A batch in pieces: all of its messages, or nothing where its lengths are wrong, as `countBatch` has it.
import { BATCH_PREFIX_BYTES, countBatch, MAX_BATCH_MESSAGES } from '@floodnet/core'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cursorsOf, nextMessage, PIECE_BYTES } from '../../src/inbound/packet-cursor.ts'

const NAME = { origin: '07', incarnation: 1, seq: 1, hops: 0 }

const lengths = fc.array(fc.oneof(fc.nat(300), fc.nat(70_000), fc.constant(0), fc.nat(400_000)), { maxLength: 40 })

test('has every message once and in order, each in memory of about a piece', () => {
  fc.assert(
    fc.property(lengths, (sizes) => {
      const cursors = cursorsOf(NAME, batchOf(sizes)) ?? []
      const messages = cursors.flatMap((cursor) =>
        Array.from({ length: cursor.endIndex - cursor.index }, () => nextMessage(cursor))
      )
      assert.equal(
        messages.map(({ index, payload }) => [index, payload.length, payload.every((byte) => byte === index % 251)]),
        sizes.map((size, index) => [index, size, true])
      )
      for (const { payload } of messages) {
        assert.ok(payload.buffer.byteLength <= Math.max(PIECE_BYTES, payload.length + BATCH_PREFIX_BYTES))
      }
    }),
    { numRuns: 60 }
  )
})

test('is nothing when the lengths do not fill it exactly', () => {
  fc.assert(
    fc.property(lengths, fc.nat(), fc.nat(255), fc.integer({ min: -8, max: 8 }), (sizes, at, byte, more) => {
      const whole = batchOf(sizes)
      const bent = new Uint8Array(Math.max(0, whole.length + more))
      bent.set(whole.subarray(0, bent.length))
      if (bent.length > 0) bent[at % bent.length] = byte
      assert.is(cursorsOf(NAME, bent) === null, countBatch(bent) === -1)
    }),
    { numRuns: 200 }
  )
})

test('is nothing with more messages than a batch may have', () => {
  const most = new Uint8Array(MAX_BATCH_MESSAGES * BATCH_PREFIX_BYTES)
  assert.is(cursorsOf(NAME, most)?.at(-1)?.endIndex, MAX_BATCH_MESSAGES)
  assert.is(cursorsOf(NAME, new Uint8Array(most.length + BATCH_PREFIX_BYTES)), null)
})

test.run()

function batchOf(sizes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + BATCH_PREFIX_BYTES + size, 0))
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const [index, size] of sizes.entries()) {
    view.setUint32(offset, size)
    bytes.fill(index % 251, offset + BATCH_PREFIX_BYTES, offset + BATCH_PREFIX_BYTES + size)
    offset += BATCH_PREFIX_BYTES + size
  }
  return bytes
}

// Many messages in one body: counted only when their lengths fill it exactly.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BATCH_PREFIX_BYTES, batchMessageEnd, countBatch, MAX_BATCH_MESSAGES } from '../../src/message/batch.ts'
import { viewOf } from '../../src/wire/header.ts'
import { joined, sameBytes } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const anyMessages = fc.array(fc.uint8Array({ maxLength: 90 }), { minLength: 1, maxLength: 30 })

test('a batch is counted, and walked to its last message', () => {
  holds(anyMessages, (messages) => {
    const body = batchOf(messages)
    assert.is(countBatch(body), messages.length)
    const read = walk(body, messages.length)
    messages.forEach((message, i) => {
      assert.ok(sameBytes(read[i] as Uint8Array, message))
    })
  })
})

test('a batch that breaks off within a message or a length is malformed', () => {
  const messages = [new Uint8Array(3), new Uint8Array(0), new Uint8Array(9)]
  const body = batchOf(messages)
  // Between messages it is a shorter batch, which nobody can tell.
  const ends = new Set([7, 11])
  for (let end = 0; end < body.length; end++) {
    assert.is(countBatch(body.subarray(0, end)) === -1, !ends.has(end), `${end} bytes`)
  }
})

test('bytes after the last message make it malformed', () => {
  for (let extra = 1; extra < BATCH_PREFIX_BYTES; extra++) {
    assert.is(countBatch(joined([batchOf([new Uint8Array(5)]), new Uint8Array(extra)])), -1)
  }
})

test('an empty body is no batch', () => {
  assert.is(countBatch(new Uint8Array(0)), -1)
})

test('the largest lengths are malformed and do not wrap around', () => {
  for (const length of [0xffffffff, 0xfffffffc, 0x80000000]) {
    const body = new Uint8Array(16)
    viewOf(body).setUint32(0, length)
    assert.is(countBatch(body), -1)
  }
})

test('as many empty messages as a batch may hold are counted, and one more is malformed', () => {
  assert.is(countBatch(new Uint8Array(MAX_BATCH_MESSAGES * BATCH_PREFIX_BYTES)), MAX_BATCH_MESSAGES)
  assert.is(countBatch(new Uint8Array((MAX_BATCH_MESSAGES + 1) * BATCH_PREFIX_BYTES)), -1)
})

test('any body is malformed or can be walked to its very end', () => {
  const almost = fc.tuple(anyMessages, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([messages, place, byte]) => {
    const body = batchOf(messages)
    return body.with(place % body.length, byte)
  })
  let counted = 0
  holds(
    fc.oneof(fc.uint8Array({ maxLength: 100 }), almost),
    (body) => {
      const count = countBatch(body)
      if (count < 0) return
      counted++
      const bytes = walk(body, count).reduce((total, message) => total + message.length, 0)
      assert.is(bytes + count * BATCH_PREFIX_BYTES, body.length)
    },
    1_000
  )
  assert.ok(counted > 20, `${counted} were well-formed`)
})

test.run()

function batchOf(messages: readonly Uint8Array[]): Uint8Array {
  return joined(
    messages.flatMap((message) => {
      const prefix = new Uint8Array(BATCH_PREFIX_BYTES)
      viewOf(prefix).setUint32(0, message.length)
      return [prefix, message]
    })
  )
}

function walk(body: Uint8Array, count: number): Uint8Array[] {
  const view = viewOf(body)
  let offset = 0
  return Array.from({ length: count }, () => {
    const end = batchMessageEnd(view, offset)
    const message = body.subarray(offset + BATCH_PREFIX_BYTES, end)
    offset = end
    return message
  })
}

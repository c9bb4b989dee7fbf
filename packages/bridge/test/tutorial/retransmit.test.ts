// What is kept to be said again, by the clock of the test.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PACKET_TYPES, type WrittenPacket } from '../../src/gob/packet.ts'
import { Retransmit } from '../../src/tutorial/retransmit.ts'

const test = suite('unreturned messages')

test('nothing is said again to a peer that never returned a message', () => {
  const messages = unreturned()
  messages.written(packet(1n), 0)
  messages.known(2n)
  assert.is(messages.dueMs, null)
  assert.is(messages.due(1_000_000), null)
})

test('what does not come back is due a second after it was written, and a last time a second after that', () => {
  const messages = unreturned()
  messages.written(packet(1n), 0)
  messages.written(packet(2n), 10)
  messages.known(2n)
  assert.is(messages.dueMs, 1_000)
  assert.is(messages.due(999), null)
  assert.is(messages.due(1_000)?.uniqueId, 1n)
  messages.written(packet(1n), 1_000)
  assert.is(messages.due(1_999), null)
  assert.is(messages.due(2_000)?.uniqueId, 1n)
  messages.written(packet(1n), 2_000)
  assert.is(messages.dueMs, null)
})

test('what came back is not said again', () => {
  const messages = unreturned()
  messages.written(packet(1n), 0)
  messages.known(1n)
  assert.is(messages.dueMs, null)
})

test('the oldest give way when there are too many, or too many bytes', () => {
  const many = unreturned()
  for (let id = 0n; id < 5n; id++) many.written(packet(id), Number(id))
  many.known(4n)
  assert.is(many.due(10_000)?.uniqueId, 2n)

  const large = unreturned()
  for (let id = 0n; id < 3n; id++) large.written(packet(id, 60), Number(id))
  large.known(2n)
  assert.is(large.dueMs, null)
})

test.run()

function unreturned(): Retransmit {
  return new Retransmit({ againMs: 1_000, maxTimes: 3, maxUnreturned: 3, maxUnreturnedBytes: 100 })
}

function packet(uniqueId: bigint, bytes = 10): WrittenPacket {
  return { uniqueId, type: PACKET_TYPES.message, bytes: new Uint8Array(bytes), last: false }
}

// Messages of every size over two hops, those that are too large, and more of them than the queue of writes holds.
import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import type { Message, NetworkOptions } from '../../src/api.ts'
import { newMessage, placeOf } from '../support/content.ts'
import { closeNodes, type LocalNode, linked, startNode } from '../support/named-node.ts'

const KIB = 1_024
const MIB = 1_024 * KIB

test.after.each(closeNodes)

test('messages of 0 bytes, 1 byte, 64 KiB and a byte less and more, and 10 MiB arrive over two hops', async () => {
  const { first, last } = await startLine()
  const payloads = [0, 1, 65_535, 65_536, 65_537, 10 * MIB, 0, 1].map(pseudoRandom)
  for (const payload of payloads) {
    await first.network.write(payload)
    const message = await readOne(last)
    assert.is(message.payload.length, payload.length)
    assert.ok(Buffer.from(message.payload).equals(payload), `${payload.length} bytes`)
    assert.is(message.origin, first.network.id)
    assert.is(message.hops, 2)
  }
})

test('messages of all sizes written at once arrive in their order', async () => {
  const { first, last } = await startLine({ limits: { writeQueueBytes: 16 * MIB } })
  const payloads = [65_537, 0, 3 * MIB, 1, 65_536, 65_532, 65_533, 10, MIB].map(pseudoRandom)
  const receipts = await Promise.all(payloads.map((payload) => first.network.write(payload)))
  for (const [i, payload] of payloads.entries()) {
    const { payload: received, seq, index, incarnation } = await readOne(last)
    assert.ok(Buffer.from(received).equals(payload), `message ${i} of ${payload.length} bytes`)
    const { seq: ownSeq, index: ownIndex, incarnation: own } = receipts[i]!
    assert.equal([incarnation, seq, index], [own, ownSeq, ownIndex])
  }
})

test('a message at the limit passes, and one byte more is an error to the writer and nothing sent', async () => {
  const { first, last } = await startLine({ limits: { maxMessageBytes: MIB } })
  const before = await first.network.stats()
  const error = await first.network.write(new Uint8Array(MIB + 1)).catch((error: unknown) => error)
  assert.is((error as NodeJS.ErrnoException).code, 'ERR_FLOODNET_MESSAGE_TOO_LARGE')
  await first.network.flush()
  const after = await first.network.stats()
  assert.is(after.packets.out, before.packets.out)
  assert.is(after.messages.written, before.messages.written)
  const whole = pseudoRandom(MIB)
  await first.network.write(whole)
  assert.ok(Buffer.from((await readOne(last)).payload).equals(whole))
})

test('of writes that nobody awaits, those beyond the queue are refused, and the others arrive', async () => {
  const { first, last } = await startLine({ limits: { writeQueueBytes: 64 * KIB }, inboxLimit: 100_000 })
  const writes = Array.from({ length: 10_000 }, (_, place) => first.network.write(newMessage(place, 1_000)))
  const outcomes = await Promise.allSettled(writes)
  const taken = outcomes.flatMap(({ status }, place) => (status === 'fulfilled' ? [place] : []))
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  assert.ok(taken.length > 1_000 && refused.length > 1_000, `${taken.length} taken`)
  for (const { reason } of refused) assert.is(reason.code, 'ERR_FLOODNET_QUEUE_FULL')
  const received: (number | null)[] = []
  for (const _ of taken) received.push(placeOf((await readOne(last)).payload))
  assert.equal(received, taken)
  await first.network.write(newMessage(7, 8))
  assert.is(placeOf((await readOne(last)).payload), 7)
})

test('a message larger than the readers take is lost there, counted and told', async () => {
  const writer = await startNode()
  const reader = await startNode({ join: writer.address, limits: { maxMessageBytes: 100_000 } })
  await linked(writer, reader)
  await writer.network.write(new Uint8Array(1_000_000))
  await writer.network.write('after it')
  assert.is(Buffer.from((await readOne(reader)).payload).toString(), 'after it')
  await until(() => reader.all('dropped').some(({ reason }) => reason === 'message-too-large'), 15_000, 'it is told')
})

async function startLine(options: NetworkOptions = {}): Promise<{ first: LocalNode; last: LocalNode }> {
  const middle = await startNode({ desiredLinks: 2, maxLinks: 2, ...options })
  const ends = { join: middle.address, desiredLinks: 1, maxLinks: 1, ...options }
  const [first, last] = [await startNode(ends), await startNode(ends)]
  await Promise.all([linked(first, middle), linked(last, middle)])
  return { first, last }
}

function readOne({ network }: LocalNode): Promise<Message> {
  return within(network.read(), 15_000, 'a message')
}

function pseudoRandom(bytes: number): Buffer {
  return createHash('shake256', { outputLength: Math.max(1, bytes) })
    .update(`${bytes}`)
    .digest()
    .subarray(0, bytes)
}

test.run()

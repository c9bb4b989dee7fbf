// Messages that wait for the program: taken in by packets, kept in pieces, and the program's progress shown to the
// worker.
import { type Gap, PacketWriter, resolveLimits } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Message } from '../../src/api.ts'
import { createIdentity } from '../../src/identity/identity.ts'
import { Inbox } from '../../src/inbound/inbox.ts'
import { MessageQueue } from '../../src/inbound/message-queue.ts'
import { TURN_MS } from '../../src/inbound/slab-returns.ts'
import { DirectMessages } from '../../src/sealed/direct-messages.ts'
import { FrameRing, MAX_SHORT_RUNS } from '../../src/threads/frame-ring.ts'
import type { ReadProgress } from '../../src/threads/read-progress.ts'
import { SharedMemory } from '../../src/threads/shared-memory.ts'
import { type ShortRun, SLAB_BYTES } from '../../src/threads/slab-sender.ts'

const AUTHOR = new Uint8Array(32).fill(7)

interface Fixture {
  readonly inbox: Inbox
  readonly queue: MessageQueue
  readonly reading: ReadProgress
  /** The end of worker 0. */
  readonly ring: FrameRing
  readonly dropped: [string, number][]
  readonly gaps: Gap[]
  readonly returned: ArrayBuffer[]
}

function startInbox(inboxLimit: number, repairMs = 2_000): Fixture {
  const program = new SharedMemory()
  const dropped: [string, number][] = []
  const gaps: Gap[] = []
  const returned: ArrayBuffer[] = []
  const limits = resolveLimits({ inboxLimit, repairMs })
  const queue = new MessageQueue(limits)
  const inbox = new Inbox(limits, program, queue, {
    returnSlab: (buffer) => returned.push(buffer),
    isOwn: () => false,
    direct: new DirectMessages({
      networkId: new Uint8Array(32),
      identity: createIdentity(0),
      limits: resolveLimits({})
    }),
    onDropped: (reason, count) => dropped.push([reason, count]),
    onGap: (gap) => gaps.push(gap)
  })
  queue.attach(inbox)
  const { reading, delivered: ring } = new SharedMemory(program.buffers)
  return { inbox, queue, reading, ring, dropped, gaps, returned }
}

/** One packet of numbered messages of `bytes` bytes, in a slab of its own. */
function packetOf(count: number, bytes: number, seq = 1) {
  const writer = new PacketWriter(AUTHOR, seq, false, 0)
  const buffer = new ArrayBuffer(SLAB_BYTES)
  writer.attach(new Uint8Array(buffer))
  for (let number = 0; number < count; number++) {
    const payload = new Uint8Array(bytes)
    new DataView(payload.buffer).setUint32(0, number)
    assert.ok(writer.append(payload, 0))
  }
  return { kind: 'frames', buffer, bytes: writer.detach() } as const
}

function numberOf({ payload }: { payload: Uint8Array }): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('takes a packet whole, however many messages it has, and the next one when they are read', async () => {
  const { inbox, queue, dropped, returned } = startInbox(10)
  const count = 9_000
  assert.is(queue.take(), null)
  inbox.onFrames(packetOf(count, 100, 1))
  inbox.onFrames(packetOf(count, 100, 2))
  assert.is(queue.messages, count)
  assert.is(returned.length, 1)
  for (const packet of [1, 2]) {
    for (let number = 0; number < count; number++) {
      const message = queue.take()
      assert.ok(message)
      assert.equal([numberOf(message), message.index, message.incarnation], [number, number, packet])
    }
  }
  assert.is(queue.take(), null)
  assert.is(queue.bytes, 0)
  await nextTurn()
  assert.equal([dropped, returned.length], [[], 2])
})

test('gives slabs back at once, but not for longer than the other work of the program may wait', async () => {
  const { inbox, returned } = startInbox(1_000)
  inbox.onFrames(packetOf(1, 100))
  assert.is(returned.length, 1)
  const began = performance.now()
  while (performance.now() - began <= TURN_MS);
  inbox.onFrames(packetOf(1, 100, 2))
  assert.is(returned.length, 1)
  await nextTurn()
  assert.is(returned.length, 2)
  inbox.onFrames(packetOf(1, 100, 3))
  assert.is(returned.length, 3)
})

test('a message that is kept keeps a quarter of a MiB at most', () => {
  const { inbox, queue } = startInbox(100_000)
  inbox.onFrames(packetOf(9_000, 100))
  const buffers = new Set<ArrayBufferLike>()
  for (let message = queue.take(); message !== null; message = queue.take()) buffers.add(message.payload.buffer)
  assert.is(buffers.size, 4)
  for (const { byteLength } of buffers) assert.ok(byteLength <= 262_144, String(byteLength))
})

test('shows the worker that the program reads, in the middle of a packet too', () => {
  const { inbox, queue, reading } = startInbox(10)
  inbox.onFrames(packetOf(1_000, 100))
  const before = reading.position
  for (let number = 0; number < 129; number++) queue.take()
  assert.is(reading.position - before, 3)
})

test('shows a program that subscribes in the same way', () => {
  const { inbox, queue, reading } = startInbox(10)
  const marks: number[] = []
  queue.stream.messages$.subscribe(() => marks.push(reading.position))
  inbox.onFrames(packetOf(200, 100))
  assert.equal([...new Set(marks)], [1, 2, 3, 4])
})

test('leaves a short run where it is until it has room for it', () => {
  const { inbox, queue, ring } = startInbox(1)
  const count = MAX_SHORT_RUNS + 1
  for (let seq = 1; seq <= count; seq++) inbox.onFrames(post(ring, noteOf(seq)))
  assert.equal([queue.messages, ring.unread, ring.write(noteOf(1))], [1, MAX_SHORT_RUNS, false])
  for (let seq = 1; seq <= count; seq++) assert.is(numberOf(queue.take()!), seq)
  assert.equal([queue.take(), ring.unread], [null, 0])
})

test('what a worker that crashed had put into the ring is read, whatever the next one puts there', () => {
  const { inbox, queue, ring } = startInbox(1)
  for (let seq = 1; seq <= 3; seq++) inbox.onFrames(post(ring, noteOf(seq)))
  inbox.onWorkerCrash()
  const next = new FrameRing(ring.memory)
  assert.is(next.unread, 0)
  for (let seq = 4; seq <= 6; seq++) inbox.onFrames(post(next, noteOf(seq)))
  for (let seq = 1; seq <= 6; seq++) assert.is(numberOf(queue.take()!), seq)
  assert.equal([queue.take(), next.unread], [null, 0])
})

test('a subscriber that reads gets what is queued, and every message comes once', async () => {
  const { inbox, queue, ring, returned } = startInbox(10)
  const seen: number[] = []
  const read: (number | null)[] = []
  queue.stream.messages$.subscribe((message) => {
    seen.push(numberOf(message))
    for (let i = 0; i < 2; i++) read.push(numberOrNull(queue.take()))
  })
  for (let seq = 1; seq <= 3; seq++) inbox.onFrames(post(ring, noteOf(seq)))
  inbox.onFrames(packetOf(2, 10, 4))
  await nextTurn()
  assert.equal(seen, [1, 2, 3, 0, 1])
  assert.equal([...read.filter((number) => number !== null), ...rest(queue)], [1, 2, 3, 0, 1])
  assert.equal([ring.unread, returned.length], [0, 1])
})

test('packets of an author are read in the order in which it wrote them, whatever order they come in', () => {
  const { inbox, queue, gaps, dropped } = startInbox(100)
  for (const seq of [1, 4, 3]) inbox.onFrames(numbered(seq))
  assert.equal(seqsOf(queue), [1])
  inbox.onFrames(numbered(2))
  assert.equal(seqsOf(queue), [2, 3, 4])
  assert.equal([gaps, dropped, queue.bytes + inbox.heldBytes], [[], [], 0])
})

test('what does not come in time is told as a gap and counted, and the rest is read', async () => {
  const { inbox, queue, gaps, dropped } = startInbox(100, 20)
  for (const seq of [1, 4]) inbox.onFrames(numbered(seq))
  const message = await queue.read().then(() => queue.read())
  assert.is(message.seq, 4)
  assert.equal(
    gaps.map(({ from, to, reason }) => [from, to, reason]),
    [[2, 3, 'late']]
  )
  assert.equal(dropped, [['gap', 2]])
})

test('what was held has its place in the queue like any other: when that is full, it waits', () => {
  const { inbox, queue, dropped } = startInbox(2)
  for (const seq of [1, 3, 4, 2, 5]) inbox.onFrames(numbered(seq))
  assert.is(queue.messages, 2)
  assert.equal(seqsOf(queue), [1, 2, 3, 4, 5])
  assert.equal(dropped, [])
})

test('what the worker has lost and counted is not waited for, and no gap', () => {
  const { inbox, queue, gaps } = startInbox(100)
  inbox.onFrames(numbered(1))
  inbox.onFrames({ kind: 'missed' })
  inbox.onFrames(numbered(5))
  assert.equal([seqsOf(queue), gaps], [[1, 5], []])
})

test('what is held when the network closes can still be read', () => {
  const { inbox, queue } = startInbox(100)
  for (const seq of [1, 3]) inbox.onFrames(numbered(seq))
  inbox.end()
  assert.equal(seqsOf(queue), [1, 3])
})

/** Packet `seq` of one incarnation, with one message. */
function numbered(seq: number) {
  const writer = new PacketWriter(AUTHOR, 1, false, 0)
  const buffer = new ArrayBuffer(SLAB_BYTES)
  writer.attach(new Uint8Array(buffer))
  assert.ok(writer.append(new Uint8Array(10), 0))
  const bytes = writer.detach()
  new DataView(buffer).setUint32(44, seq)
  return { kind: 'frames', buffer, bytes } as const
}

function seqsOf(queue: MessageQueue): number[] {
  const seqs: number[] = []
  for (let message = queue.take(); message !== null; message = queue.take()) seqs.push(message.seq)
  return seqs
}

test.run()

function rest(queue: MessageQueue): number[] {
  const numbers: number[] = []
  for (let message = queue.take(); message !== null; message = queue.take()) numbers.push(numberOf(message))
  return numbers
}

function numberOrNull(message: Message | null): number | null {
  return message === null ? null : numberOf(message)
}

/** A packet of one message, whose number is that of the packet. */
function noteOf(seq: number): Uint8Array {
  const { buffer, bytes } = packetOf(1, 10, seq)
  const shortRun = new Uint8Array(buffer, 0, bytes)
  new DataView(buffer).setUint32(bytes - 10, seq)
  return shortRun
}

function post(ring: FrameRing, shortRun: Uint8Array): ShortRun {
  assert.ok(ring.write(shortRun))
  return { kind: 'short-run', bytes: shortRun.length }
}

// Written messages come out of the frames as they went in, in order and under the names that their writer was given.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_BATCH_MESSAGES } from '../../src/message/batch.ts'
import { FRAGMENT_PAYLOAD_BYTES } from '../../src/message/fragment.ts'
import { MAX_WRITTEN_FRAME_BYTES, PacketWriter, RENEW_AFTER_MS } from '../../src/message/packet-writer.ts'
import { Flag, MAX_BATCH_BODY_BYTES, MAX_PACKET_BODY_BYTES } from '../../src/wire/layout.ts'
import { Collector } from '../support/frame-collector.ts'
import { makeFrame, patternOf, sameBytes } from '../support/frames.ts'
import { holds } from '../support/property.ts'
import { packetsIn, readMessages, writeMessages } from '../support/written-messages.ts'

const origin = patternOf(32)
const START_MS = 1_790_000_000_000
const START_S = START_MS / 1_000

const anyLength = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: MAX_PACKET_BODY_BYTES }) },
  { weight: 2, arbitrary: fc.integer({ min: MAX_PACKET_BODY_BYTES - 20, max: MAX_PACKET_BODY_BYTES + 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: MAX_PACKET_BODY_BYTES, max: 204_800 }) }
)
const anySlab = fc.oneof(
  fc.constant(MAX_WRITTEN_FRAME_BYTES),
  fc.integer({ min: MAX_WRITTEN_FRAME_BYTES, max: 4 * MAX_WRITTEN_FRAME_BYTES })
)

function writerOf({
  signed = true,
  slab = MAX_WRITTEN_FRAME_BYTES + 40_000
} = {}): PacketWriter & { slab: Uint8Array } {
  const writer = new PacketWriter(origin, START_S, signed, START_MS)
  const bytes = new Uint8Array(slab)
  writer.attach(bytes)
  return Object.assign(writer, { slab: bytes })
}

test('messages of any lengths come back byte for byte, in order, under the names that were given', () => {
  holds(
    fc.tuple(fc.array(anyLength, { maxLength: 40 }), anySlab, fc.boolean()),
    ([lengths, slabBytes, signed]) => {
      const messages = lengths.map((length, i) => patternOf(length, i))
      const writer = new PacketWriter(origin, START_S, signed, START_MS)
      const { slabs, places } = writeMessages(writer, messages, slabBytes, START_MS)
      const read = readMessages(slabs)
      assert.is(read.length, messages.length)
      read.forEach(({ payload, place }, i) => {
        assert.ok(sameBytes(payload, messages[i] as Uint8Array), `message ${i}`)
        assert.equal(place, places[i])
      })
    },
    150
  )
})

test('packets are numbered 1, 2, 3 without a gap, over slabs and fragments', () => {
  holds(
    fc.tuple(fc.array(anyLength, { maxLength: 30 }), anySlab),
    ([lengths, slabBytes]) => {
      const writer = new PacketWriter(origin, START_S, true, START_MS)
      const messages = lengths.map((length) => patternOf(length))
      const packets = writeMessages(writer, messages, slabBytes, START_MS).slabs.flatMap(packetsIn)
      assert.equal(
        packets.map(({ seq }) => seq),
        packets.map((_, i) => i + 1)
      )
    },
    60
  )
})

test('the frames of a slab pass the frame reader and fill what the writer says is used', () => {
  holds(
    fc.tuple(fc.array(anyLength, { maxLength: 20 }), anySlab, fc.boolean()),
    ([lengths, slabBytes, signed]) => {
      const writer = new PacketWriter(origin, START_S, signed, START_MS)
      const messages = lengths.map((length) => patternOf(length))
      for (const slab of writeMessages(writer, messages, slabBytes, START_MS).slabs) {
        const collector = new Collector()
        assert.is(collector.reader.push(slab), null)
        assert.is(collector.reader.pendingBytes, 0)
        for (const frame of collector.frames) {
          assert.is(frame[4], 1)
          assert.is(((frame[5] as number) & Flag.signed) !== 0, signed)
          assert.is(frame[6], 0)
          assert.ok(sameBytes(frame.subarray(8, 40), origin))
          assert.ok(frame.length <= MAX_WRITTEN_FRAME_BYTES)
        }
      }
    },
    60
  )
})

test('the bytes said to be used are those that are handed out, at every moment', () => {
  holds(fc.tuple(fc.array(anyLength, { maxLength: 12 }), fc.boolean()), ([lengths, signed]) => {
    const writer = writerOf({ signed })
    for (const length of lengths) writer.append(patternOf(Math.min(length, MAX_PACKET_BODY_BYTES)), START_MS)
    const used = writer.usedBytes
    assert.is(writer.detach(), used)
    assert.is(writer.usedBytes, 0)
  })
})

test('a lone message travels bare, with neither prefix nor flag', () => {
  const writer = writerOf()
  assert.equal(writer.append(patternOf(10), START_MS), { incarnation: START_S, seq: 1, index: 0 })
  assert.is(writer.detach(), 48 + 10 + 64)
  const [packet] = packetsIn(writer.slab.subarray(0, 122))
  assert.is(packet?.flags, Flag.signed)
  assert.ok(sameBytes(packet?.body as Uint8Array, patternOf(10)))
})

test('a lone empty message is a packet without a body', () => {
  const writer = writerOf({ signed: false })
  writer.append(new Uint8Array(0), START_MS)
  assert.is(writer.detach(), 48)
  assert.is(packetsIn(writer.slab.subarray(0, 48))[0]?.body.length, 0)
})

test('messages written together share a packet, and each has its index in it', () => {
  const writer = writerOf()
  const places = [0, 1, 2].map((length) => writer.append(patternOf(length), START_MS))
  assert.equal(
    places.map((place) => [place?.seq, place?.index]),
    [
      [1, 0],
      [1, 1],
      [1, 2]
    ]
  )
  const packets = packetsIn(writer.slab.subarray(0, writer.detach()))
  assert.is(packets.length, 1)
  assert.is(packets[0]?.flags, Flag.signed | Flag.batch)
})

test('a batch ends where the next message would make its body too large', () => {
  const writer = writerOf()
  for (let room = MAX_BATCH_BODY_BYTES - 104; room > 0; ) {
    const length = Math.min(room - 4, MAX_PACKET_BODY_BYTES)
    assert.is(writer.append(new Uint8Array(length), START_MS)?.seq, 1)
    room -= length + 4
  }
  assert.is(writer.append(new Uint8Array(100), START_MS)?.seq, 1)
  assert.is(writer.append(new Uint8Array(0), START_MS)?.seq, 2)
  const packets = packetsIn(writer.slab.subarray(0, writer.detach()))
  assert.equal(
    packets.map(({ body }) => body.length),
    [MAX_BATCH_BODY_BYTES, 0]
  )
})

test('a batch ends where it is told to be small, and has room for the largest message all the same', () => {
  const writer = writerOf()
  writer.batchBytes = MAX_PACKET_BODY_BYTES
  const seqs = [40_000, 25_000, 1_000, 0, MAX_PACKET_BODY_BYTES, 1].map(
    (length) => writer.append(new Uint8Array(length), START_MS)?.seq
  )
  assert.equal(seqs, [1, 1, 2, 2, 3, 4])
})

test('a batch holds as many empty messages as its reader takes', () => {
  const writer = writerOf()
  for (let i = 0; i < MAX_BATCH_MESSAGES; i++) assert.is(writer.append(new Uint8Array(0), START_MS)?.seq, 1)
  assert.equal(writer.append(new Uint8Array(0), START_MS), { incarnation: START_S, seq: 2, index: 0 })
  const used = writer.detach()
  assert.is(readMessages([writer.slab.subarray(0, used)]).length, MAX_BATCH_MESSAGES + 1)
})

test('the largest message fits the smallest slab, signed or not', () => {
  for (const signed of [true, false]) {
    const writer = writerOf({ signed, slab: MAX_WRITTEN_FRAME_BYTES })
    const message = patternOf(MAX_PACKET_BODY_BYTES)
    assert.equal(writer.append(message, START_MS), { incarnation: START_S, seq: 1, index: 0 })
    const used = writer.detach()
    assert.is(used, 48 + MAX_PACKET_BODY_BYTES + (signed ? 64 : 0))
    assert.ok(sameBytes(readMessages([writer.slab.subarray(0, used)])[0]?.payload as Uint8Array, message))
  }
})

test('a full slab takes no more: null, and what it holds and the numbers to come are as before', () => {
  const slab = MAX_WRITTEN_FRAME_BYTES
  for (const message of [patternOf(500), patternOf(MAX_PACKET_BODY_BYTES)]) {
    const [asked, untouched] = [writerOf({ slab }), writerOf({ slab })]
    for (const writer of [asked, untouched]) {
      while (writer.append(patternOf(120), START_MS) !== null);
      while (writer.append(patternOf(3), START_MS) !== null);
    }
    for (let i = 0; i < 3; i++) {
      assert.is(asked.append(message, START_MS + 10), null)
      assert.is(asked.appendFragment(patternOf(70_000), 0, 2, START_MS + 10), null)
    }
    assert.is(asked.usedBytes, untouched.usedBytes)
    assert.is(asked.detach(), untouched.detach())
    assert.ok(sameBytes(asked.slab, untouched.slab))
    for (const writer of [asked, untouched]) writer.attach(new Uint8Array(slab))
    assert.equal(asked.append(message, START_MS), untouched.append(message, START_MS))
  }
})

test('the frames of a full slab end within it, their signatures too', () => {
  for (const signed of [true, false]) {
    for (let short = 0; short <= 80; short++) {
      const writer = writerOf({ signed, slab: MAX_WRITTEN_FRAME_BYTES })
      writer.append(patternOf(MAX_PACKET_BODY_BYTES - 400), START_MS)
      writer.appendFragment(patternOf(30), 0, 2, START_MS)
      const room = MAX_WRITTEN_FRAME_BYTES - writer.usedBytes - 48 - (signed ? 64 : 4)
      assert.is(writer.append(patternOf(room + 1), START_MS), null)
      assert.is.not(writer.append(patternOf(room - short), START_MS), null)
      while (writer.append(patternOf(5), START_MS) !== null);
      assert.ok(writer.detach() <= MAX_WRITTEN_FRAME_BYTES)
    }
  }
})

test('a writer never writes behind its slab, nor into the room of a signature that is to come', () => {
  holds(fc.tuple(fc.array(anyLength, { maxLength: 30 }), fc.integer({ min: 0, max: 200 })), ([lengths, extra]) => {
    const around = new Uint8Array(MAX_WRITTEN_FRAME_BYTES + extra + 100).fill(0xdd)
    const writer = new PacketWriter(origin, START_S, true, START_MS)
    writer.attach(around.subarray(50, -50))
    for (const length of lengths) writer.append(patternOf(Math.min(length, MAX_PACKET_BODY_BYTES)), START_MS)
    writer.detach()
    assert.ok(around.subarray(0, 50).every((byte) => byte === 0xdd))
    assert.ok(around.subarray(-50).every((byte) => byte === 0xdd))
  })
})

test('without a slab nothing is taken, and it says so', () => {
  const writer = new PacketWriter(origin, START_S, true, START_MS)
  assert.is(writer.attached, false)
  assert.is(writer.append(new Uint8Array(1), START_MS), null)
  assert.is(writer.appendFragment(patternOf(70_000), 0, 2, START_MS), null)
  assert.is(writer.usedBytes, 0)
  assert.is(writer.detach(), 0)
  writer.attach(new Uint8Array(MAX_WRITTEN_FRAME_BYTES))
  assert.is(writer.attached, true)
  assert.is(writer.append(new Uint8Array(1), START_MS)?.seq, 1)
})

test('a slab that is too small for some frame, or a second slab, is a mistake of ours', () => {
  const writer = new PacketWriter(origin, START_S, true, START_MS)
  assert.throws(() => writer.attach(new Uint8Array(MAX_WRITTEN_FRAME_BYTES - 1)), /invariant broken/)
  writer.attach(new Uint8Array(MAX_WRITTEN_FRAME_BYTES))
  assert.throws(() => writer.attach(new Uint8Array(MAX_WRITTEN_FRAME_BYTES)), /invariant broken/)
})

test('fragments are packets of their own with consecutive numbers, under the name of the first', () => {
  const writer = writerOf()
  writer.append(patternOf(5), START_MS)
  const message = patternOf(2 * FRAGMENT_PAYLOAD_BYTES + 9)
  const places = [0, 1, 2].map((index) => writer.appendFragment(message, index, 3, START_MS))
  for (const place of places) assert.equal(place, { incarnation: START_S, seq: 2, index: 0 })
  assert.is(writer.append(patternOf(5), START_MS)?.seq, 5)
  const packets = packetsIn(writer.slab.subarray(0, writer.detach()))
  assert.equal(
    packets.map(({ seq, body }) => [seq, body.length]),
    [
      [1, 5],
      [2, MAX_PACKET_BODY_BYTES],
      [3, MAX_PACKET_BODY_BYTES],
      [4, 8 + 9],
      [5, 5]
    ]
  )
})

test('an author goes on with the incarnation of the present second, from 1, when its own is old', () => {
  const writer = writerOf()
  writer.append(patternOf(5), START_MS)
  writer.detach()
  writer.attach(writer.slab)
  const later = START_MS + RENEW_AFTER_MS - 1
  assert.equal(writer.append(patternOf(5), later), { incarnation: START_S, seq: 2, index: 0 })
  assert.is(writer.incarnation, START_S)
  writer.detach()
  writer.attach(writer.slab)
  const incarnation = START_S + RENEW_AFTER_MS / 1_000
  assert.equal(writer.append(patternOf(5), later + 1), { incarnation, seq: 1, index: 0 })
  assert.is(writer.incarnation, incarnation)
})

test('an author that never pauses renews its incarnation as often as one that does', () => {
  const writer = writerOf()
  const incarnations = new Set<number | undefined>()
  for (let ms = 0; ms < 4 * RENEW_AFTER_MS; ms += 1_000) {
    incarnations.add(writer.append(patternOf(5), START_MS + ms)?.incarnation)
    writer.detach()
    writer.attach(writer.slab)
  }
  assert.equal(
    [...incarnations],
    [0, 1, 2, 3].map((times) => START_S + (times * RENEW_AFTER_MS) / 1_000)
  )
})

test('a message for whose fragments too few numbers are left begins a new incarnation', () => {
  const writer = writerOf()
  const message = patternOf(70_000)
  assert.is(writer.append(patternOf(1), START_MS)?.seq, 1)
  assert.equal(writer.appendFragment(message, 0, 0xfffffffe, START_MS), {
    incarnation: START_S,
    seq: 2,
    index: 0
  })
  assert.equal(writer.appendFragment(message, 0, 0xfffffffe, START_MS), {
    incarnation: START_S + 1,
    seq: 1,
    index: 0
  })
})

test('a first word long after the start renews too, since nodes may have forgotten us meanwhile', () => {
  assert.is(writerOf().append(patternOf(1), START_MS + RENEW_AFTER_MS + 1)?.seq, 1)
  assert.is(writerOf().append(patternOf(1), START_MS + RENEW_AFTER_MS + 1)?.incarnation, START_S + 600)
})

test('a renewed incarnation is higher than the last, when the clock has gone backwards too', () => {
  const writer = new PacketWriter(origin, START_S + 1_100, true, START_MS)
  writer.attach(new Uint8Array(MAX_WRITTEN_FRAME_BYTES))
  assert.is(writer.append(patternOf(1), START_MS + RENEW_AFTER_MS + 1)?.incarnation, START_S + 1_101)
})

test('an incarnation that began with a clock far ahead is given up for the time as soon as the clock is right', () => {
  const aheadMs = START_MS + 3 * 3_600_000
  const writer = new PacketWriter(origin, aheadMs / 1_000, true, aheadMs)
  writer.attach(new Uint8Array(MAX_WRITTEN_FRAME_BYTES))
  assert.is(writer.append(patternOf(1), aheadMs)?.incarnation, aheadMs / 1_000)
  const place = writer.appendFragment(patternOf(70_000), 0, 2, START_MS)
  assert.equal(place, { incarnation: START_S, seq: 1, index: 0 })
})

test('a clock that goes back a little begins a new incarnation at once, since the next would come too late', () => {
  const writer = writerOf()
  assert.is(writer.append(patternOf(1), START_MS)?.incarnation, START_S)
  assert.is(writer.appendFragment(patternOf(70_000), 0, 2, START_MS - 500_000)?.incarnation, START_S + 1)
})

test('the fragments of one message keep their incarnation, however long it takes to write them', () => {
  const writer = writerOf()
  const message = patternOf(3 * FRAGMENT_PAYLOAD_BYTES)
  const places = [0, 1, 2].map((index) =>
    writer.appendFragment(message, index, 3, START_MS + index * 2 * RENEW_AFTER_MS)
  )
  for (const place of places) assert.equal(place, { incarnation: START_S, seq: 1, index: 0 })
})

test("another author's frame is a packet of its own between those of the writer, byte for byte", () => {
  const writer = writerOf()
  writer.append(patternOf(20), START_MS)
  writer.append(patternOf(30), START_MS)
  const other = makeFrame({ origin: 9, flags: Flag.signed | Flag.oneTime, body: 70 })
  assert.is(writer.appendFrame(other), true)
  writer.append(patternOf(40), START_MS)
  const { slab } = writer
  const frames = slab.subarray(0, writer.detach())
  const packets = packetsIn(frames)
  assert.equal(
    packets.map(({ flags, seq }) => [flags, seq]),
    [
      [Flag.signed | Flag.batch, 1],
      [Flag.signed | Flag.oneTime, 1],
      [Flag.signed, 2]
    ]
  )
  const start = (packets[1]?.bodyStart ?? 0) - 48
  assert.ok(sameBytes(frames.subarray(start, start + other.length), other))
})

test("another author's frame that finds no room is not taken, and nothing changes but that the packet has ended", () => {
  const writer = writerOf({ slab: MAX_WRITTEN_FRAME_BYTES })
  while (writer.slab.length - writer.usedBytes > 60_000) writer.append(patternOf(40_000), START_MS)
  const before = writer.usedBytes
  assert.is(writer.appendFrame(makeFrame({ body: 60_000 })), false)
  assert.is(writer.usedBytes, before)
  assert.is(packetsIn(writer.slab.subarray(0, writer.detach())).length, 1)
})

test('every packet of a writer carries the flags it was made with', () => {
  const writer = new PacketWriter(origin, START_S, true, START_MS, Flag.oneTime)
  const slab = new Uint8Array(MAX_WRITTEN_FRAME_BYTES)
  writer.attach(slab)
  writer.append(patternOf(5), START_MS)
  const large = patternOf(70_000)
  for (const index of [0, 1]) writer.appendFragment(large, index, 2, START_MS)
  assert.equal(
    packetsIn(slab.subarray(0, writer.detach())).map(({ flags }) => flags & ~Flag.fragment),
    [12, 12, 12]
  )
})

test.run()

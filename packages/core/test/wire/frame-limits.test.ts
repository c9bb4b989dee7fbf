// What the frame reader refuses, when, and how little it holds until then.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { FrameFault } from '../../src/wire/faults.ts'
import { MAX_ANY_FRAME_BYTES } from '../../src/wire/frame-reader.ts'
import {
  DEFAULT_MAX_FRAME_BYTES,
  Flag,
  FrameType,
  LAST_FRAME_TYPE,
  MAX_CONTROL_FRAME_BYTES
} from '../../src/wire/layout.ts'
import { Collector } from '../support/frame-collector.ts'
import { cut, joined, makeFrame, sameBytes } from '../support/frames.ts'
import { holds } from '../support/property.ts'

/** The first bytes of a frame of `bytes` altogether. */
function prefix(bytes: number, type: number = FrameType.data, flags = 0, zero = 0): Uint8Array {
  const start = Uint8Array.from([0, 0, 0, 0, type, flags, 0, zero])
  new DataView(start.buffer).setUint32(0, bytes - 4)
  return start
}

const faulty: [string, Uint8Array, FrameFault][] = [
  ['type 0', prefix(48, 0), 'unknown-type'],
  ['a type after the last', prefix(48, LAST_FRAME_TYPE + 1), 'unknown-type'],
  ['type 255', prefix(48, 255), 'unknown-type'],
  ['a flag that we do not know', prefix(120, FrameType.data, 32), 'unknown-flags'],
  ['WORK, though it is no data', prefix(120, FrameType.leave, Flag.work), 'unknown-flags'],
  ['ONE_TIME, though it is no data', prefix(120, FrameType.joinRequest, Flag.oneTime), 'unknown-flags'],
  ['the highest flag', prefix(120, FrameType.data, 128), 'unknown-flags'],
  ['a zero byte that is not', prefix(48, FrameType.data, 0, 1), 'unknown-flags'],
  ['no bytes behind its length', prefix(4), 'frame-too-short'],
  ['a byte less than a header', prefix(47), 'frame-too-short'],
  ['no room for the signature that it claims', prefix(111, FrameType.data, Flag.signed), 'frame-too-short'],
  ['no room for the nonce that it claims', prefix(119, FrameType.data, Flag.signed | Flag.work), 'frame-too-short'],
  ['a byte more than the default limit', prefix(DEFAULT_MAX_FRAME_BYTES + 1), 'frame-too-large'],
  ['the largest length there is', Uint8Array.from([255, 255, 255, 255, 1, 0, 0, 0]), 'frame-too-large'],
  ['a hello of 2049 bytes', prefix(MAX_CONTROL_FRAME_BYTES + 1, FrameType.hello), 'frame-too-large'],
  ['a join request as large as a data frame', prefix(65_536, FrameType.joinRequest), 'frame-too-large']
]

for (const [what, start, fault] of faulty) {
  test(`a frame with ${what} is refused on its first 8 bytes: ${fault}`, () => {
    const whole = new Collector()
    assert.is(whole.reader.push(start), fault)
    assert.is(whole.frames.length, 0)

    const trickled = new Collector()
    for (const byte of cut(start.subarray(0, 7), [1])) assert.is(trickled.reader.push(byte), null)
    assert.is(trickled.reader.push(start.subarray(7)), fault)
    assert.ok(trickled.reader.pendingBytes <= 8)
  })

  test(`good frames before one with ${what} are handed on, and nothing after it`, () => {
    const good = makeFrame()
    const collector = new Collector()
    const stream = joined([good, good, start, good, good])
    assert.is(collector.reader.push(stream), fault)
    assert.is(collector.frames.length, 2)
    assert.is(collector.ends, 1)
    assert.is(collector.reader.push(joined([good, good])), fault)
    assert.is(collector.frames.length, 2)
  })
}

test('the largest and the smallest frames allowed are read', () => {
  for (const frame of [
    makeFrame({ body: DEFAULT_MAX_FRAME_BYTES - 48 }),
    makeFrame({ type: FrameType.hello, body: MAX_CONTROL_FRAME_BYTES - 48 }),
    makeFrame({ body: 0 }),
    makeFrame({ body: 0, flags: Flag.signed }),
    makeFrame({ type: FrameType.leave, body: 0, flags: Flag.batch | Flag.fragment | Flag.signed })
  ]) {
    for (const pieces of [[frame], cut(frame, [5_000])]) {
      const collector = new Collector()
      for (const piece of pieces) assert.is(collector.reader.push(piece), null)
      assert.is(collector.frames.length, 1)
      assert.ok(sameBytes(collector.frames[0] as Uint8Array, frame))
    }
  }
})

test('a reader with a smaller limit refuses a data frame that is larger by a byte', () => {
  const collector = new Collector(500)
  assert.is(collector.reader.push(makeFrame({ body: 452 })), null)
  assert.is(collector.reader.push(makeFrame({ body: 453 })), 'frame-too-large')
})

test('a frame beyond the limit that another node may take is passed over, however the stream is cut, and nothing of it is held', () => {
  const frames = [
    makeFrame(),
    makeFrame({ body: 1_953, seq: 2 }),
    makeFrame({ seq: 3 }),
    makeFrame({ body: 453, seq: 4 })
  ]
  for (const pieces of [[9_000], [1], [7], [48], [60, 500], [1_000]]) {
    const collector = new Collector(500).passesOver()
    for (const piece of cut(joined([...frames, ...frames]), pieces)) {
      assert.is(collector.reader.push(piece), null)
      assert.ok(collector.reader.pendingBytes <= 500)
    }
    assert.is(collector.passedOver, 4)
    assert.is(collector.frames.length, 4)
    for (const [i, frame] of collector.frames.entries()) assert.ok(sameBytes(frame, frames[i % 2 === 0 ? 0 : 2]!))
  }
})

test('a frame that no node may take, and a control frame beyond its limit, are faults also where large frames are passed over', () => {
  for (const start of [prefix(MAX_ANY_FRAME_BYTES + 1), prefix(MAX_CONTROL_FRAME_BYTES + 1, FrameType.ping)])
    assert.is(new Collector().passesOver().reader.push(start), 'frame-too-large')
  assert.is(new Collector().passesOver().reader.push(prefix(MAX_ANY_FRAME_BYTES)), null)
})

test('whoever may not bring data may not bring what would be passed over either', () => {
  const collector = new Collector(500).passesOver('data-before-join')
  assert.is(collector.reader.push(joined([makeFrame({ body: 453 }), makeFrame()])), 'data-before-join')
  assert.is(collector.frames.length, 0)
})

test('a limit that the sink raises holds for the next frame of the same chunk', () => {
  const collector = new Collector(500)
  collector.answer = () => {
    collector.reader.maxFrameBytes = 2_000
    return null
  }
  assert.is(collector.reader.push(joined([makeFrame(), makeFrame({ body: 1_900 })])), null)
  assert.is(collector.frames.length, 2)
})

test("the sink's fault ends the stream: the rest of the chunk and all that follows is ignored", () => {
  for (const pieces of [[200], [60], [1]]) {
    const collector = new Collector()
    collector.answer = () => (collector.frames.length === 2 ? 'bad-signature' : null)
    const frames = [makeFrame(), makeFrame({ seq: 2 }), makeFrame({ seq: 3 }), makeFrame({ seq: 4 })]
    let last: FrameFault | null = null
    for (const piece of cut(joined(frames), pieces)) last = collector.reader.push(piece)
    assert.is(last, 'bad-signature')
    assert.is(collector.frames.length, 2)
    assert.is(collector.reader.push(makeFrame()), 'bad-signature')
    assert.is(collector.frames.length, 2)
  }
})

test('what a chunk brought before a fault is still flushed, when the faulty frame began in an earlier chunk too', () => {
  const collector = new Collector()
  collector.answer = () => 'bad-signature'
  const frame = makeFrame()
  collector.reader.push(frame.subarray(0, 20))
  const before = collector.ends
  assert.is(collector.reader.push(frame.subarray(20)), 'bad-signature')
  assert.is(collector.ends, before + 1)
})

test('the first fault is the one that stays', () => {
  const collector = new Collector()
  assert.is(collector.reader.push(prefix(48, 0)), 'unknown-type')
  assert.is(collector.reader.push(prefix(4)), 'unknown-type')
})

test('a huge announced length makes the reader hold the 8 bytes that came', () => {
  const collector = new Collector()
  const sizes = watchAllocations(() => {
    assert.is(collector.reader.push(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0])), 'frame-too-large')
  })
  assert.ok(Math.max(0, ...sizes) <= 48)
  assert.ok(collector.reader.pendingBytes <= 8)
})

test('a large frame that is only announced makes the reader hold no more than sixteen times what came', () => {
  holds(
    fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60_000 })), { maxLength: 30 }),
    (chunks) => {
      const collector = new Collector()
      let came = 8
      collector.reader.push(prefix(DEFAULT_MAX_FRAME_BYTES))
      for (const bytes of chunks) {
        const chunk = new Uint8Array(Math.min(bytes, DEFAULT_MAX_FRAME_BYTES - came - 1))
        const sizes = watchAllocations(() => collector.reader.push(chunk))
        came += chunk.length
        assert.ok(Math.max(0, ...sizes) <= Math.max(48, 16 * came), `${sizes} for ${came}`)
        assert.is(collector.reader.pendingBytes, came)
      }
    }
  )
})

test('a frame that trickles in is copied a few times in all, not once a chunk', () => {
  const collector = new Collector()
  const frame = makeFrame({ body: 500_000 })
  const sizes = watchAllocations(() => {
    for (let at = 0; at < frame.length; at += 100) collector.reader.push(frame.subarray(at, at + 100))
  })
  assert.is(collector.frames.length, 1)
  assert.ok(sizes.reduce((total, bytes) => total + bytes, 0) < 2 * frame.length, `${sizes}`)
})

test('a frame may not keep more memory alive than its own bytes', () => {
  const collector = new Collector()
  for (const piece of cut(makeFrame({ body: 10_000 }), [100])) collector.reader.push(piece)
  assert.is(collector.views[0]?.bytes.buffer.byteLength, 10_048)
})

test.run()

/** The lengths of all byte arrays that `act` allocates by length. */
function watchAllocations(act: () => void): number[] {
  const sizes: number[] = []
  const Original = globalThis.Uint8Array
  globalThis.Uint8Array = new Proxy(Original, {
    construct(target, values: [number], self) {
      if (typeof values[0] === 'number') sizes.push(values[0])
      return Reflect.construct(target, values, self === globalThis.Uint8Array ? target : self)
    }
  })
  try {
    act()
  } finally {
    globalThis.Uint8Array = Original
  }
  return sizes
}

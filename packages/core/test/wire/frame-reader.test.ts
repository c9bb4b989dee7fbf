// Frames out of a byte stream, however it is cut: the same frames, byte for byte, and none before it is whole.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ReaderMemory } from '../../src/wire/frame-reader.ts'
import { viewOf } from '../../src/wire/header.ts'
import { FrameType } from '../../src/wire/layout.ts'
import { Collector } from '../support/frame-collector.ts'
import { anyCuts, anyDamage, anyFrames, cut, joined, makeFrame, sameBytes, spoil } from '../support/frames.ts'
import { holds } from '../support/property.ts'

test('any cutting of a stream gives the same frames, byte for byte', () => {
  holds(
    fc.tuple(anyFrames, anyCuts),
    ([frames, cuts]) => {
      const { collector, fault } = read(cut(joined(frames), cuts))
      assert.is(fault, null)
      assertFrames(collector.frames, frames)
      assert.is(collector.reader.pendingBytes, 0)
    },
    500
  )
})

test('a stream that arrives byte by byte gives the same frames', () => {
  const frames = [makeFrame({ body: 0 }), makeFrame({ body: 70, seq: 2 }), makeFrame({ type: FrameType.ping, body: 1 })]
  const { collector } = read(cut(joined(frames), [1]))
  assertFrames(collector.frames, frames)
})

test('any two pauses, inside prefix and header too, change nothing', () => {
  const frames = [makeFrame({ body: 2 }), makeFrame({ body: 0, seq: 2 }), makeFrame({ body: 5, seq: 3 })]
  const stream = joined(frames)
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const pieces = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)]
      assertFrames(read(pieces).collector.frames, frames)
    }
  }
})

test('a frame is handed on as soon as its last byte is there, and not before', () => {
  holds(fc.tuple(anyFrames, anyCuts, fc.double({ min: 0, max: 1, noNaN: true })), ([frames, cuts, share]) => {
    const stream = joined(frames)
    const came = Math.floor(share * stream.length)
    const { collector } = read(cut(stream.subarray(0, came), cuts))
    const whole = wholeWithin(frames, came)
    assertFrames(collector.frames, whole)
    assert.is(collector.reader.pendingBytes, came - joined(whole).length)
  })
})

test('bytes that were handed on are never written to again', () => {
  holds(fc.tuple(anyFrames, anyCuts), ([frames, cuts]) => {
    const { collector } = read(cut(joined(frames), cuts))
    assertFrames(collector.kept(), frames)
  })
})

test('a chunk may be used for other bytes after the call, whatever of it was kept or handed on', () => {
  holds(fc.tuple(anyFrames, anyCuts), ([frames, cuts]) => {
    const collector = new Collector()
    for (const chunk of cut(joined(frames), cuts)) {
      collector.reader.push(chunk)
      chunk.fill(0xee)
    }
    assertFrames(collector.frames, frames)
    assertFrames(collector.kept(), frames)
  })
})

test('memory is released once, and not looked at afterwards', () => {
  holds(fc.tuple(anyFrames, anyCuts), ([frames, cuts]) => {
    const memory = new SpoiltMemory()
    const collector = new Collector(undefined, memory)
    for (const chunk of cut(joined(frames), cuts)) collector.reader.push(chunk)
    assertFrames(collector.frames, frames)
    assert.is(memory.held.size, 0)
  })
})

test('frames of one chunk are handed on as views of one copy', () => {
  const { collector } = read([joined([makeFrame(), makeFrame({ seq: 2 })])])
  const [first, second] = collector.views
  assert.is(collector.views.length, 2)
  assert.is(first?.bytes, second?.bytes)
})

test('the end of each buffer is told once, after its last frame', () => {
  holds(fc.tuple(anyFrames, anyCuts), ([frames, cuts]) => {
    const { collector } = read(cut(joined(frames), cuts))
    collector.views.forEach(({ bytes, ends }, i) => {
      const next = collector.views[i + 1]
      assert.is(next === undefined || next.bytes !== bytes, (next?.ends ?? collector.ends) > ends)
    })
  })
})

test('the view handed on shows the same bytes', () => {
  const { collector } = read(cut(joined([makeFrame({ body: 300 }), makeFrame({ seq: 9 })]), [100]))
  for (const { bytes, view, start, end } of collector.views) {
    assert.is(view.byteLength, bytes.length)
    assert.is(view.getUint32(start) + 4, end - start)
    assert.is(view.getUint32(start + 44), viewOf(bytes).getUint32(start + 44))
  }
})

test('an empty chunk changes nothing', () => {
  const frame = makeFrame()
  for (let at = 0; at <= frame.length; at++) {
    const { collector } = read([new Uint8Array(0), frame.slice(0, at), new Uint8Array(0), frame.slice(at)])
    assertFrames(collector.frames, [frame])
  }
})

test('a spoilt stream never throws, and what comes of it does not depend on how it was cut', () => {
  holds(
    fc.tuple(anyFrames, anyDamage, anyCuts),
    ([frames, damage, cuts]) => {
      const stream = spoil(joined(frames), damage)
      const whole = read([stream])
      const pieces = read(cut(stream, cuts))
      assert.is(pieces.fault, whole.fault)
      assertFrames(pieces.collector.frames, whole.collector.frames)
    },
    1_000
  )
})

test('bytes that never were frames never throw, and what comes of them does not depend on how they were cut', () => {
  const noise = fc.uint8Array({ maxLength: 400 })
  // A length that could be one lets the noise reach the checks behind it.
  const likely = noise.map((bytes) => joined([Uint8Array.from([0, 0, 0, 60, 1, 0, 0, 0]), bytes]))
  holds(
    fc.tuple(fc.oneof(noise, likely), anyCuts),
    ([stream, cuts]) => {
      const whole = read([stream])
      const pieces = read(cut(stream, cuts))
      assert.is(pieces.fault, whole.fault)
      assertFrames(pieces.collector.frames, whole.collector.frames)
    },
    1_000
  )
})

test.run()

/** Spoils what is released to it. */
class SpoiltMemory implements ReaderMemory {
  readonly held = new Set<Uint8Array>()

  allocate(bytes: number): Uint8Array {
    const block = new Uint8Array(bytes)
    this.held.add(block)
    return block
  }

  release(bytes: Uint8Array): void {
    assert.ok(this.held.delete(bytes), 'released twice, or never allocated')
    bytes.fill(0xee)
  }
}

function read(pieces: readonly Uint8Array[]): { collector: Collector; fault: string | null } {
  const collector = new Collector()
  let fault: string | null = null
  for (const piece of pieces) fault = collector.reader.push(piece)
  return { collector, fault }
}

function wholeWithin(frames: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let end = 0
  return frames.filter((frame) => {
    end += frame.length
    return end <= bytes
  })
}

function assertFrames(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  assert.is(actual.length, expected.length)
  expected.forEach((frame, i) => {
    assert.ok(sameBytes(actual[i] as Uint8Array, frame), `frame ${i}`)
  })
}

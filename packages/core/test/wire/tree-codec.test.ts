// PRUNE, IHAVE, GRAFT and NONE: what is written is read, and what breaks a rule is refused.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { viewOf } from '../../src/wire/header.ts'
import { HEADER_BYTES, MAX_CONTROL_FRAME_BYTES, MAX_SEQ } from '../../src/wire/layout.ts'
import {
  authorOf,
  decodeGraft,
  decodeIHave,
  encodeGraft,
  encodeIHave,
  encodeNone,
  encodePrune,
  hasNoBody,
  lowestOf,
  MAX_ANNOUNCED_AUTHORS,
  MAX_GRAFT_PACKETS,
  MAX_GRAFT_RANGES,
  type SeqRange
} from '../../src/wire/tree-codec.ts'

const author = { origin: new Uint8Array(32).fill(0xab), incarnation: 5 }
const graftOf = (...ranges: SeqRange[]) => decodeGraft(encodeGraft(author, { pushes: true, ranges }))

test('PRUNE and NONE name an author in their header and have no body', () => {
  for (const frame of [encodePrune(author), encodeNone(author, 7)]) {
    assert.is(hasNoBody(frame), true)
    assert.equal(authorOf(frame), { origin: 'ab'.repeat(32), incarnation: 5 })
  }
  assert.is(lowestOf(encodeNone(author, 7)), 7)
})

test('GRAFT takes ranges that ascend, are apart, and are no more than its limits', () => {
  assert.equal(graftOf({ from: 1, to: 1 }, { from: 3, to: MAX_SEQ })?.ranges.length, 2)
  assert.equal(graftOf()?.ranges, [])
  assert.is(graftOf({ from: 0, to: 1 }), null)
  assert.is(graftOf({ from: 5, to: 4 }), null)
  assert.is(graftOf({ from: 5, to: 6 }, { from: 6, to: 7 }), null)
  assert.is(graftOf({ from: 9, to: 9 }, { from: 1, to: 1 }), null)
  assert.ok(graftOf({ from: 1, to: MAX_GRAFT_PACKETS }))
  assert.is(graftOf({ from: 1, to: MAX_GRAFT_PACKETS + 1 }), null)
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ from: 2 * i + 1, to: 2 * i + 1 }))
  assert.ok(graftOf(...many(MAX_GRAFT_RANGES)))
  assert.is(graftOf(...many(MAX_GRAFT_RANGES + 1)), null)
})

test('a GRAFT that is cut short or too long is refused', () => {
  const frame = encodeGraft(author, { pushes: true, ranges: [{ from: 1, to: 2 }] })
  assert.is(decodeGraft(frame.subarray(0, frame.length - 1)), null)
  assert.is(decodeGraft(Uint8Array.from([...frame, 0])), null)
})

test('IHAVE is read as it was written, in frames that are no longer than a control frame may be', () => {
  const anyEntry = fc.record({
    number: fc.integer({ min: 0, max: MAX_ANNOUNCED_AUTHORS - 1 }),
    mark: fc.integer({ min: 0, max: MAX_SEQ }),
    author: fc.constantFrom(author, null)
  })
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 600 }), (drawn) => {
      const entries = drawn.map((entry) => ({ ...entry }))
      const frames = encodeIHave(entries)
      for (const frame of frames) {
        assert.ok(frame.length <= MAX_CONTROL_FRAME_BYTES && frame.length > HEADER_BYTES)
        assert.is(viewOf(frame).getUint32(0), frame.length - 4)
      }
      assert.equal(
        frames.flatMap((frame) => decodeIHave(frame)),
        entries
      )
    }),
    { numRuns: 40 }
  )
})

test('IHAVE with a number beyond the limit, or cut within an entry, is refused', () => {
  const [frame = new Uint8Array(0)] = encodeIHave([{ number: MAX_ANNOUNCED_AUTHORS, mark: 1, author: null }])
  assert.is(decodeIHave(frame), null)
  const [named = new Uint8Array(0)] = encodeIHave([{ number: 1, mark: 1, author }])
  for (let end = HEADER_BYTES + 1; end < named.length; end++) assert.is(decodeIHave(named.subarray(0, end)), null)
})

test.run()

// The flood step: what is forwarded, what ends here and why, and in which order the checks come.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { FloodCounts } from '../../src/flood/flood-counts.ts'
import { forged, NOW_S, Stage, signed } from '../support/flood-stage.ts'
import { type FrameFields, joined, sameBytes } from '../support/frames.ts'

const AHEAD_S = 900

test('a fresh frame is forwarded with its source, and a duplicate ends here', () => {
  const stage = new Stage()
  assert.is(stage.takes({ seq: 1 }, { source: 4 }), true)
  assert.is(stage.takes({ seq: 1 }, { source: 5 }), false)
  assert.equal(
    stage.forwarded.map(({ source, frames }) => [source, frames]),
    [[4, 1]]
  )
  assertCounts(stage, { fresh: 1, duplicate: 1 })
})

test('the signature of a duplicate is not looked at', () => {
  const stage = new Stage()
  stage.chunk([signed({ seq: 5 }), signed({ seq: 5 }), forged({ seq: 5 })])
  assert.equal(stage.verified, [5])
  assertCounts(stage, { fresh: 1, duplicate: 2 })
})

test('a forged frame is a fault and leaves the window as it was: the genuine one is fresh afterwards', () => {
  const stage = new Stage()
  stage.takes({ seq: 1 })
  for (const seq of [2, 200, 0xffffffff]) {
    assert.is(stage.chunk([forged({ seq })]), 'bad-signature')
    assert.is(stage.takes({ seq: seq === 2 ? 2 : 3 + (seq % 2) }), true)
  }
  assert.is(stage.forwarded.length, 4)
})

test('a forged frame with a higher incarnation does not end the one that lives', () => {
  const stage = new Stage()
  stage.takes({ seq: 1 })
  assert.is(stage.chunk([forged({ seq: 1, incarnation: NOW_S + 5 })]), 'bad-signature')
  assert.is(stage.takes({ seq: 2 }), true)
  assert.is(stage.takes({ seq: 1 }), false)
})

test('a forged frame of a stranger adds no author', () => {
  const stage = new Stage()
  assert.is(stage.chunk([forged({ origin: 3 })]), 'bad-signature')
  assert.is(stage.origins.size, 0)
  assert.is(stage.takes({ origin: 3 }), true)
})

test('what came before a forged frame in its chunk is forwarded', () => {
  const stage = new Stage()
  const good = signed({ seq: 1 })
  assert.is(stage.chunk([good, forged({ seq: 2 }), signed({ seq: 3 })]), 'bad-signature')
  assert.is(stage.forwarded.length, 1)
  assert.is(stage.forwarded[0]?.copy.length, good.length)
  assert.is(stage.takes({ seq: 3 }), true)
})

test('an unsigned frame is a fault in a signed network, from a trusted link too, before anything else is looked at', () => {
  const stage = new Stage()
  assert.is(stage.chunk([signed({ flags: 0 })]), 'unsigned-frame')
  assert.is(stage.chunk([signed({ flags: 3 })], { trusted: true }), 'unsigned-frame')
  assert.is(stage.origins.size, 0)
  assert.is(stage.verified.length, 0)
  assertCounts(stage, {})
})

test('in a network without signatures none is asked for', () => {
  const stage = new Stage({ signed: false })
  assert.is(stage.takes({ seq: 1, flags: 0 }), true)
  assert.is(stage.takes({ seq: 1, flags: 0 }), false)
  assert.is(stage.verified.length, 0)
})

test('the host is told the author when it is known, so that a parsed key is found again', () => {
  const stage = new Stage()
  stage.chunk([signed({ origin: 0xab, seq: 1 }), signed({ origin: 0xab, seq: 2 })])
  assert.equal(stage.knownWhenVerified, [null, 'ab'.repeat(32)])
})

test('the fresh frames between duplicates leave in one piece, each byte in its place', () => {
  const stage = new Stage()
  const frames = Array.from({ length: 12 }, (_, i) => signed({ seq: i + 1, body: 5 + 37 * i }))
  const [old, fresh] = [frames.filter((_, i) => i % 3 === 0), frames.filter((_, i) => i % 3 !== 0)]
  stage.chunk(old)
  stage.forwarded.length = 0
  stage.chunk(frames)
  assert.is(stage.forwarded.length, 1)
  assert.is(stage.forwarded[0]?.frames, fresh.length)
  assert.ok(sameBytes(stage.forwarded[0]?.copy as Uint8Array, joined(fresh.map(hopped))))
})

test('the frames of one chunk leave before those of the next, never mixed', () => {
  const stage = new Stage()
  stage.chunk([signed({ seq: 1 }), signed({ seq: 2 })], { source: 1 })
  stage.chunk([signed({ seq: 3 })], { source: 2 })
  assert.equal(
    stage.forwarded.map(({ source, frames }) => [source, frames]),
    [
      [1, 2],
      [2, 1]
    ]
  )
  assert.is.not(stage.forwarded[0]?.bytes, stage.forwarded[1]?.bytes)
})

test('frames of other bytes are handed on by themselves, even without a flush between', () => {
  const stage = new Stage()
  stage.flood.tick(NOW_S * 1_000)
  for (const seq of [1, 2]) {
    const frame = signed({ seq })
    stage.flood.offer(seq, frame, new DataView(frame.buffer), 0, frame.length, false)
  }
  stage.flood.flush()
  assert.equal(
    stage.forwarded.map(({ source, frames }) => [source, frames]),
    [
      [1, 1],
      [2, 1]
    ]
  )
})

test('what was forwarded does not change with the frames that follow in the same chunk', () => {
  const stage = new Stage()
  stage.chunk([signed({ seq: 2 })])
  stage.forwarded.length = 0
  stage.chunk([signed({ seq: 1 }), signed({ seq: 2 }), signed({ seq: 3, body: 90 }), signed({ seq: 2 })])
  for (const { bytes, start, end, copy } of stage.forwarded) assert.ok(sameBytes(bytes.subarray(start, end), copy))
})

test('a chunk of duplicates alone forwards nothing, and a flush with nothing to hand on neither', () => {
  const stage = new Stage()
  stage.chunk([signed({ seq: 1 })])
  stage.forwarded.length = 0
  stage.chunk([signed({ seq: 1 }), signed({ seq: 1 })])
  stage.flood.flush()
  assert.is(stage.forwarded.length, 0)
})

test('a frame from a peer has crossed one link more, a frame from the node itself has not', () => {
  const stage = new Stage()
  stage.chunk([signed({ seq: 1, hops: 7 })])
  stage.chunk([signed({ seq: 2, hops: 7 })], { trusted: true })
  assert.equal(
    stage.forwarded.map(({ copy }) => copy[6]),
    [8, 7]
  )
})

test('the count of hops stops at 255, and the frame goes on', () => {
  const stage = new Stage()
  assert.is(stage.takes({ seq: 1, hops: 254 }), true)
  assert.is(stage.forwarded[0]?.copy[6], 255)
  assert.is(stage.takes({ seq: 2, hops: 255 }), true)
  assert.is(stage.forwarded[1]?.copy[6], 255)
  assertCounts(stage, { fresh: 2 })
})

test('a frame from the node itself is not verified again', () => {
  const stage = new Stage()
  assert.is(stage.chunk([forged({ seq: 1 })], { trusted: true }), null)
  assert.is(stage.forwarded.length, 1)
  assert.is(stage.verified.length, 0)
})

test('nothing but the hops of a forwarded frame changes', () => {
  const stage = new Stage()
  const frame = signed({ seq: 1, hops: 3, body: 200 })
  stage.chunk([frame])
  assert.ok(sameBytes(stage.forwarded[0]?.copy as Uint8Array, hopped(frame)))
})

test('an author that goes on with a higher incarnation starts from anew', () => {
  const stage = new Stage()
  for (const seq of [1, 2, 300]) stage.takes({ seq })
  assert.is(stage.takes({ seq: 1, incarnation: NOW_S + 1 }), true)
  assert.is(stage.takes({ seq: 1, incarnation: NOW_S + 1 }), false)
  assert.is(stage.takes({ seq: 2, incarnation: NOW_S + 1 }), true)
  assertCounts(stage, { fresh: 5, duplicate: 1 })
})

test('what comes late of the incarnation before is told apart as ever, and those before it are over', () => {
  const stage = new Stage()
  for (const seq of [1, 2, 4]) stage.takes({ seq })
  assert.is(stage.takes({ seq: 1, incarnation: NOW_S + 1 }), true)
  assert.is(stage.takes({ seq: 4 }), false)
  assert.is(stage.takes({ seq: 3 }), true)
  assert.is(stage.takes({ seq: 3 }), false)
  assertCounts(stage, { fresh: 5, duplicate: 2 })
  assert.is(stage.takes({ seq: 1, incarnation: NOW_S + 2 }), true)
  assert.is(stage.takes({ seq: 5 }), false)
  assert.is(stage.takes({ seq: 2, incarnation: NOW_S + 1 }), true)
  assertCounts(stage, { fresh: 7, duplicate: 2, 'old-incarnation': 1 })
})

test('a forged frame of the incarnation before is a fault', () => {
  const stage = new Stage()
  stage.takes({ seq: 1 })
  stage.takes({ seq: 1, incarnation: NOW_S + 1 })
  assert.is(stage.chunk([forged({ seq: 2 })]), 'bad-signature')
  assert.is(stage.takes({ seq: 2 }), true)
})

test('an author whose key anybody can sign for is a fault, whatever its signature', () => {
  const stage = new Stage()
  assert.is(stage.chunk([signed({ origin: 0 })]), 'weak-key')
  assert.is(stage.origins.size, 0)
  assert.is(stage.verified.length, 0)
})

test('an incarnation more than 15 minutes ahead is refused, of strangers and of authors that are known', () => {
  const stage = new Stage()
  assert.is(stage.takes({ origin: 1, incarnation: NOW_S + AHEAD_S + 1 }), false)
  assert.is(stage.takes({ origin: 1, incarnation: NOW_S + AHEAD_S }), true)
  assert.is(stage.takes({ origin: 2, seq: 1 }), true)
  assert.is(stage.takes({ origin: 2, incarnation: NOW_S + AHEAD_S + 1 }), false)
  assert.is(stage.takes({ origin: 2, seq: 2 }), true)
  assertCounts(stage, { fresh: 3, 'future-incarnation': 2 })
})

test('number 0 is never fresh', () => {
  const stage = new Stage()
  assert.is(stage.takes({ seq: 0 }), false)
  assert.is(stage.takes({ seq: 1 }), true)
  assert.is(stage.takes({ seq: 0 }), false)
  assert.is(stage.takes({ seq: 0, incarnation: NOW_S + 1 }), false)
  assertCounts(stage, { fresh: 1, stale: 3 })
  assert.equal(stage.verified, [1])
})

test('a packet too old to tell is counted as stale', () => {
  const stage = new Stage()
  stage.takes({ seq: 1_000_000 })
  assert.is(stage.takes({ seq: 10 }), false)
  assertCounts(stage, { fresh: 1, stale: 1 })
})

test('a stranger takes the place of one that spoke once, and the next one is refused at that time', () => {
  const stage = new Stage({ maxOrigins: 2 })
  for (const origin of [1, 2, 3]) assert.is(stage.takes({ origin }), true)
  assert.is(stage.takes({ origin: 4 }), false)
  for (const origin of [1, 2, 3]) assert.is(stage.takes({ origin, seq: 2 }), true)
  assertCounts(stage, { fresh: 6, 'origins-full': 1 })
})

test('what is refused is counted under its reason alone and forwarded to nobody', () => {
  const refused: [FrameFields, keyof FloodCounts][] = [
    [{ seq: 1 }, 'duplicate'],
    [{ seq: 0 }, 'stale'],
    [{ incarnation: NOW_S - 1 }, 'old-incarnation'],
    [{ incarnation: 0xffffffff }, 'future-incarnation'],
    [{ origin: 9, incarnation: 0xffffffff }, 'future-incarnation'],
    [{ origin: 9, seq: 0 }, 'stale']
  ]
  for (const [fields, reason] of refused) {
    const stage = new Stage({ maxOrigins: 1 })
    stage.takes({ seq: 1 })
    assert.is(stage.takes(fields), false)
    assertCounts(stage, { fresh: 1, [reason]: 1 })
  }
})

test.run()

function hopped(frame: Uint8Array): Uint8Array {
  return frame.with(6, (frame[6] as number) + 1)
}

function assertCounts(stage: Stage, expected: Partial<FloodCounts>): void {
  const counted = Object.entries(stage.flood.counts).filter(([, count]) => count > 0)
  assert.equal(Object.fromEntries(counted), expected)
}

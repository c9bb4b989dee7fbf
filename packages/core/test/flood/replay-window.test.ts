// The replay window against an oracle that forgets nothing: no packet twice, and none refused that the window still
// spans.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_WINDOW_PACKETS, MIN_WINDOW_PACKETS, ReplayWindow } from '../../src/flood/replay-window.ts'
import { anySeed, holds, randomOf, shuffled } from '../support/property.ts'

const MAX_SEQ = 0xffffffff
const SMALL_SPAN = MIN_WINDOW_PACKETS - 32

/** A window beside the set of all it has taken. `offer` throws where the two disagree. */
class Watched {
  readonly window = new ReplayWindow()
  readonly seen = new Set<number>()
  highest = 0
  /** Up to this number all is let go, and stays so when the window grows. */
  gone = 0

  offer(seq: number, nowMs: number): boolean {
    const verdict = this.window.check(seq)
    const fresh = seq > this.gone && !this.seen.has(seq)
    assert.is(verdict === 'fresh', fresh, `${seq} is ${verdict}; highest ${this.highest}, gone ${this.gone}`)
    if (this.seen.has(seq) && seq > this.gone) assert.is(verdict, 'duplicate')
    if (fresh) this.#commit(seq, nowMs)
    return fresh
  }

  #commit(seq: number, nowMs: number): void {
    this.window.commit(seq, nowMs)
    this.seen.add(seq)
    this.highest = Math.max(this.highest, seq)
    this.gone = Math.max(this.gone, this.highest - this.window.span)
    assert.is(this.window.highest, this.highest)
  }
}

/** Steps from the highest number so far, and the time that passes before each. */
const anyOffers = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -300, max: 3 }) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 150 }) },
      { weight: 1, arbitrary: fc.integer({ min: -70_000, max: 70_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(-33, -32, -31, -SMALL_SPAN, -SMALL_SPAN + 1, -SMALL_SPAN - 1, 127, 128) }
    ),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 3_000 }))
  ),
  { minLength: 1, maxLength: 200, size: 'max' }
)
const anyStart = fc.constantFrom(1, 31, 32, 33, 255, 256, 0x7fffff80, 0x80000000, MAX_SEQ - 500, MAX_SEQ)

test('any order of offers agrees with a set: never a packet twice, never a spanned one refused', () => {
  holds(
    fc.tuple(anyStart, anyOffers),
    ([start, offers]) => {
      const watched = new Watched()
      let nowMs = 0
      watched.offer(start, nowMs)
      for (const [step, waitMs] of offers) {
        nowMs += waitMs
        watched.offer(Math.min(MAX_SEQ, Math.max(1, watched.highest + step)), nowMs)
      }
    },
    1_000
  )
})

test('long runs of a fast author, out of order and repeated, agree with a set while the window grows', () => {
  holds(
    fc.tuple(anySeed, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 30 })),
    ([seed, skew, waitMs]) => {
      const random = randomOf(seed)
      const watched = new Watched()
      for (let next = 1, nowMs = 0; next < 4_000; next++) {
        if (random(20) === 0) nowMs += waitMs
        if (random(300) === 0) next += random(2_000)
        watched.offer(next, nowMs)
        watched.offer(Math.max(1, next - random(skew)), nowMs)
        watched.offer(Math.max(1, next - random(8 * skew)), nowMs)
      }
    },
    40
  )
})

test('packets that are displaced by less than the span are each taken once', () => {
  holds(
    anySeed,
    (seed) => {
      const random = randomOf(seed)
      const window = new ReplayWindow()
      const block = SMALL_SPAN / 2
      for (let first = 1; first < 3_000; first += block) {
        const seqs = Array.from({ length: block }, (_, i) => first + i)
        for (const seq of shuffled(seqs, random)) {
          assert.is(window.check(seq), 'fresh')
          window.commit(seq, first * 100)
        }
        for (const seq of shuffled(seqs, random)) assert.is(window.check(seq), 'duplicate')
      }
    },
    20
  )
})

test('a packet that is checked but never committed stays fresh', () => {
  const window = new ReplayWindow()
  for (const seq of [1, 1_000, MAX_SEQ, 5]) assert.is(window.check(seq), 'fresh')
  window.commit(10, 0)
  for (const seq of [9, 11, MAX_SEQ, 9]) assert.is(window.check(seq), 'fresh')
  assert.is(window.highest, 10)
})

test('the number 0 is always stale', () => {
  const window = new ReplayWindow()
  assert.is(window.check(0), 'stale')
  window.commit(1, 0)
  assert.is(window.check(0), 'stale')
})

test('the oldest packet of the span can still be taken, the one before it not any more', () => {
  for (const highest of [1_000, 1_023, 1_024, 1_025, 1_055, MAX_SEQ]) {
    const window = new ReplayWindow()
    window.commit(highest, 0)
    assert.is(window.check(highest - window.span), 'stale')
    assert.is(window.check(highest - window.span + 1), 'fresh')
    window.commit(highest - window.span + 1, 0)
    assert.is(window.check(highest - window.span + 1), 'duplicate')
  }
})

test('a packet that leaves the span is stale, whether it was seen or not', () => {
  const window = new ReplayWindow()
  window.commit(1, 0)
  window.commit(3, 0)
  for (const seq of [100, 200, SMALL_SPAN + 3]) window.commit(seq, 0)
  assert.is(window.check(1), 'stale')
  assert.is(window.check(2), 'stale')
  assert.is(window.check(3), 'stale')
  assert.is(window.check(4), 'fresh')
})

test('a jump over more than the whole window forgets every mark in it', () => {
  for (const jump of [255, 256, 257, 512, 100_000, MAX_SEQ - 300]) {
    const window = new ReplayWindow()
    for (let seq = 1; seq <= 300; seq++) window.commit(seq, seq * 10_000)
    window.commit(300 + jump, 10_000_000)
    for (let seq = Math.max(1, 300 + jump - window.span + 1); seq < 300 + jump; seq++) {
      assert.is(window.check(seq), seq > 300 ? 'fresh' : 'duplicate', `${seq} after a jump of ${jump}`)
    }
  }
})

test('the last number there is can be taken once, and what is before it too', () => {
  const watched = new Watched()
  watched.offer(MAX_SEQ, 0)
  assert.is(watched.offer(MAX_SEQ, 0), false)
  for (let back = 1; back < SMALL_SPAN; back++) assert.is(watched.offer(MAX_SEQ - back, 0), true)
  for (let back = 0; back < SMALL_SPAN + 100; back++) assert.is(watched.offer(MAX_SEQ - back, 0), false)
})

test('a slow author costs the smallest window', () => {
  const window = new ReplayWindow()
  for (let seq = 1; seq < 20_000; seq++) window.commit(seq, seq * 300)
  assert.is(window.span, SMALL_SPAN)
})

test('a fast author has the largest window soon, and no larger one', () => {
  const window = new ReplayWindow()
  for (let seq = 1; seq < 200_000; seq++) window.commit(seq, seq / 100)
  assert.is(window.span, MAX_WINDOW_PACKETS - 32)
})

test('a window that was half run through within half a minute doubles, and at half a minute does not', () => {
  for (const [waitMs, span] of [
    [29_999, 2 * MIN_WINDOW_PACKETS - 32],
    [30_000, SMALL_SPAN]
  ] as const) {
    const window = new ReplayWindow()
    for (let seq = 1; seq <= 128; seq++) window.commit(seq, 5_000)
    for (let seq = 129; seq <= 256; seq++) window.commit(seq, 5_000 + waitMs)
    assert.is(window.span, span, `${waitMs} ms`)
  }
})

test('the first packets of an author that was heard late do not grow its window', () => {
  const window = new ReplayWindow()
  window.commit(1_000_000, 0)
  assert.is(window.span, SMALL_SPAN)
})

test('growing keeps the gaps open and the marks set, and what was let go before stays closed', () => {
  const watched = new Watched()
  const isGap = (seq: number): boolean => seq % 7 === 0
  for (let seq = 1; seq <= 255; seq++) if (!isGap(seq)) watched.offer(seq, 0)
  assert.is(watched.window.span, SMALL_SPAN)
  const gone = watched.gone
  watched.offer(256, 0)
  assert.is(watched.window.span, 2 * MIN_WINDOW_PACKETS - 32)
  for (let seq = 1; seq <= 256; seq++) {
    const expected = seq > gone && isGap(seq) ? 'fresh' : 'not fresh'
    assert.is(watched.window.check(seq) === 'fresh' ? 'fresh' : 'not fresh', expected, `${seq}`)
  }
  for (let seq = 1; seq <= 256; seq++) assert.is(watched.offer(seq, 0), seq > gone && isGap(seq))
})

test('a hole stays open until as much again has come, however small the window was', () => {
  for (const hole of [100, 300, 2_000]) {
    const window = new ReplayWindow()
    for (let seq = 1; seq <= 150; seq++) window.commit(seq, seq * 1_000_000)
    const after = 151 + hole
    for (let seq = after; seq < after + hole; seq++) window.commit(seq, seq * 1_000_000)
    for (let seq = 151; seq < after; seq++) assert.is(window.check(seq), 'fresh', `${seq} of ${hole}`)
    assert.is(window.check(150), 'duplicate')
  }
})

test('a hole takes no more than 512 bytes, whoever makes it', () => {
  const window = new ReplayWindow()
  for (let seq = 1; seq < MAX_SEQ - 1_000_000_000; seq += 1_000_000_000) window.commit(seq, seq)
  assert.is(window.span, 4_096 - 32)
})

test('everything up to the first hole was seen; what was before the first packet is none', () => {
  const window = new ReplayWindow()
  assert.is(window.contiguous, 0)
  window.commit(1_000, 0)
  assert.is(window.contiguous, 1_000)
  for (const seq of [1_001, 1_002, 1_500]) window.commit(seq, 0)
  assert.is(window.contiguous, 1_002)
  window.commit(998, 0)
  assert.is(window.contiguous, 998)
  const whole = new ReplayWindow()
  for (const seq of [1, 2, 3, 700]) whole.commit(seq, 0)
  assert.is(whole.contiguous, 3)
})

test('a clock that goes backwards breaks nothing', () => {
  const random = randomOf(4)
  const watched = new Watched()
  for (let i = 1; i < 3_000; i++) watched.offer(Math.max(1, i - random(100)), random(5_000))
})

test.run()

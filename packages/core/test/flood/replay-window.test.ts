// The replay window against an oracle that forgets nothing: no packet twice, and none refused that the window still
// spans.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MIN_WINDOW_PACKETS, ReplayWindow } from '../../src/flood/replay-window.ts'
import { PAGE_PACKETS } from '../../src/flood/seen-pages.ts'
import { DEFAULT_WINDOW_PACKETS } from '../../src/flood/window-packets.ts'
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

  offer(seq: number): boolean {
    const verdict = this.window.check(seq)
    const fresh = seq > this.gone && !this.seen.has(seq)
    assert.is(verdict === 'fresh', fresh, `${seq} is ${verdict}; highest ${this.highest}, gone ${this.gone}`)
    if (this.seen.has(seq) && seq > this.gone) assert.is(verdict, 'duplicate')
    if (fresh) this.#commit(seq)
    return fresh
  }

  /** Nothing that is missing is let go before it must be. */
  #commit(seq: number): void {
    this.window.commit(seq)
    this.seen.add(seq)
    this.highest = Math.max(this.highest, seq)
    if (this.window.span >= DEFAULT_WINDOW_PACKETS) this.gone = Math.max(this.gone, this.highest - this.window.span)
    assert.is(this.window.highest, this.highest)
  }
}

/** Steps from the highest number so far. */
const anyOffers = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -300, max: 3 }) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 150 }) },
    { weight: 1, arbitrary: fc.integer({ min: -70_000, max: 70_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -600_000, max: 600_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(-33, -32, -31, -SMALL_SPAN, -SMALL_SPAN + 1, -SMALL_SPAN - 1, 127, 128) },
    { weight: 1, arbitrary: fc.constantFrom(-PAGE_PACKETS, PAGE_PACKETS, PAGE_PACKETS - 1, 3 * PAGE_PACKETS) }
  ),
  { minLength: 1, maxLength: 200, size: 'max' }
)
const anyStart = fc.constantFrom(1, 31, 32, 33, 255, 256, 2_047, 0x7fffff80, 0x80000000, MAX_SEQ - 500, MAX_SEQ)

test('any order of offers agrees with a set: never a packet twice, never a spanned one refused', () => {
  holds(
    fc.tuple(anyStart, anyOffers),
    ([start, offers]) => {
      const watched = new Watched()
      watched.offer(start)
      for (const step of offers) watched.offer(Math.min(MAX_SEQ, Math.max(1, watched.highest + step)))
    },
    1_000
  )
})

test('long runs, out of order and repeated, agree with a set while the window grows', () => {
  holds(
    fc.tuple(anySeed, fc.integer({ min: 1, max: 2_000 })),
    ([seed, skew]) => {
      const random = randomOf(seed)
      const watched = new Watched()
      for (let next = 1; next < 8_000; next++) {
        if (random(300) === 0) next += random(2_000)
        watched.offer(next)
        watched.offer(Math.max(1, next - random(skew)))
        watched.offer(Math.max(1, next - random(8 * skew)))
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
          window.commit(seq)
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
  window.commit(10)
  for (const seq of [9, 11, MAX_SEQ, 9]) assert.is(window.check(seq), 'fresh')
  assert.is(window.highest, 10)
})

test('the number 0 is always stale', () => {
  const window = new ReplayWindow()
  assert.is(window.check(0), 'stale')
  window.commit(1)
  assert.is(window.check(0), 'stale')
})

test('the oldest packet of the largest span can still be taken, the one before it not any more', () => {
  for (const highest of [524_288, 600_000, 600_063, MAX_SEQ]) {
    const window = new ReplayWindow()
    window.commit(highest)
    assert.is(window.check(highest - window.span), 'stale')
    assert.is(window.check(highest - window.span + 1), 'fresh')
    window.commit(highest - window.span + 1)
    assert.is(window.check(highest - window.span + 1), 'duplicate')
  }
})

test('a number is missing until it comes, however slowly others do, and is let go at the largest span alone', () => {
  const window = new ReplayWindow()
  window.commit(1)
  for (let seq = 3; seq <= DEFAULT_WINDOW_PACKETS + 1; seq++) window.commit(seq)
  assert.is(window.check(2), 'fresh')
  for (let seq = DEFAULT_WINDOW_PACKETS + 2; seq <= window.span + 2; seq++) window.commit(seq)
  assert.is(window.check(2), 'stale')
  assert.is(window.check(3), 'duplicate')
})

test('a window that may not grow lets go of what leaves its span, whether it was seen or not', () => {
  const window = new ReplayWindow(undefined, 0, 0)
  window.commit(1)
  window.commit(3)
  for (const seq of [100, 200, SMALL_SPAN + 3]) window.commit(seq)
  assert.is(window.check(1), 'stale')
  assert.is(window.check(2), 'stale')
  assert.is(window.check(3), 'stale')
  assert.is(window.check(4), 'fresh')
  assert.is(window.bytes, 0)
})

test('a jump over more than the whole window forgets every mark in it', () => {
  for (const jump of [255, 256, 257, 512, 100_000, 600_000, MAX_SEQ - 300]) {
    const window = new ReplayWindow()
    for (let seq = 1; seq <= 300; seq++) window.commit(seq)
    window.commit(300 + jump)
    for (let seq = Math.max(1, 300 + jump - window.span + 1); seq < 300 + jump; seq += seq < 310 ? 1 : 7)
      assert.is(window.check(seq), seq > 300 ? 'fresh' : 'duplicate', `${seq} after a jump of ${jump}`)
  }
})

test('the last number there is can be taken once, and what is before it too', () => {
  const watched = new Watched()
  watched.offer(MAX_SEQ)
  assert.is(watched.offer(MAX_SEQ), false)
  for (let back = 1; back < 3_000; back++) assert.is(watched.offer(MAX_SEQ - back), true)
  for (let back = 0; back < 3_000; back++) assert.is(watched.offer(MAX_SEQ - back), false)
})

test('an author of whom nothing is missing costs the smallest window, however fast it is', () => {
  const window = new ReplayWindow()
  for (let seq = 1; seq < 200_000; seq++) window.commit(seq)
  for (let seq = 200_000; seq < 400_000; seq++) window.commit(seq ^ 1)
  assert.is(window.bytes, 0)
  assert.is(window.span, SMALL_SPAN)
})

test('what was before the first packet is news as far as the window reaches: somebody may have passed it on early', () => {
  for (const first of [500, 100_000, 500_000]) {
    const window = new ReplayWindow()
    window.commit(first)
    assert.is(window.contiguous, first)
    for (let seq = 1; seq < first; seq += 99) assert.is(window.check(seq), 'fresh')
    assert.ok(window.bytes < 1_100, `${window.bytes} bytes`)
  }
})

test('growing keeps the gaps open and the marks set', () => {
  const watched = new Watched()
  const isGap = (seq: number): boolean => seq % 7 === 0
  for (let seq = 1; seq <= 30_000; seq++) if (!isGap(seq)) watched.offer(seq)
  for (let seq = 1; seq <= 30_000; seq++) assert.is(watched.offer(seq), isGap(seq))
  for (let seq = 1; seq <= 30_000; seq++) assert.is(watched.offer(seq), false)
})

test('a hole takes no more memory than the packets around it, however long it is', () => {
  const window = new ReplayWindow()
  for (let seq = 1; seq < MAX_SEQ - 1_000_000_000; seq += 1_000_000_000) window.commit(seq)
  assert.ok(window.bytes < 3_000, `${window.bytes} bytes`)
  assert.ok(window.span >= DEFAULT_WINDOW_PACKETS)
})

test('a long run takes no memory, wherever it lies', () => {
  const window = new ReplayWindow()
  for (const start of [1, 1_000_000]) {
    for (let seq = start; seq < start + 300_000; seq++) window.commit(seq)
    assert.ok(window.bytes < 3_000, `${window.bytes} bytes`)
    for (let seq = start + 299_999; seq > start + 100_000; seq -= 777) assert.is(window.check(seq), 'duplicate')
  }
})

test('a hole that is filled in whatever order gives its memory back', () => {
  const window = new ReplayWindow()
  window.commit(1)
  window.commit(50_001)
  const before = window.bytes
  const random = randomOf(7)
  for (const seq of shuffled(
    Array.from({ length: 49_999 }, (_, i) => i + 2),
    random
  )) {
    assert.is(window.check(seq), 'fresh')
    window.commit(seq)
  }
  assert.ok(window.bytes <= before + 512, `${window.bytes} bytes, ${before} before`)
  for (let seq = 1; seq <= 50_001; seq++) assert.is(window.check(seq), 'duplicate')
})

test('a window that is narrowed tells the last numbers apart as before, and calls the others seen', () => {
  const watched = new Watched()
  for (let seq = 1; seq < 20_000; seq += 1 + (seq % 3)) watched.offer(seq)
  watched.window.narrow()
  watched.gone = watched.highest - SMALL_SPAN
  assert.is(watched.window.check(watched.gone), 'stale')
  assert.is(watched.window.span, SMALL_SPAN)
  assert.is(watched.window.bytes, 0)
  for (let seq = 19_000; seq < 21_000; seq++) watched.offer(seq)
})

test('everything up to the first hole was seen; what was before the first packet is none', () => {
  const window = new ReplayWindow()
  assert.is(window.contiguous, 0)
  window.commit(1_000)
  assert.is(window.contiguous, 1_000)
  for (const seq of [1_001, 1_002, 1_500]) window.commit(seq)
  assert.is(window.contiguous, 1_002)
  window.commit(998)
  assert.is(window.contiguous, 998)
  const whole = new ReplayWindow()
  for (const seq of [1, 2, 3, 700]) whole.commit(seq)
  assert.is(whole.contiguous, 3)
})

test('a window that is resumed has seen everything up to there, in whatever order the rest comes', () => {
  for (const highest of [1, 31, 32, 127, 128, 500, 70_000, MAX_SEQ - 3]) {
    const window = new ReplayWindow()
    window.resume(highest)
    assert.is(window.contiguous, highest)
    for (const seq of [1, highest - 40, highest - 1, highest]) if (seq > 0) assert.not.equal(window.check(seq), 'fresh')
    for (const seq of [highest + 2, highest + 1, highest + 3]) {
      assert.is(window.check(seq), 'fresh', `${seq}`)
      window.commit(seq)
      assert.is(window.check(seq), 'duplicate')
    }
    for (let seq = Math.max(1, highest - 300); seq <= highest + 3; seq++)
      assert.is.not(window.check(seq), 'fresh', `${seq} after ${highest}`)
  }
})

test.run()

// The windows of the authors in a table: each has its own, whoever comes, goes and begins anew beside it.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ORIGIN_IDLE_MS, type Origin } from '../../src/flood/origin-table.ts'
import { ReplayWindow } from '../../src/flood/replay-window.ts'
import { Keyed, makeKeys, type Random } from '../support/keyed-table.ts'
import { anySeed, holds, randomOf } from '../support/property.ts'

test('each author has a window of its own, and keeps it while the table grows', () => {
  const keys = makeKeys(3_000, randomOf(9))
  const keyed = new Keyed(3_000, 3)
  keys.forEach((key, i) => {
    keyed.add(key, 0)
    for (let seq = 1; seq <= i % 5; seq++) assert.is(keyed.offer(key, 1, seq), 'fresh')
    assert.is(keyed.offer(key, 1, 7), 'fresh')
  })
  keys.forEach((key, i) => {
    for (let seq = 1; seq <= 7; seq++)
      assert.is(keyed.offer(key, 1, seq), seq <= i % 5 || seq === 7 ? 'duplicate' : 'fresh')
  })
})

test('authors in the table are heard as by windows of their own, while others come, go and begin anew', () => {
  holds(
    fc.tuple(anySeed, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 30 })),
    ([seed, skew, waitMs]) => {
      const random = randomOf(seed)
      const crowd = new Crowd(seed, makeKeys(12, random))
      for (let i = 0; i < 3_000; i++) {
        if (random(20) === 0) crowd.nowMs += waitMs
        if (random(500) === 0) crowd.nowMs += ORIGIN_IDLE_MS
        crowd.hear(random(crowd.keys.length), skew, random)
      }
    },
    40
  )
})

/** Authors in a table that is too small for them, each beside windows that the table does not know of. */
class Crowd {
  readonly keys: readonly Uint8Array[]
  nowMs = 1_000_000
  readonly #keyed: Keyed
  readonly #beside = new Map<
    Uint8Array,
    { incarnation: number; next: number; now: ReplayWindow; before: ReplayWindow | null }
  >()

  constructor(seed: number, keys: readonly Uint8Array[]) {
    this.keys = keys
    this.#keyed = new Keyed(6, seed)
  }

  hear(which: number, skew: number, random: Random): void {
    const key = this.keys[which] as Uint8Array
    if (this.#keyed.find(key) === null && !this.#add(key)) return
    const beside = this.#beside.get(key)
    assert.ok(beside !== undefined)
    if (random(300) === 0) this.#renew(key)
    beside.next += 1 + (random(100) === 0 ? random(1_000) : 0)
    for (const seq of [beside.next, Math.max(1, beside.next - random(skew))]) {
      this.#agree(key, beside.incarnation, beside.now, seq)
      if (beside.before !== null) this.#agree(key, beside.incarnation - 1, beside.before, seq)
    }
    const { window, earlier } = this.#keyed.find(key) as Origin
    assert.equal([window.span, window.highest], [beside.now.span, beside.now.highest])
    assert.is(earlier?.window.span, beside.before?.span)
  }

  #add(key: Uint8Array): boolean {
    const added = this.#keyed.add(key, this.nowMs)
    if (added === null) return false
    // What the table remembers of one that comes back was all seen.
    const now = new ReplayWindow()
    now.resume(added.window.highest)
    this.#beside.set(key, { incarnation: 1, next: added.window.highest, now, before: null })
    return true
  }

  #renew(key: Uint8Array): void {
    const beside = this.#beside.get(key)
    assert.ok(beside !== undefined)
    beside.before = beside.now
    beside.now = new ReplayWindow()
    beside.next = 1
    assert.is(this.#keyed.offer(key, ++beside.incarnation, 1, this.nowMs), 'new-incarnation')
    beside.now.commit(1)
  }

  #agree(key: Uint8Array, incarnation: number, window: ReplayWindow, seq: number): void {
    const verdict = window.check(seq)
    if (verdict === 'fresh') window.commit(seq)
    assert.is(this.#keyed.offer(key, incarnation, seq, this.nowMs), verdict, `${seq}`)
  }
}

test('a later incarnation begins anew, the one before keeps its window, older ones are over', () => {
  const [key, other] = makeKeys(2, randomOf(10)) as [Uint8Array, Uint8Array]
  const keyed = new Keyed(10, 3)
  keyed.add(key, 0, 5)
  for (const seq of [1, 2, 4]) assert.is(keyed.offer(key, 5, seq), 'fresh')
  assert.is(keyed.offer(key, 8, 1), 'new-incarnation')
  assert.equal(
    [1, 2].map((seq) => keyed.offer(key, 8, seq)),
    ['duplicate', 'fresh']
  )
  assert.equal(
    [1, 2, 3, 4, 5].map((seq) => keyed.offer(key, 5, seq)),
    ['duplicate', 'duplicate', 'fresh', 'duplicate', 'fresh']
  )
  keyed.add(other, 0, 1)
  assert.equal(
    [4, 6].map((incarnation) => keyed.offer(key, incarnation, 9)),
    ['old-incarnation', 'old-incarnation']
  )
  assert.is(keyed.offer(key, 9, 1), 'new-incarnation')
  assert.equal(
    [5, 8].map((incarnation) => keyed.offer(key, incarnation, 9)),
    ['old-incarnation', 'fresh']
  )
  assert.is(keyed.offer(other, 1, 1), 'fresh')
})

test('what was never looked up is never committed', () => {
  const keyed = new Keyed(10, 3)
  const key = new Uint8Array(32)
  keyed.add(key, 0, 5)
  assert.throws(() => keyed.table.commit(keyed.number(key), 4, 1), /invariant broken/)
})

test.run()

// The authors whom the host knows: no flood of strangers keeps them out, takes their place or uses up their rate.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GENERATION_MS } from '../../src/flood/forgotten-origins.ts'
import { PROBATION_S } from '../../src/flood/giving-way.ts'
import { KNOWN_SHARE } from '../../src/flood/known-origins.ts'
import { ORIGIN_IDLE_MS, UNKNOWN_ORIGIN } from '../../src/flood/origin-table.ts'
import { RateLimits } from '../../src/flood/rate-limits.ts'
import { viewOf } from '../../src/wire/header.ts'
import { ORIGIN_OFFSET } from '../../src/wire/layout.ts'
import { NOW_S, oneTime, Stage } from '../support/flood-stage.ts'
import { type FrameFields, joined } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const AUTHORS = 256
const EVIL = 1
const FRIENDS = AUTHORS / KNOWN_SHARE

test('friends are heard at once over the very link that brings a flood of authors, all of them', () => {
  const { stage, friends } = flooded()
  for (const friend of friends) assert.ok(stage.takes(friend, { source: EVIL }))
  assert.is(stage.origins.size, AUTHORS)
})

test('the same when everything that can be remembered of others is full', () => {
  const { stage, friends } = flooded()
  for (let link = 0; link < 100; link++) {
    stage.nowS += 10
    for (let i = 0; i < 20; i++) stage.takes(author(1_000 + 20 * link + i), { source: 10 + (link % 50) })
    for (let i = 0; i < 50; i++) stage.takes(author(i, { seq: 2 + link }), { source: 10 + (link % 50) })
  }
  for (const friend of friends) assert.ok(stage.takes(friend, { source: EVIL }))
})

test('a friend that spoke once never gives way, though it is silent for long', () => {
  const { stage, friends } = flooded()
  for (const friend of friends) stage.takes(friend, { source: EVIL })
  for (let s = 0; s < 2 * ORIGIN_IDLE_MS; s += 20_000) {
    stage.nowS += 20
    for (let i = 0; i < 20; i++) stage.takes(author(10_000 + s / 1_000 + i, { incarnation: stage.nowS }))
  }
  // Not as ones that come back: their windows have never gone.
  for (const friend of friends) assert.ok(stage.takes({ ...friend, seq: 3 }))
  for (const friend of friends) assert.ok(stage.takes({ ...friend, seq: 2 }))
  for (const friend of friends) assert.is(stage.takes(friend), false)
})

test('a friend is taken where none of those looked at first would give way to another', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  const friends = [author(900_001), author(900_002), author(900_003), author(900_004)]
  know(stage, friends)
  // Three quarters came over one link, the others over one each; nobody is on probation.
  const sourceOf = (i: number): number => (i % 128 < 64 || i < 64 ? EVIL : 2 + i)
  for (let seq = 1; seq <= 2; seq++) {
    for (let i = 0; i < AUTHORS; i++) stage.takes(author(i, { seq }), { source: sourceOf(i) })
    stage.nowS += PROBATION_S
  }
  for (const friend of friends) assert.ok(stage.takes(friend, { source: EVIL }))
})

test('one that is a friend no more gives way like others, and whoever becomes one while in the table stays', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  const [former, present] = [author(900_001), author(900_002)]
  know(stage, [former])
  assert.ok(stage.takes(former, { source: EVIL }))
  assert.ok(stage.takes(present, { source: EVIL }))
  know(stage, [present])
  for (let s = 0; s < 2_000; s++) {
    stage.nowS++
    stage.takes(author(s, { incarnation: stage.nowS }), { source: EVIL })
  }
  assert.equal([isThere(stage, former), isThere(stage, present)], [false, true])
})

test('a neighbour over its rate of new authors, packets or bytes brings friends all the same', () => {
  for (const rate of [{ origins: 1 }, { packets: 1 }, { bytes: 100 }, { messages: 1 }]) {
    const any = { bytes: 0, packets: 0, messages: 0, origins: 0 }
    const rates = new RateLimits({ ...any, packets: 5 }, { ...any, ...rate }, 1_000)
    const stage = new Stage({ maxOrigins: AUTHORS, rates })
    know(stage, [author(900_001)])
    for (let i = 0; i < 10; i++) stage.takes(author(i), { source: EVIL })
    assert.is(stage.takes(author(500), { source: EVIL }), false)
    for (let seq = 1; seq <= 5; seq++) assert.ok(stage.takes(author(900_001, { seq }), { source: EVIL }))
    // Its own rate holds.
    assert.is(stage.takes(author(900_001, { seq: 6 }), { source: EVIL }), false)
    assert.is(stage.flood.counts['origin-rate'], 1)
    // And what it wrote beyond the neighbour's rate is no debt of others.
    stage.nowS += 2
    assert.ok(stage.takes(author(501), { source: EVIL }))
  }
})

test('a one-time key is no friend, whatever its bytes are', () => {
  const any = { bytes: 0, packets: 0, messages: 0, origins: 0 }
  const stage = new Stage({ rates: new RateLimits(any, { ...any, origins: 1 }, 1_000) })
  know(stage, [oneTime(2)])
  assert.ok(stage.takes(oneTime(1)))
  assert.is(stage.takes(oneTime(2)), false)
})

test('a friend that was never heard is heard below the floor, and one that was forgotten is not', () => {
  const stage = new Stage({ maxOrigins: 16 })
  const [heard, unheard] = [author(900_001), author(900_002)]
  assert.ok(stage.takes(heard, { source: EVIL }))
  for (let s = 0; s < 900; s++) {
    stage.nowS++
    stage.takes(author(s), { source: EVIL })
  }
  assert.is(isThere(stage, heard), false)
  know(stage, [heard, unheard])
  for (let generation = 0; generation < 3; generation++) {
    stage.nowS += GENERATION_MS / 1_000
    stage.takes(author(2_000_000 + generation, { incarnation: stage.nowS }))
  }
  assert.is(stage.origins.incarnationFloor, NOW_S)
  assert.equal([stage.takes(heard), stage.takes(unheard)], [false, true])
})

test('no packet is ever forwarded twice, whoever is a friend at what time', () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 30 }),
    source: fc.integer({ min: 1, max: 4 }),
    seq: fc.integer({ min: 1, max: 6 }),
    renews: fc.integer({ min: 0, max: 2 }),
    waitS: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.constant(950), fc.constant(1_900)),
    friends: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }), { freq: 6 })
  })
  holds(
    fc.array(step, { minLength: 20, maxLength: 300 }),
    (steps) => {
      const stage = new Stage({ maxOrigins: 16 })
      const forwarded = new Set<string>()
      for (const { key, source, seq, renews, waitS, friends } of steps) {
        stage.nowS += waitS
        if (friends !== null)
          know(
            stage,
            friends.map((friend) => author(friend))
          )
        if (!stage.takes(author(key, { seq, incarnation: NOW_S + 200 * renews }), { source })) continue
        const name = `${key} ${renews} ${seq}`
        assert.not(forwarded.has(name), name)
        forwarded.add(name)
      }
    },
    200
  )
})

/** A table full of authors of one packet, of a link that goes on to bring more, and as many friends as there may be. */
function flooded(): { stage: Stage; friends: FrameFields[] } {
  const stage = new Stage({ maxOrigins: AUTHORS })
  const friends = Array.from({ length: FRIENDS }, (_, i) => author(900_000 + i))
  know(stage, friends)
  for (let i = 0; i < 20 * AUTHORS; i++) stage.takes(author(i), { source: EVIL })
  assert.ok(stage.flood.counts['origins-full'] > AUTHORS)
  return { stage, friends }
}

function know(stage: Stage, friends: readonly FrameFields[]): void {
  stage.origins.know(joined(friends.map(keyOf)))
}

function isThere(stage: Stage, fields: FrameFields): boolean {
  const frame = joined([new Uint8Array(ORIGIN_OFFSET), keyOf(fields)])
  return stage.origins.find(viewOf(frame), 0) !== UNKNOWN_ORIGIN
}

function keyOf({ origin }: FrameFields): Uint8Array {
  assert.ok(origin instanceof Uint8Array)
  return origin
}

function author(key: number, fields: FrameFields = {}): FrameFields {
  const origin = new Uint8Array(32).fill(0x55)
  viewOf(origin).setUint32(0, key)
  viewOf(origin).setUint32(12, Math.imul(key, 0x9e3779b1))
  return { origin, ...fields }
}

test.run()

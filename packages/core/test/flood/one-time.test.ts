// Packets of one-time keys: they flood like any, tell nothing of the way, and cost the authors nothing.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ONE_TIME_SKEW_S } from '../../src/flood/one-time-table.ts'
import { forged, NOW_S, oneTime, Stage, signed } from '../support/flood-stage.ts'
import { joined } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const LOT_S = 64

test('a one-time packet is forwarded once, and its key takes no place among the authors', () => {
  const stage = new Stage()
  assert.is(stage.takes(oneTime(1)), true)
  assert.is(stage.takes(oneTime(1)), false)
  assert.is(stage.flood.counts.duplicate, 1)
  assert.is(stage.origins.size, 0)
  assert.is(stage.oneTime.size, 1)
})

test('the hops of a one-time packet are not counted, and what a peer counted is taken away', () => {
  const stage = new Stage()
  stage.chunk([signed(oneTime(1, { hops: 0 })), signed(oneTime(2, { hops: 9 }))])
  stage.chunk([signed(oneTime(3, { hops: 4 }))], { trusted: true })
  const hops = stage.forwarded.flatMap(({ copy }) => {
    const frames: number[] = []
    for (let at = 0; at < copy.length; at += copy.length / (copy.length > 150 ? 2 : 1)) frames.push(copy[at + 6] ?? -1)
    return frames
  })
  assert.equal(hops, [0, 0, 0])
})

test('several packets of one key go on, in any order, and a forged one adds and changes nothing', () => {
  const stage = new Stage()
  assert.is(stage.chunk([forged(oneTime(1))]), 'bad-signature')
  assert.is(stage.oneTime.size, 0)
  for (const seq of [3, 1, 2]) assert.is(stage.takes(oneTime(1, { seq })), true)
  assert.is(stage.chunk([forged(oneTime(1, { seq: 300 }))]), 'bad-signature')
  for (const seq of [3, 1, 2]) assert.is(stage.takes(oneTime(1, { seq })), false)
  assert.is(stage.takes(oneTime(1, { seq: 4 })), true)
  assert.is(stage.oneTime.size, 1)
})

test('a key that goes on with a new time is fresh there, and its earlier packets stay seen', () => {
  const stage = new Stage()
  assert.is(stage.takes(oneTime(1)), true)
  assert.is(stage.takes(oneTime(1, { incarnation: NOW_S + 2 * LOT_S })), true)
  assert.is(stage.takes(oneTime(1)), false)
  assert.is(stage.takes(oneTime(1, { incarnation: NOW_S + 2 * LOT_S })), false)
})

test('full lots that follow each other know their keys apart', () => {
  const stage = new Stage({ maxOneTimeOrigins: 4_000 })
  const lots = [0, 1, 2].map((lot) => NOW_S + lot * LOT_S)
  for (const fresh of [true, false]) {
    lots.forEach((incarnation, lot) => {
      for (let key = 0; key < 1_000; key++) assert.is(stage.takes(oneTime(5_000 * lot + key, { incarnation })), fresh)
    })
  }
})

test('a one-time packet is taken within five minutes of its time only, either way', () => {
  const stage = new Stage()
  const ages = [-ONE_TIME_SKEW_S - 1, -ONE_TIME_SKEW_S, 0, ONE_TIME_SKEW_S, ONE_TIME_SKEW_S + 1]
  assert.equal(
    ages.map((age, key) => stage.takes(oneTime(key, { incarnation: NOW_S + age }))),
    [false, true, true, true, false]
  )
  assert.is(stage.flood.counts['one-time-age'], 2)
})

test('a packet of the very lot that is forgotten to make room is refused with it', () => {
  const stage = new Stage({ maxOneTimeOrigins: 8 })
  const lots = [4, 3, 2, 0].map((before) => NOW_S - before * LOT_S)
  lots.forEach((incarnation, lot) => {
    for (const key of [1, 2]) assert.is(stage.takes(oneTime(10 * lot + key, { incarnation })), true)
  })
  assert.is(stage.takes(oneTime(99, { incarnation: NOW_S - 4 * LOT_S })), false)
  assert.equal([stage.oneTime.size, stage.flood.counts['one-time-full']], [6, 1])
})

test('thousands of one-time keys push out no author and refuse none', () => {
  const stage = new Stage({ maxOrigins: 4, maxOneTimeOrigins: 1_000 })
  for (const origin of [1, 2, 3]) assert.is(stage.takes({ origin }), true)
  for (let key = 0; key < 5_000; key++) stage.takes(oneTime(key))
  for (const origin of [1, 2, 3]) assert.is(stage.takes({ origin, seq: 2 }), true)
  assert.is(stage.takes({ origin: 4 }), true)
  assert.is(stage.flood.counts['origins-full'], 0)
  assert.is(stage.oneTime.size, 250, 'a quarter of the table is for one lot')
  assert.is(stage.flood.counts['one-time-full'], 4_749, 'one has given way')
})

test('a full table forgets the oldest lot and refuses its time from then on; the present is never forgotten', () => {
  const stage = new Stage({ maxOneTimeOrigins: 64 })
  const times = [0, 1, 2, 3].map((lot) => NOW_S - lot * LOT_S)
  let key = 0
  for (const incarnation of times)
    for (let i = 0; i < 16; i++) assert.is(stage.takes(oneTime(key++, { incarnation })), true)
  assert.is(stage.oneTime.size, 64)
  const oldest = times[3] as number
  assert.is(stage.takes(oneTime(key++, { incarnation: NOW_S + LOT_S })), true)
  assert.is(stage.takes(oneTime(0, { incarnation: oldest })), false)
  assert.is(stage.takes(oneTime(key++, { incarnation: oldest })), false)
  assert.is(stage.flood.counts['one-time-age'], 2)
  for (let i = 0; i < 15; i++) stage.takes(oneTime(key++, { incarnation: NOW_S + LOT_S }))
  for (let i = 0; i < 16; i++) assert.is(stage.takes(oneTime(key++, { incarnation: NOW_S + 2 * LOT_S })), true)
  // What is left are the lots of the present, the one before, and two to come.
  for (let i = 0; i < 16; i++) stage.takes(oneTime(key++, { incarnation: NOW_S + 3 * LOT_S }))
  // Of each of the four lots one key has given way.
  assert.is(stage.flood.counts['one-time-full'], 12)
  for (let i = 0; i < 32; i++)
    assert.is(stage.takes(oneTime(i, { incarnation: times[i < 16 ? 0 : 1] as number })), false)
  assert.is(stage.flood.counts.duplicate, 32)
})

test('keys are forgotten when their time is over', () => {
  const stage = new Stage({ maxOneTimeOrigins: 1_000 })
  for (let key = 0; key < 100; key++) stage.takes(oneTime(key))
  stage.nowS += ONE_TIME_SKEW_S + 2 * LOT_S
  assert.is(stage.takes(oneTime(7_000, { incarnation: stage.nowS })), true)
  assert.is(stage.oneTime.size, 1)
})

/** Packets of a few keys at a few times, any of them again at any time, under a clock that may be set back. */
const anyTraffic = fc.array(
  fc.record({
    key: fc.integer({ min: 1, max: 12 }),
    age: fc.integer({ min: -310, max: 310 }),
    again: fc.boolean(),
    seq: fc.integer({ min: 1, max: 3 }),
    waitS: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(1, 30, LOT_S, 290, 700, -40, -600))
  }),
  { minLength: 40, maxLength: 200, size: 'max' }
)

test('no one-time packet is ever forwarded twice, though keys are forgotten and the clock is set back', () => {
  let refused = 0
  holds(
    fc.tuple(anyTraffic, fc.constantFrom(8, 16, 40)),
    ([traffic, maxOneTimeOrigins]) => {
      const stage = new Stage({ maxOneTimeOrigins })
      const sent: ReturnType<typeof oneTime>[] = []
      const names = new Set<string>()
      for (const { key, age, again, seq, waitS } of traffic) {
        stage.nowS += waitS
        const old = again ? sent[(key * 31 + seq) % Math.max(1, sent.length)] : undefined
        const fields = old ?? oneTime(key, { incarnation: stage.nowS + age, seq })
        sent.push(fields)
        if (!stage.takes(fields)) continue
        const name = `${joined([fields.origin as Uint8Array]).join()}/${fields.incarnation}/${fields.seq}`
        assert.ok(!names.has(name), `${name} was forwarded twice`)
        names.add(name)
      }
      refused += stage.flood.counts['one-time-age'] + stage.flood.counts['one-time-full']
      assert.ok(stage.oneTime.size <= maxOneTimeOrigins)
    },
    400
  )
  assert.ok(refused > 1_000, 'the guards are put to the test')
})

test.run()

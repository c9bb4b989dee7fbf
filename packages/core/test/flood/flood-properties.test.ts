// The flood under any traffic: no packet is ever forwarded twice, whatever is forgotten, and none is forwarded spoilt.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ORIGIN_IDLE_MS } from '../../src/flood/origin-table.ts'
import { RENEW_AFTER_MS } from '../../src/message/packet-writer.ts'
import { NOW_S, Stage, signed } from '../support/flood-stage.ts'
import { joined, sameBytes } from '../support/frames.ts'
import { anySeed, holds, randomOf } from '../support/property.ts'

const IDLE_S = ORIGIN_IDLE_MS / 1_000

/** Packets of a few authors in a few incarnations, any of them again at any time. */
const anyTraffic = fc.array(
  fc.record({
    origin: fc.integer({ min: 1, max: 6 }),
    incarnation: fc.integer({ min: NOW_S - 3, max: NOW_S + 6 }),
    seq: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 200, max: 500 })),
    waitS: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(1, IDLE_S / 2, IDLE_S, 2 * IDLE_S))
  }),
  { minLength: 20, maxLength: 150, size: 'max' }
)

test('no packet is ever forwarded twice, though authors are forgotten and come back', () => {
  let forgotten = 0
  holds(
    fc.tuple(anyTraffic, fc.integer({ min: 1, max: 4 })),
    ([traffic, maxOrigins]) => {
      const stage = new Stage({ maxOrigins })
      const names = new Set<string>()
      for (const { waitS, ...fields } of traffic) {
        stage.nowS += waitS
        if (!stage.takes(fields)) continue
        const name = `${fields.origin}/${fields.incarnation}/${fields.seq}`
        assert.ok(!names.has(name), `${name} was forwarded twice`)
        names.add(name)
      }
      forgotten += stage.flood.counts['forgotten-origin']
      assert.is(stage.origins.size <= maxOrigins, true)
    },
    500
  )
  assert.ok(forgotten > 100, 'the guard is put to the test')
})

test('an author that was forgotten is heard again in a higher incarnation, and never with what it wrote before', () => {
  const stage = new Stage({ maxOrigins: 1 })
  assert.is(stage.takes({ origin: 1, seq: 1 }), true)
  assert.is(stage.takes({ origin: 1, seq: 2 }), true)
  stage.nowS += IDLE_S
  assert.is(stage.takes({ origin: 2, incarnation: stage.nowS }), true)
  stage.nowS += IDLE_S
  for (const seq of [1, 2]) assert.is(stage.takes({ origin: 1, seq }), false)
  assert.is(stage.flood.counts.duplicate, 2)
  assert.is(stage.takes({ origin: 1, seq: 1, incarnation: stage.nowS }), true)
})

test('an author that goes on speaking is heard, however long ago it was first heard and whoever takes its place', () => {
  const stage = new Stage({ maxOrigins: 1 })
  for (let seq = 1; seq <= 3; seq++) {
    assert.is(stage.takes({ origin: 1, seq }), true)
    assert.is(stage.takes({ origin: 1, seq }), false)
    stage.nowS += IDLE_S - 1
    stage.takes({ origin: 2, incarnation: stage.nowS })
    assert.is(stage.takes({ origin: 1, seq }), false)
  }
})

test('an author that never pauses is heard again though a node forgot it and others since', () => {
  const stage = new Stage({ maxOrigins: 1 })
  const incarnationAt = (nowS: number): number => nowS - ((nowS - NOW_S) % (RENEW_AFTER_MS / 1_000))
  const speaks = (seq: number): boolean => stage.takes({ origin: 1, seq, incarnation: incarnationAt(stage.nowS) })
  assert.is(speaks(1), true)
  // Out of reach meanwhile, it goes on writing; others come and are forgotten.
  for (const origin of [2, 3, 4, 5]) {
    stage.nowS += IDLE_S
    assert.is(stage.takes({ origin, incarnation: stage.nowS }), true)
  }
  stage.nowS += IDLE_S
  assert.is(speaks(1_000_000), true)
  assert.is(speaks(1_000_001), true)
  assert.is(stage.flood.counts['forgotten-origin'], 0)
})

test('what is forwarded of a chunk are its fresh frames, joined, with one hop more', () => {
  holds(
    fc.tuple(anySeed, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 })),
    ([seed, frameCount, chunkCount]) => {
      const random = randomOf(seed)
      const stage = new Stage()
      const seen = new Set<string>()
      for (let chunk = 0; chunk < chunkCount; chunk++) {
        const fresh: Uint8Array[] = []
        const frames = Array.from({ length: frameCount }, () => {
          const fields = { origin: 1 + random(3), seq: 1 + random(30), hops: random(200) }
          const frame = signed({ ...fields, body: random(4) === 0 ? random(3_000) : random(60) })
          const name = `${fields.origin}/${fields.seq}`
          if (!seen.has(name)) fresh.push(frame.with(6, fields.hops + 1))
          seen.add(name)
          return frame
        })
        stage.forwarded.length = 0
        assert.is(stage.chunk(frames), null)
        assert.ok(stage.forwarded.length <= 1)
        assert.is(stage.forwarded[0]?.frames ?? 0, fresh.length)
        assert.ok(sameBytes(stage.forwarded[0]?.copy ?? new Uint8Array(0), joined(fresh)))
      }
    },
    300
  )
})

test('every frame offered is counted once', () => {
  holds(anyTraffic, (traffic) => {
    const stage = new Stage({ maxOrigins: 2 })
    for (const { waitS, ...fields } of traffic) {
      stage.nowS += waitS
      stage.takes(fields)
    }
    const counted = Object.values(stage.flood.counts).reduce((total, count) => total + count, 0)
    assert.is(counted, traffic.length)
    assert.is(stage.flood.counts.fresh, stage.forwarded.length)
  })
})

test.run()

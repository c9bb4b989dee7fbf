// A packet that somebody passed on early: whatever an honest neighbour still holds back is news when it comes, however
// far ahead others are. And what strangers can make windows take is bounded, whoever they are.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Flood } from '../../src/flood/flood.ts'
import { OriginTable } from '../../src/flood/origin-table.ts'
import { windowBytesFor } from '../../src/flood/window-memory.ts'
import { DEFAULT_WINDOW_PACKETS, HELD_BY_DEFAULT, windowPacketsFor } from '../../src/flood/window-packets.ts'
import { resolveLimits } from '../../src/limits.ts'
import { viewOf } from '../../src/wire/header.ts'
import { INCARNATION_OFFSET, ORIGIN_OFFSET, SEQ_OFFSET } from '../../src/wire/layout.ts'
import { signed } from '../support/flood-stage.ts'
import { anySeed, holds, randomOf } from '../support/property.ts'

const [HONEST, EARLY] = [1, 2]
const NOW_MS = 1_790_000_000_000
/** A frame without a body, as small as frames are. */
const FRAME_BYTES = 112

/** A node between links, and how often it passed on each of one author's packets. */
class Relay {
  readonly origins: OriginTable
  readonly flood: Flood
  readonly #frame = signed({ body: new Uint8Array(0) })
  readonly #view = viewOf(this.#frame)
  forwarded = 0

  constructor(maxOrigins = 16) {
    this.origins = new OriginTable(maxOrigins, 1)
    const forward = (_source: number, _bytes: Uint8Array, _from: number, _to: number, frames: number): void => {
      this.forwarded += frames
    }
    this.flood = new Flood({ forward, verify: () => true }, this.origins, true)
    assert.is(this.#frame.length, FRAME_BYTES)
  }

  offer(link: number, seq: number, ms: number, author = 1, incarnation = NOW_MS / 1_000): void {
    this.flood.tick(NOW_MS + ms)
    this.#view.setUint32(ORIGIN_OFFSET, author)
    this.#view.setUint32(ORIGIN_OFFSET + 12, Math.imul(author, 0x9e3779b1))
    this.#view.setUint32(INCARNATION_OFFSET, incarnation)
    this.#view.setUint32(SEQ_OFFSET, seq)
    this.flood.offer(link, this.#frame, this.#view, 0, this.#frame.length, false)
    this.flood.flush()
  }
}

test('nothing is stale that an honest neighbour holds back as long as its limits allow, whatever came early', () => {
  const held = HELD_BY_DEFAULT.linkQueueBytes + HELD_BY_DEFAULT.recentBytes
  const most = Math.floor(held / FRAME_BYTES)
  holds(
    fc.tuple(anySeed, fc.oneof(fc.constant(most), fc.integer({ min: 1, max: most })), fc.integer({ min: 1, max: 17 })),
    ([seed, behind, perMs]) => {
      const [relay, random] = [new Relay(), randomOf(seed)]
      // From one that is passed on in each page to nearly all of them.
      const every = [2, 10, 1_000, 30_000][random(4)]!
      const total = behind + 20_000
      for (let written = 1; written <= total + behind; written++) {
        if (written <= total && random(every) === 0) relay.offer(EARLY, written, written / perMs)
        if (written > behind) relay.offer(HONEST, written - behind, written / perMs)
      }
      const { counts } = relay.flood
      assert.equal([counts.stale, counts.fresh, relay.forwarded], [0, total, total])
    },
    12
  )
})

test('what was cut off for as long as recent frames last is news, at the rate at which nodes can verify', () => {
  const relay = new Relay()
  const total = 17 * HELD_BY_DEFAULT.recentMs
  for (let seq = 1; seq <= 1_000; seq++) relay.offer(HONEST, seq, seq)
  for (let seq = 2_001; seq <= 1_000 + total; seq++) relay.offer(EARLY, seq, 1_000 + seq / 17)
  for (let seq = 1_001; seq <= 2_000; seq++) relay.offer(HONEST, seq, 31_000)
  assert.equal([relay.flood.counts.stale, relay.flood.counts.fresh], [0, 1_000 + total])
})

test('the span follows from the limits, and is never less than for neighbours with the defaults', () => {
  const spanOf = (limits: Record<string, number>): number => windowPacketsFor(resolveLimits(limits))
  assert.is(spanOf({}), DEFAULT_WINDOW_PACKETS)
  assert.is(spanOf({ linkQueueBytes: 2 * 1_048_576, recentMs: 0 }), DEFAULT_WINDOW_PACKETS)
  assert.ok(spanOf({ linkQueueBytes: 64 * 1_048_576 }) >= (64 * 1_048_576) / FRAME_BYTES)
  assert.is(spanOf({ recentMs: 40_000 }), 40_000 * 17)
})

test('what strangers make windows grow by is bounded, and paid by the link that brought them', () => {
  const authors = 512
  const relay = new Relay(authors + 1)
  const most = windowBytesFor(authors + 1)
  // An honest author has a hole that is on its way.
  for (const seq of [1, 2, 40_000]) relay.offer(HONEST, seq, 0, 9_999)
  const random = randomOf(3)
  let peak = 0
  for (let round = 1; round <= 120; round++) {
    for (let author = 1; author <= authors; author++)
      relay.offer(EARLY, round * 2_500 + random(2_000), round * 100, author, NOW_MS / 1_000 + (round > 60 ? 1 : 0))
    peak = Math.max(peak, relay.origins.windowBytes)
  }
  assert.ok(peak > most / 2, `strangers have taken ${peak} bytes`)
  assert.ok(peak <= most + 65_536, `${peak} bytes of ${most}`)
  const { stale } = relay.flood.counts
  for (let seq = 3; seq < 40_000; seq++) relay.offer(HONEST, seq, 20_000, 9_999)
  assert.is(relay.flood.counts.stale, stale)
})

test('an author that is forgotten or begins anew gives back what its windows took', () => {
  const relay = new Relay()
  for (let incarnation = 0; incarnation < 50; incarnation++)
    for (let seq = 1; seq < 200_000; seq += 5_000) relay.offer(EARLY, seq, 0, 1, NOW_MS / 1_000 + incarnation)
  const one = relay.origins.windowBytes
  assert.ok(one < windowBytesFor(16), `${one} bytes`)
  for (let author = 2; author < 200; author++) relay.offer(EARLY, 1, 2_000_000 + author * 1_000, author, 1_790_002_000)
  assert.is(relay.origins.windowBytes, 0)
})

test.run()

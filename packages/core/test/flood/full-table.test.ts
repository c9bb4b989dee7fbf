// Floods of invented authors: whoever is new is still heard, whoever was known too, and nothing is taken twice.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GENERATION_MS } from '../../src/flood/forgotten-origins.ts'
import { PROBATION_S } from '../../src/flood/giving-way.ts'
import { MAX_INCARNATION_AHEAD_S } from '../../src/flood/incarnation-clock.ts'
import { RENEW_AFTER_MS } from '../../src/message/packet-writer.ts'
import { viewOf } from '../../src/wire/header.ts'
import { NOW_S, oneTime, Stage } from '../support/flood-stage.ts'
import type { FrameFields } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const AUTHORS = 256
const EVIL = 1
const HONEST = 2
const LOT_S = 64

test('newcomers over another link are heard, however many authors of one packet a link brings', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  flood(stage, 20 * AUTHORS)
  assert.ok(stage.flood.counts['origins-full'] > AUTHORS)
  for (let newcomer = 1; newcomer <= 3; newcomer++) {
    assert.ok(stage.takes(author(1_000_000 + newcomer), { source: HONEST }))
    // As long as the next one takes in a table of so few.
    stage.nowS += 6
  }
  assert.is(stage.origins.size, AUTHORS)
})

test('newcomers over the very link that brings the flood are heard after some tries', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  let heard = 0
  flood(stage, 4 * AUTHORS)
  for (let seq = 1; seq <= 40; seq++) {
    stage.nowS++
    // As many of each, in turns.
    if (stage.takes(author(1_000_000, { seq }), { source: EVIL })) heard++
    flood(stage, 1, 10_000 + seq)
  }
  assert.ok(heard > 10, `${heard} of 40`)
})

test('a link has a rate of new authors once the table is full, and one that comes anew begins with one', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  flood(stage, 20 * AUTHORS)
  const full = stage.flood.counts.fresh
  for (let s = 0; s < 100; s++) {
    stage.nowS++
    flood(stage, 20, 100_000 + 20 * s)
  }
  // 16 for each author in half an hour, for one of twelve links.
  const share = (100 * 16 * AUTHORS) / (GENERATION_MS / 1_000) / 12
  assert.ok(Math.abs(stage.flood.counts.fresh - full - share) <= 2, `${stage.flood.counts.fresh - full} of ${share}`)
  const before = stage.flood.counts.fresh
  for (let i = 0; i < 500; i++) stage.takes(author(200_000 + i), { source: 10 + (i % 50) })
  assert.is(stage.flood.counts.fresh, before + 50)
})

test('authors that were heard a minute apart stay, while others give way', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  const known = Array.from({ length: AUTHORS / 2 }, (_, i) => author(500_000 + i))
  for (const fields of known) assert.ok(stage.takes(fields, { source: HONEST }))
  stage.nowS += PROBATION_S
  for (const fields of known) assert.ok(stage.takes({ ...fields, seq: 2 }, { source: HONEST }))
  for (let s = 0; s < 200; s++) {
    stage.nowS++
    flood(stage, 10, 10 * s)
  }
  for (const fields of known) assert.ok(stage.takes({ ...fields, seq: 4 }, { source: HONEST }))
  // Their windows are still there: an earlier number is news, too.
  for (const fields of known) assert.ok(stage.takes({ ...fields, seq: 3 }, { source: HONEST }))
})

test('whoever gave way comes back with its next packet, whatever others bring, and with no earlier one', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  assert.ok(stage.takes(author(1_000_000, { seq: 7 }), { source: EVIL }))
  flood(stage, 4 * AUTHORS)
  for (let s = 0; s < 600; s++) {
    stage.nowS++
    flood(stage, 2, 10_000 + 2 * s)
  }
  assert.is(stage.takes(author(1_000_000, { seq: 7 }), { source: HONEST }), false)
  assert.is(stage.takes(author(1_000_000, { seq: 1 }), { source: HONEST }), false)
  assert.is(stage.takes(author(1_000_000, { seq: 9, incarnation: NOW_S - 1 }), { source: HONEST }), false)
  assert.ok(stage.takes(author(1_000_000, { seq: 8 }), { source: HONEST }))
  assert.is(stage.takes(author(1_000_000, { seq: 7 }), { source: HONEST }), false)
})

test('nothing is remembered for longer than an hour, and the floor rises to it', () => {
  const stage = new Stage({ maxOrigins: 16 })
  for (let s = 0; s < 900; s++) {
    stage.nowS++
    flood(stage, 1, s)
  }
  assert.ok(stage.origins.forgotten > 0)
  for (let generation = 0; generation < 3; generation++) {
    stage.nowS += GENERATION_MS / 1_000
    stage.takes(author(2_000_000 + generation, { incarnation: stage.nowS }))
  }
  // Those who made room just now.
  assert.ok(stage.origins.forgotten <= 2)
  assert.is(stage.origins.incarnationFloor, NOW_S)
})

test('authors who claim to be of the next quarter of an hour, and fall silent, keep out nobody of the present', () => {
  const stage = new Stage({ maxOrigins: AUTHORS })
  // As few a second as fill the table in the time in which one is forgotten.
  for (let s = 0; s < 3_000; s++) {
    stage.nowS++
    stage.takes(author(s, { incarnation: stage.nowS + MAX_INCARNATION_AHEAD_S }), { source: EVIL })
    // Whoever started up to ten minutes ago goes on under the same incarnation.
    if (s % 100 !== 99) continue
    const newcomer = author(1_000_000 + s, { incarnation: stage.nowS - RENEW_AFTER_MS / 1_000 })
    assert.ok(stage.takes(newcomer, { source: HONEST }), `after ${s} s: ${JSON.stringify(stage.flood.counts)}`)
  }
})

test('a flood of one-time keys, of the present or of times to come, keeps out no other', () => {
  for (const ahead of [0, LOT_S, 4 * LOT_S]) {
    const stage = new Stage({ maxOneTimeOrigins: 1_024 })
    const lots = [...Array(ahead / LOT_S + 1).keys()].map((lot) => NOW_S + lot * LOT_S)
    for (let key = 0; key < 1_024; key++)
      for (const incarnation of lots) stage.takes(oneTime(key, { incarnation }), { source: EVIL })
    assert.ok(stage.takes(oneTime(900_001, { incarnation: NOW_S }), { source: HONEST }), `${ahead} s ahead`)
    assert.ok(stage.oneTime.size <= 1_024)
    assert.is(stage.takes(oneTime(0, { incarnation: NOW_S }), { source: HONEST }), false)
  }
})

test('no packet is ever forwarded twice, whoever gives way to whom', () => {
  const packet = fc.record({
    key: fc.integer({ min: 0, max: 30 }),
    source: fc.integer({ min: 1, max: 4 }),
    seq: fc.integer({ min: 1, max: 6 }),
    renews: fc.integer({ min: 0, max: 2 }),
    waitS: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.constant(950), fc.constant(1_900)),
    isOneTime: fc.boolean()
  })
  holds(
    fc.array(packet, { minLength: 20, maxLength: 300 }),
    (packets) => {
      const stage = new Stage({ maxOrigins: 4, maxOneTimeOrigins: 16 })
      const forwarded = new Set<string>()
      for (const { key, source, seq, renews, waitS, isOneTime } of packets) {
        stage.nowS += waitS
        const fields = (isOneTime ? oneTime : author)(key, { seq, incarnation: NOW_S + 200 * renews })
        if (!stage.takes(fields, { source })) continue
        const name = `${isOneTime} ${key} ${renews} ${seq}`
        assert.not(forwarded.has(name), name)
        forwarded.add(name)
      }
    },
    200
  )
})

/** Authors of one packet each. */
function flood(stage: Stage, count: number, from = 0): void {
  for (let i = 0; i < count; i++) stage.takes(author(from + i), { source: EVIL })
}

function author(key: number, fields: FrameFields = {}): FrameFields {
  const origin = new Uint8Array(32).fill(0x55)
  viewOf(origin).setUint32(0, key)
  viewOf(origin).setUint32(12, Math.imul(key, 0x9e3779b1))
  return { origin, ...fields }
}

test.run()

// What one author and one neighbour may bring: the burst, the rate, who pays, and what is told of the rest.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Rate, RateLimits } from '../../src/flood/rate-limits.ts'
import { viewOf } from '../../src/wire/header.ts'
import { Flag } from '../../src/wire/layout.ts'
import { forged, NOW_S, oneTime, Stage, signed } from '../support/flood-stage.ts'
import { holds } from '../support/property.ts'

const ANY: Rate = { bytes: 0, packets: 0, messages: 0, origins: 0 }
const BURST_MS = 2_000

function stageOf({ origin = {}, neighbour = {} }: { origin?: Partial<Rate>; neighbour?: Partial<Rate> }) {
  const rates = new RateLimits({ ...ANY, ...origin }, { ...ANY, ...neighbour }, BURST_MS)
  const stage = new Stage({ rates })
  const suppressed = (max = 64): [string, number][] => {
    const told: [string, number][] = []
    rates.reportSuppressed(max, (id, count) => told.push([id.slice(0, 2), count]))
    return told
  }
  const refused = (): [number, number][] => {
    const told: [number, number][] = []
    rates.reportRefused((source, count) => told.push([source, count]))
    return told
  }
  return { stage, rates, suppressed, refused }
}

function taken(stage: Stage, count: number, fields: (i: number) => Parameters<Stage['takes']>[0], source = 1): number {
  let total = 0
  for (let i = 0; i < count; i++) total += Number(stage.takes(fields(i), { source }))
  return total
}

test('an author may write the worth of a burst at once, and its rate from then on', () => {
  const { stage } = stageOf({ origin: { packets: 10 } })
  let seq = 0
  const write = (count: number): number => taken(stage, count, () => ({ seq: ++seq }))
  // The first packet of an author is taken before it has a bucket, and charged to it.
  assert.is(write(100), 20)
  stage.nowS += 1
  assert.is(write(100), 10)
  stage.nowS += 1_000
  assert.is(write(100), 20)
  assert.is(stage.flood.counts['origin-rate'], 250)
})

test('a packet is charged by the messages in it, to its author and its neighbour, and may leave a debt', () => {
  const batch = (count: number) => ({ flags: Flag.signed | Flag.batch, body: new Uint8Array(4 * count) })
  const { stage } = stageOf({ origin: { messages: 100 }, neighbour: { messages: 1_000 } })
  let seq = 0
  const write = (count: number, fields: object, source: number): number =>
    taken(stage, count, () => ({ seq: ++seq, ...fields }), source)
  // 200 at once: the second of 150 goes beyond, and its debt is paid off in the next second.
  assert.is(write(5, batch(150), 1), 2)
  stage.nowS += 1
  assert.is(write(1, {}, 1), 0)
  stage.nowS += 1
  assert.is(write(5, batch(1), 1), 5)
  // 2,000 of a neighbour, whoever wrote them.
  assert.is(
    taken(stage, 20, (i) => ({ origin: 100 + i, ...batch(150) }), 2),
    14
  )
  assert.is(stage.flood.counts['neighbour-rate'], 6)
})

test('loud authors fill the rate of the neighbour that brings them, and silence nobody who writes seldom', () => {
  const { stage } = stageOf({ neighbour: { packets: 1_000, messages: 4_000, origins: 100 } })
  const quiet = { origin: 1 }
  let seq = 0
  assert.ok(stage.takes({ ...quiet, seq: ++seq }))
  for (let second = 0; second < 10; second++) {
    for (let loud = 2; loud < 8; loud++) taken(stage, 500, (i) => ({ origin: loud, seq: 500 * second + i + 1 }))
    assert.ok(!stage.takes({ origin: 9, seq: 1 }))
    for (let line = 0; line < 3; line++) assert.ok(stage.takes({ ...quiet, seq: ++seq }), `${second}`)
    stage.nowS += 1
  }
  // A packet of many messages is as loud as many packets.
  const batch = { flags: Flag.signed | Flag.batch, body: new Uint8Array(4 * 4_000) }
  taken(stage, 3_000, (i) => ({ origin: 2, seq: 5_000 + i + 1 }))
  assert.is(
    taken(stage, 10, () => ({ ...quiet, seq: ++seq, ...batch })),
    1
  )
})

test('what an author may say beside the rate of its neighbour is little', () => {
  const { stage } = stageOf({ neighbour: { packets: 100 } })
  // 200 at once and twenty beside it; then what the rate allows, less what is owed, and ten a second beside it.
  assert.is(
    taken(stage, 1_000, (i) => ({ seq: i + 1 })),
    220
  )
  stage.nowS += 1
  assert.is(
    taken(stage, 1_000, (i) => ({ seq: 1_000 + i + 1 })),
    90
  )
})

test('however many keys a stranger has, quiet authors together bring no more than the rate', () => {
  const { stage } = stageOf({ neighbour: { packets: 100, origins: 1_000 } })
  const speak = (second: number): number =>
    taken(stage, 400, (i) => ({ origin: 1 + (i % 10), seq: 400 * second + Math.floor(i / 10) + 1 }))
  // Ten keys: 200 at once, and a quarter of that in debt.
  assert.is(speak(0), 250)
  for (let second = 1; second < 10; second++) {
    stage.nowS += 1
    assert.is(speak(second), 100)
  }
})

test('the author of a packet that floods at the end of its stem is charged for it', () => {
  const { stage } = stageOf({ origin: { packets: 5 } })
  for (let seq = 1; seq <= 10; seq++) {
    const frame = signed({ seq })
    stage.chunk([frame], { source: -9, trusted: true })
    stage.flood.chargeOrigin(frame, viewOf(frame), 0, frame.length)
  }
  const next = signed({ seq: 11 })
  assert.is(stage.flood.examine(1, next, viewOf(next), 0, next.length), 'known')
  assert.is(stage.flood.counts['origin-rate'], 1)
})

test('a clock that is set back takes nothing away, and the rate goes on from there', () => {
  const { stage } = stageOf({ origin: { packets: 10 } })
  let seq = 0
  const write = (count: number): number => taken(stage, count, () => ({ seq: ++seq }))
  assert.is(write(10), 10)
  stage.nowS -= 100
  assert.is(write(100), 10)
  stage.nowS += 1
  assert.is(write(100), 10)
})

test('bytes are limited as packets are, and a packet larger than the burst gets through and is paid for', () => {
  const { stage } = stageOf({ origin: { bytes: 1_000 } })
  assert.is(stage.takes({ seq: 1, body: 9_000 }), true)
  let seq = 1
  const seconds = []
  for (let second = 0; second < 10; second++) {
    seconds.push(stage.takes({ seq: ++seq, body: 10 }))
    stage.nowS += 1
  }
  assert.equal(seconds, [false, false, false, false, false, false, false, false, true, true])
})

test('what one author writes too much costs no other anything', () => {
  const { stage } = stageOf({ origin: { packets: 5 } })
  taken(stage, 50, (i) => ({ origin: 1, seq: i + 1 }))
  assert.is(
    taken(stage, 10, (i) => ({ origin: 2, seq: i + 1 })),
    10
  )
})

test('packets beyond the rate are not verified, and are fresh again when there is room', () => {
  const { stage } = stageOf({ origin: { packets: 1 } })
  for (const seq of [1, 2]) assert.is(stage.takes({ seq }), true)
  assert.is(stage.takes({ seq: 3 }), false)
  assert.equal(stage.verified, [1, 2])
  stage.nowS += 1
  assert.is(stage.takes({ seq: 3 }), true)
})

test("forged packets use up nobody's rate", () => {
  const { stage } = stageOf({ origin: { packets: 2 }, neighbour: { packets: 100, origins: 2 } })
  stage.takes({ seq: 1 })
  for (let seq = 2; seq < 40; seq++) assert.is(stage.chunk([forged({ seq })], { source: seq }), 'bad-signature')
  assert.is(stage.takes({ seq: 50 }), true)
})

test('a stem frame uses up the rate of the neighbour that brings it, and a forged one nothing', () => {
  const { stage } = stageOf({ neighbour: { packets: 5 } })
  stage.flood.tick(NOW_S * 1_000)
  const examine = (frame: Uint8Array) => stage.flood.examine(1, frame, viewOf(frame), 0, frame.length)
  for (let seq = 1; seq < 40; seq++) assert.is(examine(forged({ seq })), 'bad-signature')
  const taken = Array.from({ length: 50 }, (_, i) => examine(signed({ seq: i + 1 }))).filter((fault) => fault === null)
  assert.is(taken.length, 10)
  assert.is(stage.flood.counts['neighbour-rate'], 40)
})

test('a suppressed packet counts once, however many links bring it, and its author is told once', () => {
  const { stage, suppressed } = stageOf({ origin: { packets: 1 } })
  for (const seq of [1, 2]) stage.takes({ origin: 0xaa, seq })
  for (const source of [1, 2, 3]) taken(stage, 7, (i) => ({ origin: 0xaa, seq: 3 + i }), source)
  assert.is(stage.flood.counts['origin-rate'], 21)
  assert.equal(suppressed(), [['aa', 7]])
  assert.equal(suppressed(), [])
  stage.takes({ origin: 0xaa, seq: 30 })
  assert.equal(suppressed(), [['aa', 1]])
})

test('a report tells of so many authors, and the next one of the rest', () => {
  const { stage, suppressed } = stageOf({ origin: { packets: 1 } })
  for (let origin = 1; origin <= 5; origin++) taken(stage, 4, (i) => ({ origin, seq: i + 1 }))
  assert.is(suppressed(3).length, 3)
  assert.is(suppressed(3).length, 2)
})

test('a neighbour may bring its rate of news, and duplicates are free', () => {
  const { stage, refused } = stageOf({ neighbour: { packets: 10 } })
  // The rate, and a quarter that quiet authors may owe.
  assert.is(
    taken(stage, 100, (i) => ({ origin: 1 + (i % 3), seq: 1 + i }), 4),
    20 + 5
  )
  assert.is(
    taken(stage, 25, (i) => ({ origin: 1 + (i % 3), seq: 1 + i }), 5),
    0
  )
  assert.is(
    taken(stage, 15, (i) => ({ origin: 9, seq: 1 + i }), 5),
    15,
    'the duplicates have cost nothing'
  )
  assert.equal(refused(), [[4, 75]])
  assert.equal(refused(), [])
})

test('a neighbour brings only so many new authors, one-time keys among them; those who are known go on', () => {
  const { stage } = stageOf({ neighbour: { origins: 3 } })
  assert.is(
    taken(stage, 5, (i) => ({ origin: i + 1 }), 4),
    5
  )
  assert.is(
    taken(stage, 20, (i) => oneTime(i), 4),
    1
  )
  assert.is(
    taken(stage, 20, (i) => oneTime(50 + i), 5),
    6
  )
  assert.is(stage.takes({ origin: 1, seq: 2 }, { source: 4 }), true)
  stage.nowS += 1
  assert.is(
    taken(stage, 20, (i) => oneTime(100 + i), 4),
    3
  )
})

test('what the node itself writes is not limited', () => {
  const { stage } = stageOf({ origin: { packets: 1 }, neighbour: { packets: 1, origins: 1 } })
  for (let seq = 1; seq < 50; seq++) stage.chunk([signed({ seq })], { trusted: true })
  assert.is(stage.flood.counts.fresh, 49)
})

test('a neighbour that is gone is forgotten', () => {
  const { stage, rates } = stageOf({ neighbour: { packets: 1 } })
  // New authors, since one that is known may say a little beside the rate.
  assert.is(
    taken(stage, 9, (i) => ({ origin: 1 + i }), 4),
    2
  )
  rates.forget(4)
  assert.is(
    taken(stage, 9, (i) => ({ origin: 10 + i }), 4),
    2
  )
})

test('over any time and under any clock nobody brings more than a burst and the rate, and one packet beyond', () => {
  const anyTurns = fc.array(
    fc.record({ waitS: fc.constantFrom(0, 0, 1, 1, 3, 60, -5), count: fc.integer({ min: 1, max: 60 }) }),
    { minLength: 5, maxLength: 40 }
  )
  holds(fc.tuple(anyTurns, fc.integer({ min: 1, max: 20 })), ([turns, packets]) => {
    const { stage } = stageOf({ origin: { packets } })
    let [seq, elapsedS, total] = [0, 0, 0]
    for (const { waitS, count } of turns) {
      stage.nowS += waitS
      elapsedS += Math.max(0, waitS)
      total += taken(stage, count, () => ({ seq: ++seq, incarnation: NOW_S }))
      assert.ok(total <= packets * (BURST_MS / 1_000 + elapsedS) + 1, `${total} in ${elapsedS} s at ${packets}`)
    }
  })
})

test.run()

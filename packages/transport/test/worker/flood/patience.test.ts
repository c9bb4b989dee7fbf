// How often others wait for a link that reads slowly, in counts of waits.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../../test/support/wait.ts'
import { Backpressure, type Inlet, type Outlet } from '../../../src/worker/flood/backpressure.ts'
import { Patience } from '../../../src/worker/flood/patience.ts'

const STALL_MS = 5
const MINUTE_MS = 60_000
const NO_REPAIR = { fallBehind: () => undefined, feed: () => undefined }

const test = suite('patience')

test('each time of lagging halves what a link may stall, and each quiet minute forgives one', () => {
  const patience = new Patience(0)
  const stalls = [patience.stalls(0)]
  for (let lag = 1; lag <= 5; lag++) {
    patience.onLag(lag)
    stalls.push(patience.stalls(lag))
  }
  assert.equal(stalls, [4, 2, 1, 0, 0, 0])
  assert.equal(
    [1, 2, 3, 4].map((minutes) => patience.stalls(5 + minutes * MINUTE_MS)),
    [1, 2, 4, 4]
  )
})

test('a link is proven after a minute without lagging, and no more once it lags', () => {
  const patience = new Patience(0)
  assert.equal([patience.isProven(MINUTE_MS - 1), patience.isProven(MINUTE_MS)], [false, true])
  patience.onLag(MINUTE_MS)
  assert.equal([patience.isProven(2 * MINUTE_MS - 1), patience.isProven(2 * MINUTE_MS)], [false, true])
})

test('a link that lags 32 times without a minute of peace is to be closed, and one that rests in between is not', () => {
  const [restless, resting] = [new Patience(0), new Patience(0)]
  for (let lag = 1; lag <= 31; lag++) restless.onLag(lag * (MINUTE_MS - 1))
  assert.not.ok(restless.isOver)
  restless.onLag(32 * (MINUTE_MS - 1))
  assert.ok(restless.isOver)
  for (let lag = 1; lag <= 100; lag++) resting.onLag(lag * MINUTE_MS)
  assert.not.ok(resting.isOver)
})

test('nine readers that stall until they lag, catch up and do it again hold up others for 16 waits, and no more', async () => {
  const backpressure = new Backpressure(STALL_MS, 30_000, NO_REPAIR, () => 0)
  const neighbour = inlet()
  const readers = Array.from({ length: 9 }, () => slowReader())
  for (let round = 0; round < 8; round++) {
    for (const reader of readers) {
      reader.hasRoom = false
      backpressure.check(neighbour, reader)
      // It takes something in each wait, so that it does not lag before it must.
      while (!reader.lagging) {
        reader.takenBytes++
        await until(() => neighbour.waitingFor === 0, 60_000, 'nobody waits')
        backpressure.check(neighbour, reader)
      }
      reader.hasRoom = true
      backpressure.relieve(reader)
    }
  }
  assert.is(neighbour.paused, 16)
})

test('a link that has kept up for a minute is waited for, whatever strangers do', async () => {
  let nowMs = 0
  const backpressure = new Backpressure(STALL_MS, 30_000, NO_REPAIR, () => nowMs)
  const neighbour = inlet()
  const proven = slowReader()
  nowMs = MINUTE_MS
  for (let i = 0; i < 32; i++) {
    const stranger = { ...slowReader(), patience: new Patience(nowMs) }
    backpressure.check(neighbour, stranger)
    await until(() => neighbour.waitingFor === 0, 60_000, 'nobody waits')
  }
  const before = neighbour.paused
  backpressure.check(neighbour, proven)
  assert.is(neighbour.paused, before + 1)
  assert.not.ok(proven.lagging)
  backpressure.forgetOutlet(proven)
})

test.run()

function inlet(): Inlet & { paused: number } {
  return {
    local: false,
    waitingFor: 0,
    paused: 0,
    pause() {
      this.paused++
    },
    resume: () => undefined
  }
}

function slowReader(): Outlet & { takenBytes: number; hasRoom: boolean } {
  return {
    waitingInlets: new Set(),
    lagging: false,
    behind: false,
    timedWait: null,
    stalls: 0,
    patience: new Patience(0),
    takenBytes: 0,
    hasRoom: false,
    isFullFor: () => true,
    hasRoomFor() {
      return this.hasRoom
    },
    onLagging: () => undefined
  }
}

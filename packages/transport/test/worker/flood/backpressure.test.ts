// Who waits for whom, with inlets and outlets of the test's own.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../../test/support/wait.ts'
import { Backpressure, type Inlet, type Outlet } from '../../../src/worker/flood/backpressure.ts'

const STALL_MS = 20
const STUCK_MS = 30_000
const NO_REPAIR = { fallBehind: () => undefined, feed: () => undefined }

const test = suite('backpressure')

test('the program goes on while neighbours keep a queue full that moves', async () => {
  const backpressure = new Backpressure(STALL_MS, STUCK_MS, NO_REPAIR)
  const outlet = fullOutlet()
  const program = inlet(true)
  const neighbour = inlet(false)
  backpressure.check(program, outlet)
  assert.is(program.waitingFor, 1)
  // A neighbour that is let go on fills the queue again, before the program's turn could come.
  const busy = setInterval(() => {
    outlet.takenBytes += 1
    outlet.stalls = 0
    backpressure.check(neighbour, outlet)
  }, STALL_MS / 4)
  await until(() => program.resumed > 0, 15_000, 'the program goes on')
  assert.not.ok(outlet.lagging)
  clearInterval(busy)
  backpressure.forgetOutlet(outlet)
})

test('the program waits as long as its own messages alone fill a queue to the brim, and goes on when they do not', async () => {
  const backpressure = new Backpressure(STALL_MS, STUCK_MS, NO_REPAIR)
  const outlet = fullOutlet()
  const program = inlet(true)
  const busy = setInterval(() => {
    outlet.takenBytes += 1
  }, STALL_MS / 4)
  backpressure.check(program, outlet)
  await new Promise((resolve) => setTimeout(resolve, 10 * STALL_MS))
  assert.is(program.resumed, 0)
  outlet.isFullFor = ({ local }) => local
  await until(() => program.resumed > 0, 15_000, 'the program goes on')
  assert.not.ok(outlet.lagging)
  clearInterval(busy)
})

test('a queue of which nothing is taken makes its outlet lag, and lets everybody go on', async () => {
  const backpressure = new Backpressure(STALL_MS, STUCK_MS, NO_REPAIR)
  const outlet = fullOutlet()
  const [program, neighbour] = [inlet(true), inlet(false)]
  backpressure.check(program, outlet)
  backpressure.check(neighbour, outlet)
  await until(() => outlet.lagging, 15_000, 'it lags')
  assert.equal([program.waitingFor, neighbour.waitingFor, outlet.waitingInlets.size], [0, 0, 0])
})

test('room lets go on who waits, and ends the wait that is timed', () => {
  const backpressure = new Backpressure(STALL_MS, STUCK_MS, NO_REPAIR)
  const outlet = fullOutlet()
  const neighbour = inlet(false)
  backpressure.check(neighbour, outlet)
  assert.is.not(outlet.timedWait, null)
  outlet.hasRoom = true
  backpressure.relieve(outlet)
  assert.equal([neighbour.resumed, neighbour.waitingFor, outlet.timedWait], [1, 0, null])
})

test('who waits for two goes on when both have room', () => {
  const backpressure = new Backpressure(STALL_MS, STUCK_MS, NO_REPAIR)
  const [first, second] = [fullOutlet(), fullOutlet()]
  const neighbour = inlet(false)
  backpressure.check(neighbour, first)
  backpressure.check(neighbour, second)
  backpressure.forgetOutlet(first)
  assert.is(neighbour.resumed, 0)
  backpressure.forgetOutlet(second)
  assert.is(neighbour.resumed, 1)
})

test.run()

function inlet(local: boolean): Inlet & { resumed: number } {
  return {
    local,
    waitingFor: 0,
    resumed: 0,
    pause: () => undefined,
    resume() {
      this.resumed++
    }
  }
}

function fullOutlet(): Outlet & { takenBytes: number; hasRoom: boolean } {
  return {
    waitingInlets: new Set(),
    lagging: false,
    behind: false,
    timedWait: null,
    stalls: 0,
    patience: null,
    takenBytes: 0,
    hasRoom: false,
    isFullFor: () => true,
    hasRoomFor() {
      return this.hasRoom
    },
    onLagging: () => undefined
  }
}

// The simulator's event queue against a sorted list.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EventQueue } from '../../src/sim/event-queue.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const seed = seedOr(4)

/** A number: add an event so many ms ahead. Null: take the next one. */
const script = fc.array(fc.option(fc.nat(20), { freq: 2 }), { maxLength: 400 })

seededTest('sim-queue', seed, 'gives events out by time and then in the order of their entry', () => {
  fc.assert(fc.property(script, play), { seed, numRuns: 300 })
})

seededTest('sim-queue', seed, 'keeps its order when it grows', () => {
  const queue = new EventQueue()
  for (let i = 0; i < 10_000; i++) queue.add((i * 7919) % 1_000, 1, i, 0, null)
  let last = -1
  for (let i = 0; i < 10_000; i++) {
    queue.next()
    assert.ok(queue.at >= last)
    last = queue.at
  }
  assert.is(queue.size, 0)
  assert.is(queue.nextAt, Number.POSITIVE_INFINITY)
})

function play(steps: readonly (number | null)[]): void {
  const queue = new EventQueue()
  const expected: { at: number; a: number }[] = []
  let now = 0
  steps.forEach((ahead, a) => {
    if (ahead !== null) {
      queue.add(now + ahead, 1, a, -a, `event ${a}`)
      expected.push({ at: now + ahead, a })
      return
    }
    expected.sort((x, y) => x.at - y.at || x.a - y.a)
    const first = expected.shift()
    assert.is(queue.size > 0, first !== undefined)
    if (!first) return
    queue.next()
    assert.equal([queue.at, queue.a, queue.b, queue.what], [first.at, first.a, -first.a, `event ${first.a}`])
    now = first.at
  })
}

test.run()

// Several bridges between the same two networks, in simulated time with delays of every length up to a turn: each word
// is said once.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { RELAY_DEFAULTS } from '../../src/relay/options.ts'
import { ownTime } from '../../src/relay/own-time.ts'
import { RelayWorld } from '../support/relay-world.ts'

const test = suite('turns')
/** A turn has to be longer than a word's way to another bridge by both networks. */
const LONGEST_MS = RELAY_DEFAULTS.turnMs / 2 - 200

const anyDelays = fc.array(fc.nat(LONGEST_MS), { minLength: 20, maxLength: 200 })
const anyScene = fc.record({
  relays: fc.integer({ min: 1, max: 4 }),
  hasIds: fc.boolean(),
  delays: anyDelays,
  // Who says the same twice means it twice, so some texts are the same.
  said: fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.nat(2_000)), { minLength: 1, maxLength: 25 })
})

test('however many bridges there are and however late words arrive, each is said once, with ids on the wire or without', () => {
  check(anyScene, ({ relays, hasIds, delays, said }) => {
    const world = new RelayWorld(relays, hasIds, delaysFrom(delays))
    const texts: string[] = []
    for (const [isInHub, text, pauseMs] of said) {
      texts.push(`text ${text}`)
      if (isInHub) world.sayInHub(`text ${text}`)
      else world.sayOnSide('bob', `text ${text}`)
      world.run(pauseMs)
    }
    world.run(60_000)
    assert.equal([...world.inHub].sort(), [...texts].sort(), 'in floodnet')
    assert.equal([...world.onSide].sort(), [...texts].sort(), 'on the side')
  })
})

test('what a bridge that died should have said, another one says a turn later', () => {
  for (const hasIds of [true, false]) {
    const world = new RelayWorld(3, hasIds, () => 10)
    world.kill(0)
    const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`)
    for (const text of texts) world.sayOnSide('bob', text)
    for (const text of texts) world.sayInHub(text)
    world.run(1_000)
    assert.ok(world.inHub.length < 60, 'some wait for the dead one')
    world.run(60_000)
    assert.equal([...world.inHub].sort(), [...texts, ...texts].sort())
    assert.equal([...world.onSide].sort(), [...texts, ...texts].sort())
  }
})

test('a gap in which the process stood still counts for one step only', () => {
  let nowMs = 5_000
  const read = ownTime(() => nowMs, 300)
  const readings = [100, 300, 60_000, 100].map((ms) => {
    nowMs += ms
    return read()
  })
  assert.equal(readings, [100, 400, 700, 800])
})

test.run()

/** The drawn delays, again and again. */
function delaysFrom(delays: readonly number[]): () => number {
  let index = 0
  return () => delays[index++ % delays.length] ?? 0
}

// Whole networks of join actors in simulated time: they grow, lose their entry, and find each other again.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { alive, checkNetwork, degrees, peersOf } from '../support/join-network.ts'
import type { World, WorldOptions } from '../support/join-world.ts'
import { addMachine, crashMachine, createWorld, give, runFor, runToRest, startMachine } from '../support/join-world.ts'

/** One entry and `joiners` that know only it, the n-th started after n times `everyMs`. */
function growNetwork(joiners: number, everyMs: number, options: Partial<WorldOptions> = {}): World {
  const world = createWorld({ seed: 1, ...options })
  startMachine(world, addMachine(world, []))
  for (let i = 0; i < joiners; i++) {
    runFor(world, everyMs)
    startMachine(world, addMachine(world, ['n0:1']))
  }
  return world
}

function assertWhole(world: World): void {
  runToRest(world)
  assert.is(checkNetwork(world), null)
}

function total(world: World, counter: 'rate-limited' | 'evicted'): number {
  return alive(world).reduce((sum, machine) => sum + (machine.state?.counters[counter] ?? 0), 0)
}

test('joins 25 nodes through one entry at once', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const world = growNetwork(25, 0, { seed })
    runFor(world, 15_000)
    assertWhole(world)
    assert.ok(Math.min(...degrees(world)) >= 4, degrees(world).join(' '))
    assert.is(total(world, 'rate-limited'), 0)
  }
})

test('joins 25 nodes through one entry one by one', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const world = growNetwork(25, 2_000, { seed })
    runFor(world, 15_000)
    assertWhole(world)
    assert.ok(Math.min(...degrees(world)) >= 4, degrees(world).join(' '))
  }
})

test('joins 200 nodes through one entry, ten a second', () => {
  const world = growNetwork(200, 100)
  runFor(world, 30_000)
  assertWhole(world)
  assert.ok(Math.min(...degrees(world)) >= 4, degrees(world).join(' '))
  const mean = degrees(world).reduce((a, b) => a + b) / 201
  assert.ok(mean < 9, `mean degree ${mean}`)
})

test('joins 200 nodes through one entry at once', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const world = growNetwork(200, 0, { seed })
    runFor(world, 60_000)
    assertWhole(world)
    assert.ok(Math.min(...degrees(world)) >= 5, degrees(world).join(' '))
    assert.ok(total(world, 'evicted') > 0)
  }
})

test('refills every link within 15 seconds after the entry is killed', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const world = growNetwork(25, 0, { seed })
    runFor(world, 20_000)
    const [entry] = world.machines
    const bereaved = entry ? peersOf(entry) : []
    assert.ok(bereaved.length >= 5)
    if (entry) crashMachine(world, entry)
    runFor(world, 15_000)
    assertWhole(world)
    for (const machine of bereaved) assert.ok((machine.state?.neighbours.size ?? 0) >= 5, `${seed} ${machine.name}`)
  }
})

test('lets two nodes that lost each other meet again when the dialled one returns', () => {
  const world = growNetwork(1, 0)
  runFor(world, 5_000)
  const [a, b] = world.machines
  if (!a || !b) return assert.unreachable()
  crashMachine(world, a)
  runFor(world, 600_000)
  assert.equal(degrees(world), [0])
  startMachine(world, a)
  runFor(world, 90_000)
  assert.equal(degrees(world), [1, 1])
})

test('lets two nodes that lost each other meet again when the dialler returns without an entry', () => {
  const world = growNetwork(1, 0)
  runFor(world, 5_000)
  const [a, b] = world.machines
  if (!a || !b) return assert.unreachable()
  crashMachine(world, b)
  runFor(world, 60_000)
  b.options.entries = []
  startMachine(world, b)
  runFor(world, 90_000)
  assert.equal(degrees(world), [1, 1])
})

test('takes an entry back in that restarts with no memory, though nobody needs a link', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const world = growNetwork(25, 0, { seed })
    runFor(world, 20_000)
    const [entry] = world.machines
    if (!entry) return assert.unreachable()
    crashMachine(world, entry)
    runFor(world, 300_000)
    startMachine(world, entry)
    // Newcomers have linked up around it before the others find out.
    for (let i = 0; i < 8; i++) startMachine(world, addMachine(world, ['n0:1']))
    runFor(world, 90_000)
    assertWhole(world)
  }
})

test('keeps dialling a black hole with growing pauses while a second entry lets it in', () => {
  const world = createWorld({ seed: 1, fate: (_, address) => (address === 'hole:1' ? 'black-hole' : 'open') })
  for (let i = 0; i < 3; i++) startMachine(world, addMachine(world, i === 0 ? [] : ['n0:1']))
  const joiner = addMachine(world, ['hole:1', 'n0:1'])
  startMachine(world, joiner)
  runFor(world, 2_000)
  assert.is(joiner.state?.neighbours.size, 3)
  runFor(world, 600_000)
  const starts = joiner.events.filter(({ event }) => {
    return event.kind === 'dial' && event.phase === 'start' && event.address === 'hole:1'
  })
  const pauses = starts.slice(1).map(({ at }, i) => at - (starts[i]?.at ?? 0))
  assert.ok(pauses.length >= 6 && pauses.length <= 30, pauses.join(' '))
  assert.ok((pauses[0] ?? 0) < 20_000, pauses.join(' '))
  assert.ok((pauses.at(-1) ?? 0) > 45_000, pauses.join(' '))
})

test('does not wake more often than its pauses say when there is nobody to find', () => {
  const world = createWorld({ seed: 1 })
  const lonely = addMachine(world, ['nobody:1', 'nobody:2', 'n0:1', '10.0.0.1:1'])
  world.byAddress.set('10.0.0.1:1', lonely)
  startMachine(world, lonely)
  runFor(world, 3_600_000)
  assert.ok(lonely.dials > 100 && lonely.dials < 160, String(lonely.dials))
  assert.is(lonely.state?.counters['self-links'], 2)
})

test('links all nodes of a network that is smaller than the desired degree', () => {
  const world = growNetwork(4, 0)
  runFor(world, 120_000)
  assertWhole(world)
  assert.equal(degrees(world), [4, 4, 4, 4, 4])
})

test('makes links again for nodes that lost all of their neighbours at once', () => {
  const world = growNetwork(40, 100)
  runFor(world, 20_000)
  for (const machine of world.machines.slice(0, 25)) crashMachine(world, machine, 8_000)
  runFor(world, 90_000)
  assertWhole(world)
  assert.ok(Math.min(...degrees(world)) >= 4, degrees(world).join(' '))
})

test('closes every link and refuses new ones when it leaves', () => {
  const world = growNetwork(10, 0)
  runFor(world, 20_000)
  const [leaver] = world.machines
  if (!leaver?.state) return assert.unreachable()
  give(world, leaver, { kind: 'leave' })
  assert.is(leaver.state.wakeAt, null)
  runFor(world, 30_000)
  assert.is(leaver.state.neighbours.size, 0)
  assert.is(leaver.state.links.size, 0)
  leaver.state = null
  assertWhole(world)
})

test.run()

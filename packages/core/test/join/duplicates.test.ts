// Two links to one peer: which one stays, and that neither end is ever without one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as on from '../support/join-actor.ts'
import { checkNetwork, degrees } from '../support/join-network.ts'
import { addMachine, createWorld, give, runFor, runToRest, startMachine, type World } from '../support/join-world.ts'

const ack = { kind: 'join-ack', nonce: null } as const

/** Two nodes that name each other as entry and start in the same moment. */
function dialEachOther(seed: number): World {
  const world = createWorld({ seed })
  for (const entry of ['n1:1', 'n0:1']) addMachine(world, [entry])
  for (const machine of world.machines) startMachine(world, machine)
  return world
}

test('closes the link dialled by the larger id when both ends dial at once', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const world = dialEachOther(seed)
    runFor(world, 30_000)
    runToRest(world)
    assert.equal(degrees(world), [1, 1])
    assert.is(checkNetwork(world), null)
    const [small] = [...world.machines].sort((a, b) => (a.id < b.id ? -1 : 1))
    const [link] = small?.state?.neighbours.values() ?? []
    assert.ok(link && link.dialled !== null, `seed ${seed}`)
    assert.is(small?.state?.links.size, 1)
  }
})

test('never takes a neighbour down when both ends dial at once', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const world = dialEachOther(seed)
    runFor(world, 30_000)
    for (const { events } of world.machines) {
      assert.is(events.filter(({ event }) => event.kind === 'peer-up').length, 1)
      assert.is(events.filter(({ event }) => event.kind === 'peer-down').length, 0)
    }
  }
})

test('moves to the link dialled by the smaller peer before the other one goes', () => {
  const actor = on.createActor()
  const ours = on.joinPeer(actor, '1')
  const theirs = on.acceptLink(actor, '1')
  on.receive(actor, theirs, on.request('1'))
  assert.equal(on.sent(actor, theirs), [ack])
  assert.equal(on.activated(actor), [theirs])
  assert.equal(on.closed(actor), [])
  assert.ok(on.isNeighbour(actor, theirs))
  on.feed(actor, { kind: 'link-down', link: ours, reason: 'peer: duplicate' })
  assert.ok(!on.events(actor).some((event) => event.kind === 'peer-down'))
})

test('stays on its own link until the smaller peer asks on the other one, which may not be open there yet', () => {
  const actor = on.createActor()
  on.feed(actor, { kind: 'connect', address: '1:1' })
  const ours = on.openDial(actor, on.dialOf(actor), '1')
  const theirs = on.acceptLink(actor, '1')
  on.receive(actor, ours, ack)
  assert.equal(on.activated(actor), [ours])
  assert.equal(on.sent(actor, theirs), [])
  on.receive(actor, theirs, on.request('1'))
  assert.equal(on.sent(actor, theirs), [ack])
  assert.ok(on.isNeighbour(actor, theirs))
  assert.is(actor.state.links.get(ours)?.role, 'retiring')
})

test('moves at once to the link on which the smaller peer has asked already', () => {
  const actor = on.createActor({ desiredLinks: 1, random: () => 0.99 })
  on.joinPeer(actor, '5')
  on.feed(actor, { kind: 'connect', address: '1:1' })
  const ours = on.openDial(actor, on.dialOf(actor), '1')
  const theirs = on.acceptLink(actor, '1')
  on.receive(actor, theirs, on.request('1', { degree: 1 }))
  assert.ok(!on.isNeighbour(actor, theirs))
  on.receive(actor, ours, ack)
  assert.equal(on.sent(actor, theirs), [ack])
  assert.ok(on.isNeighbour(actor, theirs))
})

test('moves to its own link when it is the smaller one and the peer agrees', () => {
  const actor = on.createActor()
  const theirs = on.admitPeer(actor, '9')
  on.feed(actor, { kind: 'connect', address: 'alias:1' })
  const ours = on.openDial(actor, on.dialOf(actor), '9')
  assert.ok(on.isNeighbour(actor, theirs))
  on.receive(actor, ours, ack)
  assert.equal(on.activated(actor), [ours])
  assert.equal(on.closed(actor), [[theirs, 'duplicate']])
  assert.equal(
    on.events(actor).map((event) => event.kind),
    ['peer-moved', 'guest-down']
  )
})

test('closes its own second link at once when the smaller peer dialled the first', () => {
  const actor = on.createActor()
  on.admitPeer(actor, '1')
  on.feed(actor, { kind: 'connect', address: 'alias:1' })
  const ours = on.openDial(actor, on.dialOf(actor), '1')
  assert.equal(on.closed(actor), [[ours, 'duplicate']])
})

test('replaces its own link by its own newer one, once the peer has agreed', () => {
  const actor = on.createActor()
  const older = on.joinPeer(actor, '1')
  on.feed(actor, { kind: 'connect', address: 'alias:1' })
  const newer = on.openDial(actor, on.dialOf(actor), '1')
  assert.ok(on.isNeighbour(actor, older))
  on.receive(actor, newer, ack)
  assert.ok(on.isNeighbour(actor, newer))
  assert.equal(on.closed(actor), [[older, 'duplicate']])
})

test('follows a peer to the newer of two links that it dialled itself', () => {
  const actor = on.createActor()
  const older = on.admitPeer(actor, '9')
  const newer = on.acceptLink(actor, '9')
  on.receive(actor, newer, on.request('9', { request: 8 }))
  assert.ok(on.isNeighbour(actor, newer))
  assert.is(actor.state.links.get(older)?.role, 'retiring')
})

test('lets a peer that lost our old link come back on a new one', () => {
  const actor = on.createActor()
  const dead = on.joinPeer(actor, '9')
  actor.now += 60_000
  const fresh = on.acceptLink(actor, '9')
  on.receive(actor, fresh, on.request('9'))
  assert.ok(on.isNeighbour(actor, fresh))
  assert.is(actor.state.links.get(dead)?.role, 'retiring')
  on.wait(actor, 15_000)
  assert.equal(on.closed(actor), [[dead, 'duplicate']])
})

test('goes back to the retiring link when the one that took over dies', () => {
  const actor = on.createActor()
  const ours = on.joinPeer(actor, '1')
  const theirs = on.acceptLink(actor, '1')
  on.receive(actor, theirs, on.request('1'))
  on.feed(actor, { kind: 'link-down', link: theirs, reason: 'reset' })
  assert.ok(on.isNeighbour(actor, ours))
  assert.ok(!on.events(actor).some((event) => event.kind === 'peer-down'))
})

test('closes the links of an earlier incarnation when the peer has restarted', () => {
  const actor = on.createActor()
  const old = on.admitPeer(actor, '1')
  const fresh = on.acceptLink(actor, '1', 2)
  assert.equal(on.closed(actor), [[old, 'restarted']])
  on.receive(actor, fresh, on.request('1'))
  assert.ok(on.isNeighbour(actor, fresh))
})

test('refuses a link of an earlier incarnation', () => {
  const actor = on.createActor()
  on.acceptLink(actor, '1', 2)
  const stale = on.acceptLink(actor, '1', 1)
  assert.equal(on.closed(actor), [[stale, 'stale']])
})

test('refuses a link to itself and never dials that address again', () => {
  const actor = on.createActor({ entries: ['10.9.9.9:1'] })
  const link = on.openDial(actor, on.dialOf(actor), '8')
  assert.equal(on.closed(actor), [[link, 'self']])
  const told = actor.effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event] : []))
  const dials = told.flatMap((event) => (event.kind === 'dial' ? [[event.phase, event.address, event.reason]] : []))
  assert.equal(dials, [['skipped', '10.9.9.9:1', 'self']])
  for (let i = 0; i < 100; i++) assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 10_000) }), [])
})

test('a name that led to itself is dialled again after a pause, since it may lead elsewhere then', () => {
  const actor = on.createActor({ entries: ['seed:1'] })
  const link = on.openDial(actor, on.dialOf(actor), '8')
  assert.equal(on.closed(actor), [[link, 'self']])
  assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 10) }), [], 'not at once')
  assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 2_000) }), ['seed:1'])
  const other = on.openDial(actor, on.dialOf(actor), '3')
  on.receive(actor, other, { kind: 'join-ack', nonce: null })
  assert.ok(on.isNeighbour(actor, other))
})

test('remembers which peer answers at an alias and dials it no more while they are neighbours', () => {
  const world = createWorld({ seed: 1 })
  for (let i = 0; i < 2; i++) startMachine(world, addMachine(world, i === 0 ? [] : ['n0:1', 'alias:1']))
  const [entry, joiner] = world.machines
  if (!entry || !joiner) return assert.unreachable()
  world.byAddress.set('alias:1', entry)
  runFor(world, 10_000)
  const { dials } = joiner
  runFor(world, 3_600_000)
  assert.is(joiner.dials, dials)
  give(world, joiner, { kind: 'connect', address: 'alias:1' })
  assert.is(joiner.dials, dials)
  const { event } = joiner.events.at(-1) ?? {}
  assert.ok(event?.kind === 'dial' && event.phase === 'skipped' && event.reason === 'connected')
})

test.run()

// What a program is told of the addresses that it named, from what the join actor tells.
import type { JoinEvent } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Entry } from '../../src/api.ts'
import { EntryOutcomes } from '../../src/membership/entry-outcomes.ts'
import type { Neighbour } from '../../src/membership/entry-place.ts'

const test = suite('entry outcomes')

const SEED = 'seed.example.org:55555'
const [ALICE, BOB] = ['aa'.repeat(32), 'bb'.repeat(32)]

class World {
  readonly told: string[] = []
  readonly neighbours: Neighbour[] = []
  readonly entries = new EntryOutcomes({
    list: () => this.neighbours,
    tell: ({ address, outcome, id, reason }) =>
      void this.told.push(
        [address, outcome, id?.slice(0, 2) ?? '-', ...(reason === undefined ? [] : [reason])].join(' ')
      )
  })

  name(address = SEED, peer: string | null = null): this {
    this.entries.name({
      addresses: peer === null ? [address] : [],
      pinned: peer === null ? [] : [{ address, peer }],
      seeds: [],
      tickets: []
    })
    return this
  }

  dial(phase: Extract<JoinEvent, { kind: 'dial' }>['phase'], reason?: string, address = SEED): this {
    this.entries.onJoinEvent({
      kind: 'dial',
      phase,
      address,
      attempt: 1,
      ...(reason === undefined ? {} : { reason })
    })
    return this
  }

  guest(peer: string, dialled: string | null = SEED): this {
    this.entries.onJoinEvent({ kind: 'guest-up', peer, link: 1, dialled })
    return this
  }

  gone(peer: string, reason: string, dialled: string | null = SEED): this {
    this.entries.onJoinEvent({ kind: 'guest-down', peer, link: 1, dialled, reason })
    return this
  }

  up(id: string, address = '10.0.0.7:40000'): this {
    this.neighbours.push({ id, address })
    this.entries.onPeerUp({ id, address })
    return this
  }
}

const opened = (): World => new World().name().dial('start').dial('opened').guest(ALICE)

test('an entry is joined when its node is a neighbour, not when it answers', () => {
  const world = opened()
  assert.equal(world.told, [])
  assert.equal(world.up(BOB).told, [])
  assert.equal(world.up(ALICE).told, [`${SEED} joined aa`])
})

test('an entry that leaves the link to others is joined through them when one of them comes', () => {
  const world = opened().gone(ALICE, 'answered').up(BOB)
  assert.equal(world.told, [`${SEED} passed-on aa answered`, `${SEED} network-joined aa`])
  assert.equal(world.up(ALICE, SEED).told.at(-1), `${SEED} joined aa`)
})

test('of two links to an entry the one that is given up says nothing', () => {
  assert.equal(opened().gone(ALICE, 'duplicate').up(ALICE).told, [`${SEED} joined aa`])
  const world = new World().name().up(ALICE).dial('start').dial('opened').guest(ALICE)
  assert.equal(world.gone(ALICE, 'duplicate').told, [`${SEED} joined aa`])
})

const ENDS = [
  ['not-needed', `${SEED} not-needed aa`],
  ['full', `${SEED} passed-on aa full`],
  ['wrong-peer', `${SEED} refused aa wrong-peer`],
  ['connection-lost', `${SEED} unreachable aa connection-lost`]
] as const

for (const [reason, line] of ENDS)
  test(`a link to an entry that ends as ${reason} is told so`, () => {
    assert.equal(opened().gone(ALICE, reason).told, [line])
  })

const FAILURES = [
  ['connection-refused', 'unreachable'],
  ['timeout', 'unreachable'],
  ['name-not-found', 'unreachable'],
  ['wrong-network', 'refused'],
  ['wrong-identity', 'refused'],
  ['refused: leaving', 'refused'],
  ['no-tls-1.3', 'refused'],
  ['not-floodnet', 'refused']
] as const

for (const [reason, outcome] of FAILURES)
  test(`a dial that fails with ${reason} makes the entry ${outcome}`, () => {
    assert.equal(new World().name().dial('failed', reason).told, [`${SEED} ${outcome} - ${reason}`])
  })

test('the same outcome again is not told, another reason is, and whoever names the entry anew is told anew', () => {
  const world = new World().name().dial('failed', 'timeout').dial('failed', 'timeout')
  assert.is(world.told.length, 1)
  assert.is(world.dial('failed', 'connection-refused').told.length, 2)
  assert.is(world.name().dial('failed', 'connection-refused').told.length, 3)
})

test('an entry that is ourselves, or not dialled now, is told with what is known', () => {
  assert.equal(new World().name().dial('skipped', 'self').told, [`${SEED} self -`])
  assert.equal(new World().name().dial('skipped', 'dialling').told, [`${SEED} pending - dialling`])
  const world = new World().up(ALICE, '10.0.0.7:1').name('10.0.0.7:1').dial('skipped', 'connected', '10.0.0.7:1')
  assert.equal(world.told, ['10.0.0.7:1 joined aa connected'])
})

test('an entry of a ticket is its peer, whatever address that has', () => {
  const world = new World().name('10.0.0.7:1', ALICE)
  assert.equal(world.up(BOB, '10.0.0.7:1').told, [])
  assert.equal(world.up(ALICE, '192.168.0.7:9').told, ['10.0.0.7:1 joined aa'])
})

test('addresses that the program did not name are nobody else’s matter', () => {
  const world = new World().name().dial('failed', 'timeout', '10.0.0.9:1').guest(BOB, '10.0.0.9:1')
  world.gone(BOB, 'answered', '10.0.0.9:1').guest(BOB, null).gone(BOB, 'answered', null)
  assert.equal(world.told, [])
})

test('all that were named are listed with what is known of each', () => {
  const world = new World().name().name('10.0.0.7:1').dial('failed', 'timeout')
  const expected: Entry[] = [
    { address: SEED, outcome: 'unreachable', id: null, reason: 'timeout' },
    { address: '10.0.0.7:1', outcome: 'pending', id: null }
  ]
  assert.equal(world.entries.list, expected)
})

test.run()

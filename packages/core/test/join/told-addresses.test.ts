// An address is told only to those for whom it means the same, and believed only from those: what a node on another
// machine says of 127.0.0.1 is never dialled.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { PeerHint } from '../../src/join/index.ts'
import { claimedAddress, meansTheSame } from '../../src/join/told-addresses.ts'
import * as on from '../support/join-actor.ts'

const { idOf } = on
const FAR = '10.1.0.1:40000'
const NEAR = '127.0.0.1:40000'
const LOOPBACK = ['127.0.0.1:6379', '[::1]:6379', '[0:0:0:0:0:0:0:1]:1', '[::ffff:127.0.0.1]:1', 'localhost:80']
const hint = (peer: string, address: string): PeerHint => ({ peer: idOf(peer), address })
const misplaced = (actor: on.Actor) => actor.state.counters['misplaced-addresses']
const peersIn = (actor: on.Actor, link: number) =>
  on.sent(actor, link).flatMap((packet) => ('peers' in packet ? packet.peers : []))

test('an address means the same at both ends of a link as far as it reaches', () => {
  for (const address of LOOPBACK) {
    assert.ok(meansTheSame(address, 'machine'), address)
    assert.ok(!meansTheSame(address, 'link') && !meansTheSame(address, 'network'), address)
  }
  assert.ok(meansTheSame('169.254.1.1:1', 'link') && !meansTheSame('169.254.1.1:1', 'network'))
  for (const address of ['[fe80::1%eth0]:1', '224.0.0.1:1', '0.0.0.0:1', ''])
    assert.ok(!meansTheSame(address, 'machine'), address)
})

test('a neighbour elsewhere that claims a loopback address is not dialled there when it is lost', () => {
  for (const address of LOOPBACK) {
    const actor = on.createActor({ retryMinMs: 10 })
    const link = on.admitFrom(actor, '1', FAR, address)
    on.feed(actor, { kind: 'link-down', link, reason: 'dead' })
    assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 100_000) }), [], address)
    assert.is(misplaced(actor), 1)
  }
  const actor = on.createActor({ retryMinMs: 10 })
  const link = on.admitFrom(actor, '1', NEAR, '127.0.0.1:6379')
  on.feed(actor, { kind: 'link-down', link, reason: 'dead' })
  assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 1_000) }), ['127.0.0.1:6379'], 'on this machine it is')
})

test('believes a peer its own host with the zone through which it was seen, and no other zone', () => {
  assert.is(claimedAddress('[fe80::7%eth0]:5', '[fe80::7%eth0]:40000'), '[fe80::7%eth0]:5')
  assert.is(claimedAddress('[fe80::8%eth0]:5', '[fe80::7%eth0]:40000'), null)
})

test('loopback addresses named by a node elsewhere are refused and counted, whatever names them', () => {
  const actor = on.createActor({ desiredLinks: 3 })
  const far = on.admitFrom(actor, '1', FAR, '10.1.0.1:5')
  on.receive(actor, far, { kind: 'peers', peers: [hint('2', '127.0.0.1:6379'), hint('3', '10.3.0.1:5')] })
  const shuffle = { kind: 'shuffle', origin: idOf('4'), request: 9, hops: 0 } as const
  on.receive(actor, far, { ...shuffle, address: '[::1]:1', peers: [hint('5', '[fe80::1%eth0]:1')] })
  on.receive(actor, far, {
    kind: 'join-request',
    origin: idOf('6'),
    request: 9,
    hops: 3,
    degree: 1,
    address: 'localhost:1'
  })
  assert.is(misplaced(actor), 4)
  assert.ok([...actor.state.known.keys()].every((address) => address.startsWith('10.')))
})

test('an offer from afar that names this machine is declined and not dialled', () => {
  const actor = on.createActor({ desiredLinks: 3, random: () => 0 })
  const far = on.admitFrom(actor, '1', FAR, '10.1.0.1:5')
  const own = on.sent(actor, far).find((packet) => packet.kind === 'join-request')
  assert.ok(own?.kind === 'join-request')
  const offer = {
    kind: 'join-offer',
    origin: idOf('5'),
    target: idOf('8'),
    request: own.request,
    nonce: '0'.repeat(32)
  } as const
  on.receive(actor, far, { ...offer, address: '127.0.0.1:6379' })
  assert.equal(on.dialled(actor), [])
  assert.ok(on.events(actor).some((event) => event.kind === 'offer-declined' && event.reason === 'misplaced-address'))
})

test('tells nodes elsewhere nothing of this machine, and those on it everything', () => {
  const actor = on.createActor({ shuffleActive: 9, shufflePassive: 9 })
  on.admitFrom(actor, '1', NEAR, '127.0.0.1:5001')
  on.admitFrom(actor, '2', NEAR, '10.2.0.1:5002')
  const [near, far] = [on.admitFrom(actor, '3', NEAR, null), on.admitFrom(actor, '4', FAR, null)]
  on.feed(actor, { kind: 'leave' })
  assert.equal(
    peersIn(actor, near)
      .map(({ address }) => address)
      .sort(),
    ['10.2.0.1:5002', '127.0.0.1:5001']
  )
  assert.equal(
    peersIn(actor, far).map(({ address }) => address),
    ['10.2.0.1:5002']
  )
})

test('a shuffle that names this machine ends before it leaves it, and no offer for a place on it is carried away', () => {
  const actor = on.createActor()
  const [near, far] = [on.admitFrom(actor, '1', NEAR, null), on.admitFrom(actor, '2', FAR, null)]
  const shuffle = { kind: 'shuffle', origin: idOf('5'), request: 7, hops: 3, address: null } as const
  on.receive(actor, near, { ...shuffle, peers: [hint('6', '127.0.0.1:6')] })
  assert.equal(
    on.sent(actor).map(({ kind }) => kind),
    ['shuffle-reply']
  )
  on.receive(actor, near, { ...shuffle, request: 8, peers: [hint('6', '10.6.0.1:6')] })
  assert.equal(
    on.sent(actor, far).map(({ kind }) => kind),
    ['shuffle']
  )

  on.receive(actor, far, { kind: 'join-request', origin: idOf('7'), request: 3, hops: 3, degree: 1, address: null })
  assert.equal(
    on.sent(actor, near).map(({ kind }) => kind),
    ['join-request']
  )
  const offer = { kind: 'join-offer', origin: idOf('5'), target: idOf('7'), request: 3, nonce: '0'.repeat(32) } as const
  on.receive(actor, near, { ...offer, address: '127.0.0.1:6' })
  const [answer] = on.sent(actor, far)
  assert.ok(answer?.kind === 'join-no' && answer.reason === 'no-address')
})

test('who said goodbye is not dialled again at once, and who was cut off is', () => {
  for (const [reason, expected] of [
    ['leaving', []],
    ['dead', ['10.1.0.1:5']]
  ] as const) {
    const actor = on.createActor({ retryMinMs: 500 })
    const link = on.admitFrom(actor, '1', FAR, '10.1.0.1:5')
    on.feed(actor, { kind: 'link-down', link, reason })
    assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 2_000) }), expected, reason)
    if (reason === 'leaving') assert.equal(on.dialled({ ...actor, effects: on.wait(actor, 20_000) }), ['10.1.0.1:5'])
  }
})

test.run()

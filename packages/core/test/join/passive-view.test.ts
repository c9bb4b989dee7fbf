// The passive view's rules one by one: what is believed, what is handed on, whom it replaces, and what an attacker gets
// of it.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type JoinPacket, type PeerHint, rememberedPeers } from '../../src/join/index.ts'
import * as on from '../support/join-actor.ts'

const { idOf } = on
const never = () => 0.999
const hint = (digit: string, address = `10.${Number.parseInt(digit, 16)}.0.1:7`): PeerHint => ({
  peer: idOf(digit),
  address
})

function known(actor: on.Actor): string[] {
  return [...actor.state.known.keys()]
}

function shuffleFrom(peer: string, peers: PeerHint[], hops = 0): JoinPacket {
  return { kind: 'shuffle', origin: idOf(peer), request: 7, hops, address: `10.99.0.${peer}:7`, peers }
}

function handed(actor: on.Actor, link: number): PeerHint[] {
  return on.sent(actor, link).flatMap((packet) => (packet.kind === 'peers' ? packet.peers : []))
}

test('trades samples where a shuffle ends, and learns its origin too', () => {
  const actor = on.createActor()
  const relay = on.joinPeer(actor, '1')
  on.receive(actor, relay, shuffleFrom('9', [hint('5'), hint('6')]))
  const [reply] = on.sent(actor, relay)
  assert.ok(reply?.kind === 'shuffle-reply' && reply.target === idOf('9') && reply.request === 7)
  assert.equal(known(actor), ['1:1', '10.99.0.9:7', '10.5.0.1:7', '10.6.0.1:7'])
})

test('passes a shuffle on while it has hops left, and its answer back, and learns nothing of them', () => {
  const actor = on.createActor()
  const [from, to] = [on.admitPeer(actor, '1'), on.admitPeer(actor, '2')]
  const before = known(actor)
  on.receive(actor, from, shuffleFrom('9', [hint('5')], 3))
  const [passed] = on.sent(actor, to)
  assert.ok(passed?.kind === 'shuffle' && passed.hops === 2)
  const reply = { kind: 'shuffle-reply', origin: idOf('4'), target: idOf('9'), request: 7, peers: [hint('6')] } as const
  on.receive(actor, to, reply)
  assert.equal(on.sent(actor, from), [reply])
  assert.equal(known(actor), before)
})

test('believes a shuffle reply only from where its own shuffle went', () => {
  const actor = on.createActor({ shuffleMs: 1_000 })
  const relay = on.joinPeer(actor, '1')
  on.wait(actor, 2_000)
  const own = on.sent(actor, relay).find((packet) => packet.kind === 'shuffle')
  assert.ok(own?.kind === 'shuffle')
  const reply = { kind: 'shuffle-reply', origin: idOf('4'), target: idOf('8'), request: own.request } as const
  const stranger = on.admitPeer(actor, '2')
  on.receive(actor, stranger, { ...reply, peers: [hint('5')] })
  assert.not.ok(known(actor).includes('10.5.0.1:7'))
  on.receive(actor, relay, { ...reply, peers: [hint('6')] })
  assert.ok(known(actor).includes('10.6.0.1:7'))
  on.receive(actor, relay, { ...reply, peers: [hint('7')] })
  assert.not.ok(known(actor).includes('10.7.0.1:7'))
})

test('never hears of itself, nor of what is no address', () => {
  const actor = on.createActor()
  const relay = on.joinPeer(actor, '1')
  const bad = [hint('8'), hint('5', 'me:1'), hint('6', '0.0.0.0:7'), hint('7', `${'a'.repeat(120)}:7`)]
  on.receive(actor, relay, { kind: 'peers', peers: bad })
  assert.equal(known(actor), ['1:1'])
})

test('ignores peers that a guest who dialled us hands over', () => {
  const actor = on.createActor()
  on.receive(actor, on.acceptLink(actor, '1'), { kind: 'peers', peers: [hint('5')] })
  assert.equal(known(actor), [])
})

test('keeps no more learnt addresses than it may, and of one network no more than its share', () => {
  const actor = on.createActor({ maxKnownAddresses: 20, maxKnownPerGroup: 4 })
  const relay = on.joinPeer(actor, '1')
  for (let i = 0; i < 60; i++) on.receive(actor, relay, { kind: 'peers', peers: [hint('5', `192.0.2.${i}:7`)] })
  assert.is(known(actor).filter((address) => address.startsWith('192.0.2.')).length, 4)
  for (let i = 0; i < 60; i++) on.receive(actor, relay, { kind: 'peers', peers: [hint('5', `10.${i}.0.1:7`)] })
  // And the entry, which comes on top.
  assert.is(actor.state.known.size, 21)
})

test('counts loopback addresses to no group', () => {
  const actor = on.createActor({ maxKnownPerGroup: 4 })
  const relay = on.joinPeer(actor, '1')
  for (let i = 1; i < 20; i++) on.receive(actor, relay, { kind: 'peers', peers: [hint('5', `127.0.0.1:${i}`)] })
  assert.is(actor.state.known.size, 20)
})

test('of strangers a node believes IP addresses in their one spelling, and no names', () => {
  const actor = on.createActor({ literalsOnly: true })
  const relay = on.joinPeer(actor, '1')
  const spellings = [
    '0x0a.5.0.1:7',
    '10.5.0.01:7',
    '[::ffff:10.5.0.1]:7',
    '[::ffff:a05:1]:7',
    'victim.example:7',
    '10.5.0.1:7'
  ]
  for (const [i, address] of spellings.entries())
    on.receive(actor, relay, { kind: 'peers', peers: [hint(String(i + 2), address)] })
  assert.equal(known(actor).sort(), ['10.5.0.1:7', '1:1'])
})

test('dials of what is only heard have one budget for the whole node', () => {
  const actor = on.createActor({ desiredLinks: 5, heardDialBurst: 3, heardDialsPerSecond: 0.1 })
  const relay = on.joinPeer(actor, '1')
  on.dialled(actor)
  let dials = 0
  for (let second = 0; second < 60; second++) {
    const peers = Array.from({ length: 14 }, (_, i) => hint('5', `10.${second}.${i}.1:7`))
    on.receive(actor, relay, { kind: 'peers', peers })
    on.wait(actor, 1_000)
    dials += on.dialled(actor).length
    for (const { dial } of [...actor.state.dials.values()])
      on.feed(actor, { kind: 'dial-failed', dial, reason: 'refused' })
  }
  assert.ok(dials >= 3 && dials <= 10, `${dials} dials`)
})

test('replaces a lost neighbour from the passive view, and dials the next one when that fails', () => {
  const actor = on.createActor({ desiredLinks: 2 })
  on.joinPeer(actor, '1')
  const lost = on.admitPeer(actor, '2')
  on.receive(actor, 1, { kind: 'peers', peers: [hint('5'), hint('6')] })
  on.feed(actor, { kind: 'link-down', link: lost, reason: 'reset' })
  const [first] = on.dialled(actor)
  assert.ok(first === '10.5.0.1:7' || first === '10.6.0.1:7')
  on.feed(actor, { kind: 'dial-failed', dial: on.dialOf(actor), reason: 'refused' })
  const [second] = on.dialled(actor)
  assert.ok(second?.startsWith('10.') && second !== first)
})

test('tries the next address when a dial is silent for two seconds, and no more at a time than it may', () => {
  const actor = on.createActor({ desiredLinks: 2, maxDials: 3 })
  on.joinPeer(actor, '1')
  const lost = on.admitPeer(actor, '2')
  on.receive(actor, 1, { kind: 'peers', peers: ['3', '4', '5', '6', '7'].map((digit) => hint(digit)) })
  on.feed(actor, { kind: 'link-down', link: lost, reason: 'reset' })
  const underWay = () => [...actor.state.dials.values()].filter(({ address }) => address.startsWith('10.')).length
  assert.is(underWay(), 1)
  on.wait(actor, 1_900)
  assert.is(underWay(), 1)
  on.wait(actor, 200)
  assert.is(underWay(), 2)
  on.wait(actor, 5_000)
  assert.ok(actor.state.dials.size <= 3)
})

test('while alone tries three addresses every two seconds', () => {
  const entries = ['3', '4', '5', '6', '7'].map((digit) => hint(digit).address)
  const actor = on.createActor({ entries })
  assert.is(actor.state.dials.size, 3)
  on.wait(actor, 1_900)
  assert.is(actor.state.dials.size, 3)
  on.wait(actor, 200)
  assert.is(actor.state.dials.size, 5)
})

test('goes through the addresses that it knows, as long as a link is missing, until one answers', () => {
  const actor = on.createActor({ desiredLinks: 3 })
  const relay = on.joinPeer(actor, '1')
  on.admitPeer(actor, '2')
  on.receive(actor, relay, { kind: 'peers', peers: [hint('5'), hint('6'), hint('7')] })
  const heard = new Set<string>()
  while (on.dialled(actor).length === 0) on.wait(actor, 500)
  for (let dials = 1; dials < 3; dials++) {
    heard.add(on.dialled(actor)[0] ?? '')
    on.feed(actor, { kind: 'dial-failed', dial: on.dialOf(actor), reason: 'refused' })
  }
  heard.add(on.dialled(actor)[0] ?? '')
  assert.is(heard.size, 3)
  const peer = /10\.(\d)/.exec(on.dialled(actor)[0] ?? '')?.[1] ?? ''
  on.openDial(actor, on.dialOf(actor), peer)
  assert.equal(on.dialled(actor), [])
})

test('dials eight addresses for a missing link at a search, and no more before the next one', () => {
  const actor = on.createActor({ desiredLinks: 3 })
  const relay = on.joinPeer(actor, '1')
  on.admitPeer(actor, '2')
  const rate = () => {
    let dials = 0
    while (on.dialled(actor).some((address) => address.startsWith('10.'))) {
      dials++
      on.feed(actor, { kind: 'dial-failed', dial: on.dialOf(actor), reason: 'refused' })
    }
    return dials
  }
  const peers = Array.from({ length: 40 }, (_, i) => hint('5', `10.${i}.0.1:7`))
  for (let from = 0; from < 40; from += 10) {
    on.receive(actor, relay, { kind: 'peers', peers: peers.slice(from, from + 10) })
  }
  for (let search = 0; search < 3; search++) {
    while (on.dialled(actor).length === 0) on.wait(actor, 100)
    assert.is(rate(), 8)
  }
})

test('forgets an unverified address that fails once, but nothing while it is nearly alone', () => {
  const actor = on.createActor({ desiredLinks: 2 })
  const only = on.joinPeer(actor, '1')
  on.receive(actor, only, { kind: 'peers', peers: [hint('5')] })
  on.feed(actor, { kind: 'link-down', link: only, reason: 'reset' })
  while (on.dialled(actor).length === 0) on.wait(actor, 500)
  on.feed(actor, { kind: 'dial-failed', dial: on.dialOf(actor), reason: 'refused' })
  assert.ok(known(actor).includes('10.5.0.1:7'))
  on.admitPeer(actor, '3')
  const underWay = () => [...actor.state.dials.values()].filter(({ address }) => address === '10.5.0.1:7')
  while (underWay().length === 0) on.wait(actor, 500)
  for (const { dial } of underWay()) on.feed(actor, { kind: 'dial-failed', dial, reason: 'refused' })
  assert.not.ok(known(actor).includes('10.5.0.1:7'))
})

test('hands over peers to a guest that it has no place for, and to everyone when it leaves', () => {
  const actor = on.createActor({ maxGuests: 1, maxLinks: 2, desiredLinks: 2 })
  const [a, b] = [on.admitPeer(actor, '1'), on.admitPeer(actor, '2')]
  const asking = on.acceptLink(actor, '3')
  on.receive(actor, asking, on.request('3', { degree: 3 }))
  const turnedAway = on.acceptLink(actor, '4')
  assert.equal(on.closed(actor), [[turnedAway, 'guests-full']])
  assert.is(handed(actor, turnedAway).length, 2)
  on.feed(actor, { kind: 'leave' })
  assert.equal(handed(actor, a), [{ peer: idOf('2'), address: '2:1' }])
  assert.equal(handed(actor, b), [{ peer: idOf('1'), address: '1:1' }])
})

test('lets a storm of joins push out only what came last, however few neighbours the newcomers report', () => {
  const actor = on.createActor({ random: never })
  const honest = ['a', 'b', 'c', 'd', 'e'].map((peer) => on.admitPeer(actor, peer))
  for (const link of honest) on.feed(actor, { kind: 'peer-degree', link, degree: 12 })
  for (let i = 0; i < 200; i++) {
    actor.now += 10_000
    const link = ++actor.lastLink
    const peer = i.toString(16).padStart(64, '0')
    on.feed(actor, { kind: 'link-open', link, peer, incarnation: 1, dial: null, address: `10.${i}.0.1:7` })
    on.receive(actor, link, { kind: 'join-request', origin: peer, request: i + 1, hops: 0, degree: 0, address: null })
  }
  assert.ok((actor.state.counters.evicted ?? 0) > 10)
  for (const link of honest) assert.ok(on.isNeighbour(actor, link))
})

test('lets newcomers of a network that has its share push out only one of theirs', () => {
  const actor = on.createActor({
    random: never,
    maxLinks: 6,
    desiredLinks: 2,
    maxGroupEvictions: 2,
    evictionGraceMs: 0
  })
  const from = (peer: string, network: string) => {
    const link = ++actor.lastLink
    actor.now += 60_000
    const address = `${network}.${link}:7`
    on.feed(actor, { kind: 'link-open', link, peer: idOf(peer), incarnation: 1, dial: null, address, remote: address })
    on.receive(actor, link, on.request(peer, { hops: 0, request: link }))
    return link
  }
  for (const peer of ['1', '2', '3', '4']) from(peer, '10.0.1')
  const [theirs] = [from('5', '192.0.2'), from('6', '192.0.2')]
  const another = from('7', '192.0.2')
  assert.ok(on.isNeighbour(actor, another))
  assert.equal(['5', '6'].filter((peer) => actor.state.neighbours.has(idOf(peer))).length, 1)
  assert.ok(theirs > 0)
})

test('links again with a neighbour that was out of reach for long, though it misses no link', () => {
  const actor = on.createActor({ desiredLinks: 1, random: () => 0.5 })
  const lost = on.joinPeer(actor, '1')
  on.feed(actor, { kind: 'link-down', link: lost, reason: 'dead' })
  on.admitPeer(actor, '2')
  let fails = 0
  while (fails < 12) {
    on.wait(actor, 1_000)
    for (const { dial } of [...actor.state.dials.values()]) {
      on.feed(actor, { kind: 'dial-failed', dial, reason: 'timeout' })
      fails++
    }
  }
  while (on.dialled(actor).length === 0) on.wait(actor, 1_000)
  const link = on.openDial(actor, on.dialOf(actor), '1')
  assert.ok(on.sent(actor, link).some((packet) => packet.kind === 'join-request'))
  on.receive(actor, link, { kind: 'join-ack', nonce: null })
  assert.ok(on.isNeighbour(actor, link))
})

test('offers no more slots when nobody ever comes for them, until somebody dials it', () => {
  const actor = on.createActor({ desiredLinks: 3, maxUnclaimedOffers: 2, random: never })
  const relay = on.joinPeer(actor, '1')
  const ask = (request: number) => on.receive(actor, relay, on.request('9', { hops: 0, request }))
  const kinds = () => on.sent(actor, relay).map((packet) => packet.kind)
  for (const request of [11, 12]) {
    ask(request)
    assert.ok(kinds().includes('join-offer'))
    on.wait(actor, 11_000)
  }
  ask(13)
  assert.ok(kinds().includes('join-no'))
  on.acceptLink(actor, '3')
  ask(14)
  assert.ok(kinds().includes('join-offer'))
})

test('comes back with the peers that it remembers, and without its own address', () => {
  const actor = on.createActor()
  on.joinPeer(actor, '1')
  on.receive(actor, 1, { kind: 'peers', peers: [hint('5')] })
  const remembered = rememberedPeers(actor.state)
  assert.equal(remembered, [{ address: '1:1', peer: idOf('1') }, hint('5')])
  const again = on.createActor({ remembered: [...remembered, { address: 'me:1', peer: idOf('8') }] })
  assert.equal(on.dialled(again).sort(), ['10.5.0.1:7', '1:1'])
})

test.run()

// The join actor's rules one by one: who is admitted, who gets a slot, what is believed, and what is refused.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { JoinOffer, JoinPacket } from '../../src/join/index.ts'
import * as on from '../support/join-actor.ts'

const ack = { kind: 'join-ack', nonce: null } as const
const never = () => 0.999
const { idOf } = on
const replaced = { kind: 'join-no', origin: idOf('1'), target: idOf('8'), request: 0, reason: 'replaced' } as const

function offerFor(request: number, from: string, nonce = 'a'.repeat(32)): JoinOffer {
  return { kind: 'join-offer', origin: idOf(from), target: idOf('8'), request, address: `${from}:1`, nonce }
}

/** An actor with `count` neighbours '0', '1' ... that dialled it, each with many others. */
function crowded(count: number, options: on.ActorOptions = {}): on.Actor {
  const actor = on.createActor(options)
  for (let i = 0; i < count; i++) {
    const peer = 'abcdef01234567'[i] ?? '9'
    const link = on.admitPeer(actor, peer)
    on.feed(actor, { kind: 'peer-degree', link, degree: 5 + i })
    actor.now += 1
  }
  // What it looks for itself is over, and nothing of it is left to answer.
  on.wait(actor, 6_000)
  return actor
}

/** A guest's own request was passed on to a neighbour, since this node has `count` already. */
function walking(count: number): { actor: on.Actor; link: number; relay: number } {
  const actor = crowded(count, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9', { degree: 1 }))
  const relay = actor.effects.find(({ kind }) => kind === 'send')
  assert.ok(relay?.kind === 'send' && relay.link !== link)
  return { actor, link, relay: relay.link }
}

function refusal(target: string): JoinPacket {
  return { kind: 'join-no', origin: idOf('4'), target: idOf(target), request: 7, reason: 'known' }
}

function requestOf(actor: on.Actor): { request: number; link: number } {
  for (const effect of actor.effects) {
    if (effect.kind === 'send' && effect.packet.kind === 'join-request') {
      return { request: effect.packet.request, link: effect.link }
    }
  }
  throw new Error('nothing was requested')
}

function slotOf(actor: on.Actor): JoinOffer {
  const offer = on.sent(actor).find((packet) => packet.kind === 'join-offer')
  if (offer?.kind !== 'join-offer') throw new Error('no offer was sent')
  return offer
}

test('admits a direct request below the desired degree: the ack goes out before the link joins the flood', () => {
  const actor = on.createActor()
  const link = on.acceptLink(actor, '1')
  const effects = on.receive(actor, link, on.request('1', { degree: 3 }))
  assert.equal(effects[0], { kind: 'send', link, packet: ack })
  assert.equal(effects[1], { kind: 'activate', link })
})

test('lets a direct request walk when it has enough neighbours and the origin is not urgent', () => {
  const actor = crowded(5, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9', { degree: 1 }))
  const [packet] = on.sent(actor)
  assert.ok(packet?.kind === 'join-request' && packet.hops === 4)
  assert.not.ok(on.isNeighbour(actor, link))
})

test('admits an urgent direct request above the desired degree as long as there is room', () => {
  const actor = crowded(11, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9'))
  assert.ok(on.isNeighbour(actor, link))
})

test('cuts the hops of a request that claims too many', () => {
  const actor = crowded(5, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9', { degree: 1, hops: 255 }))
  const [packet] = on.sent(actor)
  assert.ok(packet?.kind === 'join-request' && packet.hops === 4)
})

test('keeps the received bytes of a request that it passes on', () => {
  const actor = crowded(5, { random: never })
  const link = on.acceptLink(actor, '9')
  const frame = new Uint8Array([1, 2, 3])
  const packet = on.request('9', { degree: 1 })
  if (packet.kind === 'join-request') on.receive(actor, link, { ...packet, frame })
  const [passed] = on.sent(actor)
  assert.ok(passed?.kind === 'join-request' && passed.frame === frame)
})

test('offers a slot to a walking request and admits whoever presents the nonce', () => {
  const actor = on.createActor()
  const relay = on.admitPeer(actor, '1')
  on.receive(actor, relay, on.request('9', { degree: 2, hops: 1 }))
  const { nonce, target, address } = slotOf(actor)
  assert.equal([target, address], [idOf('9'), 'me:1'])
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, { kind: 'join-ack', nonce })
  assert.ok(on.isNeighbour(actor, link))
})

test('passes on a request that has only begun its walk, though there is room, unless its origin has nobody', () => {
  const actor = crowded(2)
  const passedOn = (hops: number, degree: number) => {
    on.receive(actor, 1, on.request('9', { degree, hops, request: 10 * hops + degree }))
    return on.sent(actor).some((packet) => packet.kind === 'join-request')
  }
  assert.is(passedOn(2, 1), true)
  assert.is(passedOn(1, 1), false)
  actor.state.reservations.clear()
  assert.is(passedOn(2, 0), false)
})

test('refuses the nonce of a slot that is reserved for another peer', () => {
  const actor = on.createActor()
  const relay = on.admitPeer(actor, '1')
  on.receive(actor, relay, on.request('9', { degree: 2, hops: 1 }))
  const { nonce } = slotOf(actor)
  const thief = on.acceptLink(actor, '7')
  on.receive(actor, thief, { kind: 'join-ack', nonce })
  assert.equal(on.closed(actor), [[thief, 'bad-nonce']])
  assert.is(actor.state.reservations.size, 1)
})

test('refuses a forged nonce and one whose slot has expired', () => {
  const actor = on.createActor()
  const relay = on.admitPeer(actor, '1')
  on.receive(actor, relay, on.request('9', { degree: 2, hops: 1 }))
  const { nonce } = slotOf(actor)
  const forged = on.acceptLink(actor, '9')
  on.receive(actor, forged, { kind: 'join-ack', nonce: 'f'.repeat(32) })
  assert.equal(on.closed(actor), [[forged, 'bad-nonce']])
  on.wait(actor, 10_001)
  const late = on.acceptLink(actor, '9')
  on.receive(actor, late, { kind: 'join-ack', nonce })
  assert.equal(on.closed(actor), [[late, 'bad-nonce']])
  assert.is(actor.state.counters['bad-nonce'], 2)
})

test('counts reserved slots as neighbours: it never gives away more than the maximum', () => {
  const actor = crowded(10, { random: () => 0 })
  const relay = [...actor.state.links.keys()][0] ?? 0
  for (const [i, peer] of ['2', '3', '9', '7'].entries()) {
    if (actor.state.neighbours.has(idOf(peer))) continue
    on.receive(actor, relay, on.request(peer, { degree: 3, request: 100 + i, hops: 0 }))
  }
  const slots = actor.state.reservations.size
  assert.is(slots, 2)
  const link = on.acceptLink(actor, '6')
  on.receive(actor, link, on.request('6', { degree: 1, hops: 0 }))
  assert.not.ok(on.isNeighbour(actor, link))
})

test('at its maximum makes room at the end of a walk for one that has neighbours, once in five minutes', () => {
  const actor = crowded(12)
  const offers = (peer: string) => {
    on.receive(actor, 1, on.request(peer, { degree: 4, hops: 0, request: actor.now }))
    return on.sent(actor).some((packet) => packet.kind === 'join-offer')
  }
  on.wait(actor, 60_000)
  assert.is(offers('7'), true)
  on.wait(actor, 290_000)
  assert.is(offers('6'), false)
  on.wait(actor, 20_000)
  assert.is(offers('9'), true)
})

test('with one link of five, looks for others at least every 12 s; with four, every 48 s', () => {
  for (const [links, longest] of [
    [1, 12_000],
    [4, 48_000]
  ] as const) {
    const actor = crowded(links)
    for (let i = 0; i < 20; i++) on.wait(actor, 60_000)
    assert.is(actor.state.pauseMs, longest)
  }
})

test('offers a peer that asks twice the slot that it has, and no second one', () => {
  const actor = on.createActor()
  const relay = on.admitPeer(actor, '1')
  on.receive(actor, relay, on.request('9', { request: 1 }))
  const [first] = on.sent(actor, relay)
  on.wait(actor, 6_000)
  on.receive(actor, relay, on.request('9', { request: 2, hops: 0 }))
  assert.equal(on.sent(actor, relay), [{ ...first, request: 2 }])
  assert.is(actor.state.reservations.size, 1)
  // It lives no longer for being offered again.
  on.wait(actor, 4_500)
  assert.is(actor.state.reservations.size, 0)
})

test('offers nothing as long as nobody can dial it', () => {
  const actor = on.createActor()
  const relay = on.admitPeer(actor, '1')
  on.feed(actor, { kind: 'listening', address: null })
  on.receive(actor, relay, on.request('9', { hops: 0 }))
  assert.equal(
    on.sent(actor).map((packet) => packet.kind === 'join-no' && packet.reason),
    ['no-address']
  )
})

test('admits a direct joiner on its own link when the walk ends where it began', () => {
  const actor = crowded(11, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9', { degree: 1 }))
  const relay = [...actor.state.links.keys()][0] ?? 0
  on.receive(actor, relay, on.request('9', { degree: 1, hops: 0 }))
  assert.ok(on.isNeighbour(actor, link))
})

test('carries an offer back along the way the request came, and only once', () => {
  const actor = crowded(5, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9', { degree: 1 }))
  const relay = [...actor.state.links.keys()][0] ?? 0
  const offer = { ...offerFor(7, '4'), target: idOf('9') }
  on.receive(actor, relay, offer)
  assert.equal(on.sent(actor, link), [offer])
  on.receive(actor, relay, offer)
  assert.equal(on.sent(actor), [])
  assert.is(actor.state.counters['unsolicited-answer'], 1)
})

test('keeps the first way back of a walk that crosses itself', () => {
  const { actor, link, relay } = walking(12)
  on.receive(actor, relay, on.request('9', { degree: 1, hops: 3 }))
  const no = refusal('9')
  on.receive(actor, relay, no)
  assert.equal(on.sent(actor, link), [no])
})

test('does not take in a guest that answers its own request', () => {
  const { actor, link } = walking(11)
  on.receive(actor, link, refusal('9'))
  assert.not.ok(on.isNeighbour(actor, link))
})

test('takes in who dialled it when the walk from here found nobody, as long as there is room', () => {
  const { actor, link, relay } = walking(11)
  on.receive(actor, relay, refusal('9'))
  assert.ok(on.isNeighbour(actor, link))
  const full = walking(12)
  on.receive(full.actor, full.relay, refusal('9'))
  assert.not.ok(on.isNeighbour(full.actor, full.link))
})

test('dials the acceptor of its own request, and nobody else', () => {
  const actor = on.createActor()
  const relay = on.joinPeer(actor, '1')
  const { request } = requestOf(actor)
  on.receive(actor, relay, offerFor(request + 1000, '5'))
  assert.equal(on.dialled(actor), [])
  on.receive(actor, relay, offerFor(request, '5'))
  assert.equal(on.dialled(actor), ['5:1'])
  on.receive(actor, relay, offerFor(request, '6'))
  assert.equal(on.dialled(actor), [])
  assert.is(actor.state.counters['unsolicited-offer'], 2)
})

test('ignores an answer that comes from another peer than the request went to', () => {
  const actor = on.createActor()
  on.joinPeer(actor, '1')
  const { request } = requestOf(actor)
  const liar = on.acceptLink(actor, '6')
  on.receive(actor, liar, offerFor(request, '5'))
  assert.equal(on.dialled(actor), [])
  assert.is(actor.state.counters['unsolicited-offer'], 1)
})

test('presents the nonce to the peer that the offer named, and to no other', () => {
  const actor = on.createActor()
  const relay = on.joinPeer(actor, '1')
  const asked = actor.effects.flatMap((effect) => {
    return effect.kind === 'send' && effect.packet.kind === 'join-request' ? [effect.packet.request] : []
  })
  on.receive(actor, relay, offerFor(asked[0] ?? 0, '5'))
  const link = on.openDial(actor, on.dialOf(actor), '5')
  assert.equal(on.sent(actor, link), [{ kind: 'join-ack', nonce: 'a'.repeat(32) }])
  on.receive(actor, relay, offerFor(asked[1] ?? 0, '6'))
  const wrong = on.openDial(actor, on.dialOf(actor), '7')
  assert.equal(on.closed(actor), [[wrong, 'wrong-peer']])
})

test('closes a link on which a peer claims to have admitted us unasked', () => {
  const actor = on.createActor()
  const link = on.acceptLink(actor, '1')
  on.receive(actor, link, ack)
  assert.equal(on.closed(actor), [[link, 'unsolicited-ack']])
  assert.is(actor.state.neighbours.size, 0)
})

test('closes a link that the peer admitted when there is no room left', () => {
  const actor = crowded(11, { random: never })
  on.feed(actor, { kind: 'connect', address: '9:1' })
  const ours = on.openDial(actor, on.dialOf(actor), '9')
  const other = on.acceptLink(actor, '7')
  on.receive(actor, other, on.request('7'))
  on.receive(actor, ours, ack)
  assert.equal(on.closed(actor), [[ours, 'full']])
})

test('shut in among those who dialled it, a node goes on until somebody of its own choosing is a neighbour', () => {
  const actor = crowded(11, { random: never, dialledLinks: 1 })
  // The last place is nobody's who dials it.
  const late = on.acceptLink(actor, '7')
  on.receive(actor, late, on.request('7', { degree: 3 }))
  assert.not.ok(on.isNeighbour(actor, late))
  const [one = 0] = [...actor.state.links.keys()]
  on.receive(actor, one, { kind: 'peers', peers: [{ peer: idOf('9'), address: '10.9.0.1:7' }] })
  while (on.dialled(actor).length === 0) on.wait(actor, 1_000)
  const ours = on.openDial(actor, on.dialOf(actor), '9')
  // As urgent as one that has nobody: else it would be sent on a walk that may never leave one stranger's nodes.
  const asked = on.sent(actor, ours).find((packet) => packet.kind === 'join-request')
  assert.ok(asked?.kind === 'join-request' && asked.degree === 0)
  on.receive(actor, ours, ack)
  assert.ok(on.isNeighbour(actor, ours))
  assert.is(actor.state.neighbours.size, 12)
})

test('at its maximum makes room for an urgent joiner, but for no other', () => {
  const actor = crowded(12, { random: never })
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, on.request('9', { degree: 1, hops: 0 }))
  const [peers, no] = on.sent(actor, link)
  assert.ok(peers?.kind === 'peers' && peers.peers.length > 0)
  assert.ok(no?.kind === 'join-no' && no.reason === 'full')
  on.receive(actor, link, on.request('9', { degree: 0, hops: 0, request: 8 }))
  assert.ok(on.isNeighbour(actor, link))
  // Of those that came last, the one with the most neighbours of its own: the twelfth.
  assert.equal(on.closed(actor), [[12, 'replaced']])
})

test('makes room for a promised slot when its nonce comes, not before', () => {
  const actor = crowded(12, { random: never })
  on.receive(actor, 1, on.request('9', { degree: 0, hops: 0 }))
  const { nonce } = slotOf(actor)
  assert.equal(on.closed(actor), [])
  const link = on.acceptLink(actor, '9')
  on.receive(actor, link, { kind: 'join-ack', nonce })
  assert.equal(on.closed(actor), [[12, 'replaced']])
  assert.is(actor.state.neighbours.size, 12)
})

test('never evicts a neighbour that it dialled, nor the two oldest', () => {
  const actor = on.createActor({ maxLinks: 4, desiredLinks: 2, random: never })
  const oldest = ['1', '2'].map((peer) => on.admitPeer(actor, peer))
  for (const peer of ['3', '4']) on.joinPeer(actor, peer)
  for (const link of oldest) on.feed(actor, { kind: 'peer-degree', link, degree: 12 })
  actor.now += 60_000
  const joiner = on.acceptLink(actor, '9')
  on.receive(actor, joiner, on.request('9', { hops: 0 }))
  assert.equal(on.closed(actor), [])
  assert.is(actor.state.neighbours.size, 4)
})

test('spares a neighbour that has only us, but not for ever', () => {
  const actor = on.createActor({ maxLinks: 3, desiredLinks: 2, random: never })
  for (const peer of ['1', '2', '3']) on.admitPeer(actor, peer)
  const joiner = on.acceptLink(actor, '9')
  on.receive(actor, joiner, on.request('9', { hops: 0 }))
  assert.not.ok(on.isNeighbour(actor, joiner))
  on.wait(actor, 30_000)
  const again = on.acceptLink(actor, '9')
  on.receive(actor, again, on.request('9', { hops: 0, request: 8 }))
  assert.ok(on.isNeighbour(actor, again))
})

test('asks the node that evicted it once more, and takes its offer beyond the desired degree', () => {
  const actor = on.createActor({ desiredLinks: 1 })
  const lost = on.joinPeer(actor, '1')
  on.admitPeer(actor, '2')
  on.receive(actor, lost, replaced)
  on.feed(actor, { kind: 'link-down', link: lost, reason: 'peer: replaced' })
  assert.equal(on.dialled(actor), ['1:1'])
  const link = on.openDial(actor, on.dialOf(actor), '1')
  const { request } = requestOf(actor)
  on.receive(actor, link, offerFor(request, '5'))
  assert.equal(on.dialled(actor), ['5:1'])
})

test('keeps the place of a link that was taken from it while it asks once more', () => {
  const actor = on.createActor({ desiredLinks: 1, maxLinks: 2, random: never })
  const lost = on.joinPeer(actor, '1')
  on.admitPeer(actor, '2')
  on.receive(actor, lost, replaced)
  on.feed(actor, { kind: 'link-down', link: lost, reason: 'peer: replaced' })
  const dial = on.dialOf(actor)
  const joiner = on.acceptLink(actor, '9')
  on.receive(actor, joiner, on.request('9'))
  assert.not.ok(on.isNeighbour(actor, joiner))
  const link = on.openDial(actor, dial, '1')
  on.receive(actor, link, ack)
  assert.ok(on.isNeighbour(actor, link))
})

test('drops and counts join requests beyond the rate of one link, and closes nothing', () => {
  const actor = crowded(5, { joinRate: 10, joinBurst: 20 })
  const relay = [...actor.state.links.keys()][0] ?? 0
  for (let i = 0; i < 50; i++) on.receive(actor, relay, on.request('9', { degree: 3, request: i + 1 }))
  assert.is(actor.state.counters['rate-limited'], 30)
  assert.ok(on.isNeighbour(actor, relay))
  actor.now += 1_000
  for (let i = 0; i < 50; i++) on.receive(actor, relay, on.request('9', { degree: 3, request: 100 + i }))
  assert.is(actor.state.counters['rate-limited'], 70)
})

test('refuses walks beyond those that it can remember', () => {
  const actor = crowded(5, { random: never, maxWalks: 3 })
  const relay = [...actor.state.links.keys()][0] ?? 0
  for (let i = 0; i < 4; i++) on.receive(actor, relay, on.request('9', { degree: 3, request: i + 1 }))
  assert.equal(
    on.sent(actor).map((packet) => packet.kind === 'join-no' && packet.reason),
    ['busy']
  )
})

test('a guest that asks again has one walk, not two', () => {
  const actor = crowded(5, { random: never })
  const guest = on.acceptLink(actor, '9')
  for (let i = 1; i <= 50; i++) on.receive(actor, guest, on.request('9', { degree: 3, request: i }))
  assert.is(actor.state.walks.size, 1)
})

test('keeps slots for four of those that one neighbour brings, and for others all the same', () => {
  const actor = crowded(2, { random: () => 0, maxLinks: 20 })
  const [one = 0, other = 0] = [...actor.state.links.keys()]
  for (const peer of ['3', '4', '5', '6', '7', '9']) on.receive(actor, one, on.request(peer, { degree: 3, hops: 0 }))
  assert.is(actor.state.reservations.size, 4)
  on.receive(actor, other, on.request('e', { degree: 3, hops: 0 }))
  assert.is(actor.state.reservations.size, 5)
})

test('a newcomer without a neighbour takes the place of a slot that nobody has come for', () => {
  const actor = crowded(1, { random: () => 0, maxLinks: 2, desiredLinks: 1 })
  const [one = 0] = [...actor.state.links.keys()]
  on.receive(actor, one, on.request('9', { degree: 3, hops: 0 }))
  assert.is(actor.state.reservations.size, 1)
  const guest = on.acceptLink(actor, '7')
  on.receive(actor, guest, on.request('7', { degree: 0 }))
  assert.ok(actor.state.neighbours.has(idOf('7')))
  assert.is(actor.state.counters['slots-dropped'], 1)
})

test('ignores a guest that brings requests of others', () => {
  const actor = crowded(5)
  const guest = on.acceptLink(actor, '9')
  on.receive(actor, guest, on.request('7'))
  assert.equal(on.sent(actor), [])
  assert.is(actor.state.counters['request-from-guest'], 1)
})

test('guests that ask for nothing give way to newcomers, the oldest first, and not to one that comes for its slot', () => {
  const actor = on.createActor({ maxGuests: 2 })
  const relay = on.admitPeer(actor, '1')
  on.receive(actor, relay, on.request('9', { degree: 2, hops: 1 }))
  const [second] = ['2', '3'].map((peer) => on.acceptLink(actor, peer))
  on.acceptLink(actor, '9')
  assert.equal(on.closed(actor), [])
  on.acceptLink(actor, '4')
  assert.equal(on.closed(actor), [[second, 'guests-full']])
})

test('closes a guest that stays one for too long', () => {
  const actor = on.createActor()
  const guest = on.acceptLink(actor, '1')
  assert.is(actor.state.wakeAt, 15_000)
  on.wait(actor, 15_000)
  assert.equal(on.closed(actor), [[guest, 'guest-timeout']])
})

test('gives up a dial that does not end, and says so', () => {
  const actor = on.createActor({ entries: ['hole:1'] })
  const dial = on.dialOf(actor)
  on.wait(actor, 8_000)
  assert.equal(actor.effects[0], { kind: 'cancel-dial', dial })
  const failed = { kind: 'dial', phase: 'failed', address: 'hole:1', attempt: 1, reason: 'timeout' } as const
  assert.equal(on.events(actor), [failed])
  const late = on.openDial(actor, dial, '1')
  assert.equal(on.closed(actor), [[late, 'cancelled']])
})

test('searches at once when a neighbour is lost', () => {
  const actor = on.createActor()
  on.joinPeer(actor, '1')
  const lost = on.admitPeer(actor, '2')
  on.wait(actor, 100_000)
  on.wait(actor, 6_000)
  on.feed(actor, { kind: 'link-down', link: lost, reason: 'reset' })
  assert.ok(on.sent(actor).some((packet) => packet.kind === 'join-request'))
})

test('does not let a neighbour rename the address of an entry', () => {
  const actor = on.createActor({ entries: ['entry:1'] })
  on.feed(actor, { kind: 'dial-failed', dial: on.dialOf(actor), reason: 'refused' })
  const link = ++actor.lastLink
  on.feed(actor, { kind: 'link-open', link, peer: idOf('6'), incarnation: 1, dial: null, address: 'entry:1' })
  on.receive(actor, link, on.request('6'))
  assert.ok(on.isNeighbour(actor, link))
  assert.is(actor.state.known.get('entry:1')?.peer, null)
})

test.run()

// Links that a node dialled itself: strangers who dial it, however many, neither take their places nor end its search.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as on from '../support/join-actor.ts'

const ack = { kind: 'join-ack', nonce: null } as const
const { idOf } = on
const options = { random: () => 0.999, dialledLinks: 3, desiredLinks: 5, maxLinks: 12 } as const

/** As many strangers as there are letters dialled this node and were taken in. */
function besieged(strangers: string): on.Actor {
  const actor = on.createActor(options)
  for (const peer of strangers) {
    const link = on.admitPeer(actor, peer)
    on.feed(actor, { kind: 'peer-degree', link, degree: 5 })
    actor.now += 1
  }
  on.wait(actor, 6_000)
  return actor
}

function learn(actor: on.Actor, ...peers: string[]): void {
  const [link = 0] = actor.state.links.keys()
  const told = peers.map((peer) => ({ peer: idOf(peer), address: `10.9.0.${peer}:7` }))
  on.receive(actor, link, { kind: 'peers', peers: told })
}

function dialNext(actor: on.Actor): number {
  for (let second = 0; on.dialled(actor).length === 0; second++) {
    assert.ok(second < 120, 'nothing is dialled')
    on.wait(actor, 1_000)
  }
  return on.dialOf(actor)
}

function requestOn(actor: on.Actor, link: number): { request: number; degree: number } {
  const asked = on.sent(actor, link).find((packet) => packet.kind === 'join-request')
  assert.ok(asked?.kind === 'join-request')
  return asked
}

test('places for links of its own choosing are kept from strangers, as many as it lacks', () => {
  const actor = besieged('abcdef012')
  const late = on.acceptLink(actor, '9')
  on.receive(actor, late, on.request('9', { degree: 3, hops: 0 }))
  assert.not.ok(on.isNeighbour(actor, late))
  learn(actor, '3')
  const ours = on.openDial(actor, dialNext(actor), '3')
  on.receive(actor, ours, ack)
  assert.ok(on.isNeighbour(actor, ours))
  // One of the three is there: two places are kept, and ten links leave none for a stranger.
  const later = on.acceptLink(actor, '9')
  on.receive(actor, later, on.request('9', { degree: 3, hops: 0, request: 8 }))
  assert.not.ok(on.isNeighbour(actor, later))
})

test('a slot that an own request found is taken though no link is missing', () => {
  const actor = besieged('abcdef')
  learn(actor, '3')
  const entry = on.openDial(actor, dialNext(actor), '3')
  const { request } = requestOn(actor, entry)
  const [nonce, address] = ['a'.repeat(32), '10.9.0.4:7']
  on.receive(actor, entry, { kind: 'join-offer', origin: idOf('4'), target: idOf('8'), request, address, nonce })
  assert.equal(on.dialled(actor), [address])
  const found = on.openDial(actor, on.dialOf(actor), '4')
  on.receive(actor, found, ack)
  assert.ok(on.isNeighbour(actor, found))
  assert.is(actor.state.neighbours.size, 7)
})

test('it goes on until it has reached as many as it wants, and no further', () => {
  const actor = besieged('abcdef')
  learn(actor, '1', '2', '3', '4', '5')
  for (const peer of ['1', '2', '3']) {
    const dial = dialNext(actor)
    const [, host = peer] = /\.(\d):7$/.exec(on.dialled(actor)[0] ?? '') ?? []
    const link = on.openDial(actor, dial, host)
    // As urgent as one that has nobody, until the first of them took it in.
    assert.is(requestOn(actor, link).degree === 0, peer === '1')
    on.receive(actor, link, ack)
  }
  for (let second = 0; second < 120; second++) {
    on.wait(actor, 1_000)
    assert.equal(on.dialled(actor), [])
  }
})

test.run()

// The tutorial's rules of joining and flooding, and the bounds on what they leave open, in simulated time.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { PACKET_TYPES } from '../../src/gob/packet.ts'
import type { PeerInput } from '../../src/tutorial/messages.ts'
import { ack, dials, events, message, OWN_ID, PeerRig, request, sends, textOf } from '../support/peer-rig.ts'

const test = suite('tutorial peer')
const ENTRY = { host: '10.0.0.5', port: 55_555 }

test('asks its entry on a connection that ends with the request, under the address that the entry can reach', () => {
  const rig = new PeerRig()
  const [dial] = dials(rig.input({ kind: 'join', entry: ENTRY }))
  assert.equal(dial?.address, ENTRY)
  const opened = { kind: 'opened', link: dial?.link ?? 0, remoteHost: '10.0.0.5', localHost: '10.0.0.9' } as const
  const [sent, ...others] = sends(rig.input(opened))
  assert.equal(others, [])
  assert.is(sent?.last, true)
  const { type, nodeId, hopsLeft } = sent?.packet ?? message('')
  assert.equal({ type, nodeId, hopsLeft }, { type: PACKET_TYPES.joinRequest, nodeId: OWN_ID, hopsLeft: 5 })
  assert.is(textOf(sent?.packet ?? message('')), '10.0.0.9:55555')
})

test('accepts a request below the desired number: dials its author, and the JOIN_ACK stands on a link that is kept', () => {
  const rig = new PeerRig()
  const { effects } = rig.stranger(request('7', { address: '10.0.0.2:4000' }))
  const [dial] = dials(effects)
  assert.equal(dial?.address, { host: '10.0.0.2', port: 4000 })
  assert.ok(
    effects.some((effect) => effect.kind === 'close'),
    'the connection of the request ends'
  )
  const opened = rig.input({ kind: 'opened', link: dial?.link ?? 0, remoteHost: '10.0.0.2', localHost: '10.0.0.9' })
  assert.equal(
    sends(opened).map(({ packet, last }) => [packet.type, last]),
    [[PACKET_TYPES.joinAck, false]]
  )
  assert.equal(events(opened), [{ kind: 'neighbour-up', nodeId: '7', address: '10.0.0.2:4000' }])
})

test('an entry that takes requests and never answers is told of once, with the address that it should dial', () => {
  const rig = new PeerRig()
  const told = askAndWait(rig, 60_000)
  assert.equal(told, [{ kind: 'unanswered', address: '10.0.0.5:55555', own: '10.0.0.9:55555' }])
})

test('an entry that answers is not told of, and is again when it is lost and silent', () => {
  const rig = new PeerRig({ desiredLinks: 1 })
  const [dial] = dials(rig.input({ kind: 'join', entry: ENTRY }))
  rig.input({ kind: 'opened', link: dial?.link ?? 0, remoteHost: ENTRY.host, localHost: '10.0.0.9' })
  const { link } = rig.stranger(ack('7'), ENTRY.host)
  const linked = events(rig.wakeAll(60_000)).filter(({ kind }) => kind === 'unanswered')
  assert.equal(linked, [])
  rig.input({ kind: 'closed', link, reason: 'closed by the peer' })
  assert.is(askAndWait(rig, 60_000).length, 1)
})

test("a Go node's [::] is the machine that its connection comes from", () => {
  const { effects } = new PeerRig().stranger(request('7', { address: '[::]:55556' }), '192.168.1.4')
  assert.equal(dials(effects)[0]?.address, { host: '192.168.1.4', port: 55_556 })
})

test('never accepts itself, nor whom it is linked to, nor whom it is just dialling', () => {
  const rig = new PeerRig()
  assert.equal(dials(rig.stranger(request(OWN_ID)).effects), [])
  assert.is(dials(rig.stranger(request('7')).effects).length, 1)
  assert.equal(dials(rig.stranger(request('7')).effects), [])
  rig.neighbour('8')
  assert.equal(dials(rig.stranger(request('8')).effects), [])
})

test('accepts with a chance of one in n and one above the desired number, and never beyond the maximum', () => {
  const rig = new PeerRig({ desiredLinks: 1, maxLinks: 2 })
  rig.neighbour('1')
  rig.chance = 0.51
  assert.equal(dials(rig.stranger(request('2')).effects), [])
  rig.chance = 0.49
  rig.neighbour('2')
  rig.chance = 0
  assert.equal(dials(rig.stranger(request('3')).effects), [])
})

test('what it does not accept walks on to another neighbour, under a new id and with a hop less', () => {
  const rig = new PeerRig({ desiredLinks: 2, maxLinks: 2 })
  const [one, two] = [rig.neighbour('1'), rig.neighbour('2')]
  const asked = request('1', { hopsLeft: 3, address: '[::]:4000' })
  const [sent, ...others] = sends(rig.packet(one, asked))
  assert.equal(others, [])
  assert.is(sent?.link, two, 'not to its author')
  assert.is(sent?.packet.hopsLeft, 2)
  assert.not.equal(sent?.packet.uniqueId, asked.uniqueId)
  assert.is(textOf(sent?.packet ?? message('')), '10.0.0.1:4000', 'who passes it on knows where it came from')
})

test('a request without hops ends here, and one with more than five has five', () => {
  const rig = new PeerRig({ desiredLinks: 2, maxLinks: 2 })
  const [one] = [rig.neighbour('1'), rig.neighbour('2')]
  assert.equal(sends(rig.packet(one, request('9', { hopsLeft: 0 }))), [])
  assert.equal(sends(rig.packet(one, request('9', { hopsLeft: -3 }))), [])
  assert.is(sends(rig.packet(one, request('9', { hopsLeft: 2 ** 50 })))[0]?.packet.hopsLeft, 4)
})

test('takes one JOIN_ACK for each request of its own, in time, and no other', () => {
  const rig = new PeerRig()
  assert.equal(events(rig.stranger(ack('1')).effects), [{ kind: 'refused', host: '10.0.0.1', reason: 'unasked-ack' }])
  ask(rig)
  assert.is(events(rig.stranger(ack('2')).effects)[0]?.kind, 'neighbour-up')
  assert.is(events(rig.stranger(ack('3')).effects)[0]?.kind, 'refused')
  ask(rig)
  rig.nowMs += 60_000
  assert.is(events(rig.stranger(ack('4')).effects)[0]?.kind, 'refused')
  assert.is(rig.degree, 1)
})

test('a storm of requests makes it dial a few addresses, then one a second', () => {
  const rig = new PeerRig({ desiredLinks: 1000, maxLinks: 1000, maxDials: 1000 })
  const storm = (): number =>
    Array.from({ length: 200 }, (_, index) => request(`${rig.nowMs}-${index}`)).flatMap((packet) => {
      return dials(rig.stranger(packet).effects)
    }).length
  assert.is(storm(), rig.state.options.foreignDialBurst)
  rig.nowMs += 3_000
  assert.is(storm(), 3)
})

test('addresses that are none are not dialled', () => {
  for (const address of [
    '',
    'nowhere',
    '10.0.0.2',
    '10.0.0.2:0',
    '10.0.0.2:99999',
    `${'a'.repeat(300)}:1`,
    '\u0000:1'
  ]) {
    const { effects } = new PeerRig().stranger(request('7', { address }))
    assert.equal([dials(effects).length, events(effects)[0]?.kind], [0, 'refused'], JSON.stringify(address))
  }
})

test('silent strangers are let go, and there is room for so many only', () => {
  const rig = new PeerRig({ maxStrangers: 2 })
  const accept = (link: number) => rig.input({ kind: 'accepted', link, remoteHost: '10.0.0.3', localHost: '10.0.0.9' })
  assert.equal([1, 2].flatMap(accept), [])
  assert.equal(
    accept(3).map(({ kind }) => kind),
    ['event', 'close']
  )
  assert.is(rig.wake().filter(({ kind }) => kind === 'close').length, 2)
  assert.is(rig.state.links.size, 0)
})

test('a stranger that begins with a message is sent away', () => {
  const { effects } = new PeerRig().stranger(message('hello'))
  assert.equal(
    effects.map(({ kind }) => kind),
    ['event', 'close']
  )
})

test('a message is heard once, and goes to all neighbours but the one that brought it', () => {
  const rig = new PeerRig()
  const [one, two, three] = [rig.neighbour('1'), rig.neighbour('2'), rig.neighbour('3')]
  const hello = message('hello')
  const effects = rig.packet(one, hello)
  assert.equal(effects.filter(({ kind }) => kind === 'heard').length, 1)
  assert.equal(
    sends(effects).map(({ link }) => link),
    [two, three]
  )
  const again = rig.packet(two, hello)
  assert.equal(again, [{ kind: 'known', link: two, uniqueId: hello.uniqueId }])
})

test('what is said goes to every neighbour, and under an id that came by already to nobody', () => {
  const rig = new PeerRig()
  const links = [rig.neighbour('1'), rig.neighbour('2')]
  const say = (uniqueId: bigint) => rig.input({ kind: 'say', payload: new Uint8Array(1), uniqueId })
  assert.equal(
    sends(say(5n)).map(({ link }) => link),
    links
  )
  assert.equal(say(5n), [])
})

test('a lost neighbour is replaced by a walk through one that is left, with a hop spent', () => {
  const rig = new PeerRig({ desiredLinks: 2 })
  const [one, two] = [rig.neighbour('1'), rig.neighbour('2')]
  const effects = rig.input({ kind: 'closed', link: one, reason: 'gone' })
  assert.equal(
    sends(effects).map(({ link, packet }) => [link, packet.type, packet.nodeId, packet.hopsLeft]),
    [[two, PACKET_TYPES.joinRequest, OWN_ID, 4]]
  )
})

test('a slot whose dial comes to nothing is looked for again', () => {
  const rig = new PeerRig({ desiredLinks: 2 })
  assert.is(dials(rig.stranger(request('9')).effects).length, 1)
  rig.neighbour('1')
  const sent = [1, 2, 3].flatMap(() => sends(rig.wake()))
  assert.is(rig.degree, 1)
  assert.is(sent[0]?.packet.type, PACKET_TYPES.joinRequest)
})

test('dials that fail for others do not put off its own attempts', () => {
  const rig = new PeerRig({ desiredLinks: 3 })
  rig.neighbour('1')
  for (let attempt = 0; attempt < 20; attempt++) rig.wake()
  const dueMs = rig.state.retryAtMs
  rig.nowMs += 100
  const [dial] = dials(rig.stranger(request('9')).effects)
  rig.input({ kind: 'closed', link: dial?.link ?? 0, reason: 'ECONNREFUSED' })
  assert.is(rig.state.retryAtMs, dueMs)
})

test('requests that nobody answers are not remembered for ever', () => {
  const rig = new PeerRig({ desiredLinks: 2 })
  rig.neighbour('1')
  for (let attempt = 0; attempt < 200; attempt++) rig.wake()
  assert.ok(rig.state.credits.length <= 3, `${rig.state.credits.length} remembered`)
})

test('a node id that is longer than any that Go draws is nobody', () => {
  const { effects } = new PeerRig().stranger(request('7'.repeat(65)))
  assert.equal(dials(effects), [])
  const rig = new PeerRig()
  ask(rig)
  rig.stranger(ack('7'.repeat(65)))
  assert.is(rig.degree, 0)
})

test('alone, it tries its entry and those it has heard of for ever, less and less often', () => {
  const rig = new PeerRig({ desiredLinks: 1 })
  const link = rig.neighbour('1')
  rig.input({ kind: 'join', entry: ENTRY })
  rig.input({ kind: 'closed', link, reason: 'gone' })
  const tried = new Set<string>()
  const pauses: number[] = []
  for (let attempt = 0; attempt < 40; attempt++) {
    const beforeMs = rig.nowMs
    for (const { link, address } of dials(rig.wake())) {
      tried.add(address.host)
      pauses.push(rig.nowMs - beforeMs)
      rig.input({ kind: 'closed', link, reason: 'ECONNREFUSED' })
    }
  }
  assert.equal([...tried].sort(), ['10.0.0.2', '10.0.0.5'])
  assert.ok(pauses.length > 20)
  assert.ok(Math.max(...pauses) <= 60_000 && Math.max(...pauses) >= 30_000)
})

test('whatever comes in whatever order: never more links than the maximum, and everything that waits has a deadline', () => {
  const link = fc.integer({ min: -12, max: 12 }).filter((id) => id !== 0)
  const packet = fc.oneof(
    fc
      .record({ nodeId: fc.integer({ min: 995, max: 1005 }).map(String), hopsLeft: fc.integer() })
      .map(({ nodeId, hopsLeft }) => request(nodeId, { hopsLeft })),
    fc.integer({ min: 995, max: 1005 }).map((id) => ack(String(id))),
    fc.constant('hello').map((text) => message(text))
  )
  const hosts = { remoteHost: '10.0.0.1', localHost: '10.0.0.9' }
  const input: fc.Arbitrary<PeerInput> = fc.oneof(
    fc.integer({ min: 1, max: 12 }).map((id): PeerInput => ({ kind: 'accepted', link: id, ...hosts })),
    link.map((id): PeerInput => ({ kind: 'opened', link: id, ...hosts })),
    fc.tuple(link, packet).map(([id, packet]): PeerInput => ({ kind: 'packet', link: id, packet })),
    link.map((id): PeerInput => ({ kind: 'closed', link: id, reason: 'gone' })),
    fc.constant<PeerInput>({ kind: 'join', entry: ENTRY }),
    fc.constant<PeerInput>({ kind: 'wake' })
  )
  check(
    fc.array(fc.tuple(input, fc.nat(20_000), fc.double({ min: 0, max: 0.999, noNaN: true })), { maxLength: 60 }),
    (inputs) => {
      const rig = new PeerRig({ desiredLinks: 3, maxLinks: 4 })
      for (const [given, afterMs, chance] of inputs) {
        Object.assign(rig, { nowMs: rig.nowMs + afterMs, chance })
        rig.input(given)
        assert.ok(rig.degree <= 4)
        const ids = [...rig.state.links.values()].flatMap((link) => ('nodeId' in link ? [link.nodeId] : []))
        assert.is(new Set(ids).size, ids.length, 'one link to each node')
        assert.not.ok(ids.includes(OWN_ID))
      }
    },
    2000
  )
})

test.run()

/** Every dial succeeds, nobody answers. */
function askAndWait(rig: PeerRig, forMs: number) {
  const first = rig.state.entries.length === 0 ? rig.input({ kind: 'join', entry: ENTRY }) : []
  const effects = rig.wakeAll(forMs, first)
  return events(effects).filter(({ kind }) => kind === 'unanswered')
}

/** One request of its own reaches the entry. */
function ask(rig: PeerRig): void {
  for (const { link } of dials(rig.input({ kind: 'join', entry: ENTRY }))) {
    rig.input({ kind: 'opened', link, remoteHost: '10.0.0.5', localHost: '10.0.0.9' })
  }
}

// What one bridge carries over, to whom, under which name, and what it refuses.
import { encodeEnvelope } from '@floodnet/chat'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { encodeControl, encodeText } from '../../src/relay/hub-payload.ts'
import { Relay, type RelayEffect } from '../../src/relay/relay.ts'
import type { BridgedMessage, ForeignMessage } from '../../src/side.ts'

const test = suite('relay')

test('what is said in floodnet is said on every side, under its name with the mark of floodnet', () => {
  const says = saysIn(newRelay().onMessage(message(envelope('alice', 'hello')), 0))
  assert.equal(
    says.map(({ side, word }) => [side, word.from, word.text, word.to]),
    [
      ['gob', 'alice@floodnet', 'hello', ''],
      ['gop2p', 'alice@floodnet', 'hello', '']
    ]
  )
  assert.ok(says.every(({ word }) => word.id > 0n && word.id < 1n << 63n))
})

test('what is said on a side is written into floodnet and said on the other, and not on its own', () => {
  const effects = newRelay().onHeard('gob', foreign('bob', 'hi'), 0)
  assert.equal(writesIn(effects), [{ Text: 'hi', From: 'bob@gob', To: '', Via: 'gob' }])
  assert.equal(
    saysIn(effects).map(({ side, word }) => [side, word.from, word.text]),
    [['gop2p', 'bob@gob@floodnet', 'hi']]
  )
})

test('two bridges give a word of floodnet one id, and a word of the side one, and different words different ones', () => {
  const [one, two] = [newRelay('one'), newRelay('two')]
  const ids = [one, two].map((relay) => idsIn(relay.onMessage(message(envelope('alice', 'hello')), 0)))
  assert.equal(ids[0], ids[1])
  const further = idsIn(one.onMessage(message(envelope('alice', 'hello'), { seq: 2 }), 0))
  assert.not.equal(further, ids[0])
  const outside = [one, two].map((relay) => idsIn(relay.onHeard('gob', foreign('bob', 'hi'), 0)))
  assert.equal(outside[0], outside[1])
})

test('a word that came from a network never goes back to it, by whatever way', () => {
  const relay = newRelay()
  assert.equal(relay.onHeard('gob', foreign('alice@floodnet', 'hello'), 0), [])
  assert.equal(relay.onHeard('gob', foreign('alice@floodnet@lab', 'hello'), 0), [])
  const round = encodeText({ from: 'bob@gob@lab', text: 'hi', to: '', origin: { side: 'lab', key: '1', id: 1n } })
  assert.equal(
    saysIn(relay.onMessage(message(round), 0)).map(({ side }) => side),
    ['gop2p']
  )
})

test('a word heard twice under one key is written once', () => {
  const relay = newRelay()
  assert.is(writesIn(relay.onHeard('gob', foreign('bob', 'hi'), 0)).length, 1)
  assert.equal(relay.onHeard('gob', foreign('bob', 'hi'), 0), [])
})

test('what another bridge has written already is not written again', () => {
  const relay = newRelay()
  const [other] = newRelay('other').onHeard('gob', foreign('bob', 'hi'), 0)
  relay.onMessage(message(payloadOf(other)), 0)
  assert.equal(relay.onHeard('gob', foreign('bob', 'hi'), 0), [])
})

test('who only pretends that a word was carried over, with another text, keeps nobody from saying it', () => {
  const relay = newRelay()
  const origin = { side: 'gob', key: '1', id: 1n }
  relay.onMessage(message(encodeText({ from: 'bob@gob', text: 'lies', to: '', origin })), 0)
  assert.is(writesIn(relay.onHeard('gob', foreign('bob', 'hi'), 0)).length, 1)
})

test("nobody can take another word's id before it is said", () => {
  const relay = newRelay()
  const [victim] = idsIn(newRelay().onMessage(message(envelope('alice', 'hello')), 0))
  const origin = { side: 'lab', key: '1', id: victim ?? 0n }
  const [taken] = idsIn(relay.onMessage(message(encodeText({ from: 'eve', text: 'x', to: '', origin })), 0))
  assert.not.equal(taken, victim)
})

test('a direct message goes to the side that its addressee is marked with, alone, and without the mark', () => {
  const says = saysIn(newRelay().onMessage(message(envelope('alice', ' psst', 'bob@gob')), 0))
  assert.equal(
    says.map(({ side, word }) => [side, word.to, word.text]),
    [['gob', 'bob', ' psst']]
  )
  const inward = writesIn(newRelay().onHeard('gob', { ...foreign('bob', ' psst'), to: 'alice@floodnet' }, 0))
  assert.equal(inward, [{ Text: ' psst', From: 'bob@gob', To: 'alice', Via: 'gob' }])
})

test('a direct message within floodnet, or within a side, stays there', () => {
  const relay = newRelay()
  assert.equal(relay.onMessage(message(envelope('alice', 'psst', 'carol')), 0), [])
  assert.equal(relay.onHeard('gob', { ...foreign('bob', 'psst'), to: 'dave' }, 0), [])
})

test('a direct message that a side refuses is answered with its word, to the one who sent it', () => {
  const relay = newRelay()
  const [say] = saysIn(relay.onMessage(message(envelope('alice', 'psst', 'bob@gob')), 0))
  assert.ok(say)
  assert.equal(writesIn(relay.onSaid(say as Say, { refused: 'nobody is called bob' }, 0)), [
    { Text: 'not said to bob@gob: nobody is called bob', From: 'bridge@gob', To: 'alice', Via: 'gob' }
  ])
})

test('with a sibling, one of both says a direct message, and tells the other that it is done', () => {
  const relays = [newRelay('one'), newRelay('two')]
  relays[0]?.onMessage({ ...message(relays[1]?.hello() ?? new Uint8Array()), origin: 'two' }, 0)
  relays[1]?.onMessage({ ...message(relays[0]?.hello() ?? new Uint8Array()), origin: 'one' }, 0)
  const direct = message(envelope('alice', 'psst', 'bob@gob'))
  const says = relays.map((relay) => saysIn(relay.onMessage(direct, 0)))
  assert.equal(says.map(({ length }) => length).sort(), [0, 1])
  const context = says[0]?.length === 1 ? 0 : 1
  const [said] = says[context] ?? []
  const [done] = relays[context]?.onSaid(said as Say, null, 0) ?? []
  relays[1 - context]?.onMessage(message(payloadOf(done)), 10)
  assert.equal(relays[1 - context]?.onTick(60_000), [])
})

test('a new bridge is greeted at once, one that leaves is forgotten, and no more than eight are believed', () => {
  const relay = newRelay()
  const hello = encodeControl({ kind: 'hello', sides: ['gob'] })
  const greet = (origin: string) => relay.onMessage({ ...message(hello), origin }, 0)
  assert.is(greet('other').length, 1)
  assert.is(greet('other').length, 0)
  relay.onMessage({ ...message(encodeControl({ kind: 'hello', sides: [] })), origin: 'other' }, 0)
  assert.is(relay.otherBridges, 0)
  for (let index = 0; index < 100; index++) greet(`pretender${index}`)
  assert.is(relay.otherBridges, 8)
})

test('lines are carried as they are, what programs say to each other is not, nor what is no text', () => {
  const relay = newRelay()
  assert.is(saysIn(relay.onMessage(message(bytes('a line')), 0))[0]?.word.from, 'node-aaaaaaaa@floodnet')
  assert.equal(relay.onMessage(message(bytes('{"kind":"presence"}')), 0), [])
  assert.equal(
    relay.onMessage(message(Uint8Array.of(0xff)), 0).map(({ kind }) => kind),
    ['not-carried']
  )
})

test('a text that is too long is said on no side, counted for each, and told to its writer once', () => {
  const effects = newRelay().onMessage(message(envelope('alice', 'x'.repeat(20_000))), 0)
  assert.equal(lossesIn(effects), ['gob: a text of over 16384 bytes', 'gop2p: a text of over 16384 bytes'])
  assert.equal(saysIn(effects), [])
  assert.equal(writesIn(effects), [
    {
      Text: 'not said on gob and gop2p: 20000 bytes, 16384 at most',
      From: 'bridge@gob',
      To: 'alice',
      Via: 'gob'
    }
  ])
})

test('a long text of a side is carried into floodnet, and only what is not said is told', () => {
  const long = 'x'.repeat(20_000)
  const alone = new Relay('bridge', 'floodnet', () => 1n)
  alone.addSide('gob', true)
  const carried = alone.onHeard('gob', foreign('bob', long), 0)
  assert.equal(
    carried.map(({ kind }) => kind),
    ['write']
  )
  const effects = newRelay().onHeard('gob', foreign('bob', long), 0)
  assert.equal(lossesIn(effects), ['gop2p: a text of over 16384 bytes'])
  assert.equal(
    saysIn(effects).map(({ side, word }) => `${side} ${word.from}>${word.to}: ${word.text}`),
    ['gob bridge@floodnet>bob: not said on gop2p: 20000 bytes, 16384 at most']
  )
})

test('of several bridges that all see a word that is too long, one tells its writer', () => {
  const relays = ['one', 'two', 'three'].map((id) => newRelay(id))
  for (const [index, relay] of relays.entries()) {
    for (const [from, other] of relays.entries()) {
      if (from !== index) relay.onMessage({ ...message(other.hello()), origin: ['one', 'two', 'three'][from] ?? '' }, 0)
    }
  }
  const told = relays.map((relay) => {
    const effects = relay.onMessage(message(envelope('alice', 'x'.repeat(20_000))), 0)
    return writesIn(effects).length
  })
  assert.equal(told.sort(), [0, 0, 1])
})

test('a word for everyone that nobody took is told to its writer, wherever that is', () => {
  const relay = newRelay()
  const [, mine] = saysIn(relay.onMessage(message(envelope('alice', 'hello')), 0))
  assert.equal(writesIn(relay.onSaid(mine as Say, { refused: 'node not connected' }, 0)), [
    { Text: 'not said on gop2p: node not connected', From: 'bridge@gop2p', To: 'alice', Via: 'gop2p' }
  ])
  const [theirs] = saysIn(relay.onHeard('gob', foreign('bob', 'hi'), 0))
  assert.equal(
    saysIn(relay.onSaid(theirs as Say, { refused: 'node not connected' }, 0)).map(({ side, word }) => [
      side,
      word.to,
      word.text
    ]),
    [['gob', 'bob', 'not said on gop2p: node not connected']]
  )
})

test('bridges and programs without a name are told nothing, and nobody is told without end', () => {
  const relay = newRelay()
  const refused = { refused: 'nobody is there' }
  let seq = 0
  const tellingOf = (writer: string): number => {
    const [say] = saysIn(relay.onMessage(message(envelope(writer, 'psst', 'bob@gob'), { seq: ++seq }), 0))
    return writesIn(relay.onSaid(say as Say, refused, 0)).length
  }
  for (const writer of ['bridge', 'bridge@lab', '']) assert.is(tellingOf(writer), 0, writer)
  const told = Array.from({ length: 100 }, () => tellingOf('alice'))
  assert.is(
    told.reduce((sum, one) => sum + one, 0),
    8
  )
})

test('no escape sequence and no line break reaches programs that print whatever comes', () => {
  const payload = envelope('al\u001b[31mice\n<x@gop2p>', 'one\r\ntwo\u001b]0;title\u0007')
  const [say] = saysIn(newRelay().onMessage(message(payload), 0))
  assert.equal([say?.word.from, say?.word.text], ['alice⏎_x@gop2p_@floodnet', 'one⏎two'])
})

test('no mark of a network is ever cut from a name, however long it is', () => {
  const marks = ['a', 'b', 'c'].map((letter) => `@${letter.repeat(32)}`).join('')
  const [say] = saysIn(newRelay().onHeard('gob', foreign(`${'x'.repeat(100)}${marks}`, 'hi'), 0))
  assert.is(say?.word.from, `${'x'.repeat(80)}${marks}@gob@floodnet`)
})

test('what has come through more networks than eight is carried no further', () => {
  const relay = newRelay()
  const far = `bob${'@far'.repeat(9)}`
  const origin = { side: 'far', key: '1', id: 1n }
  for (const effects of [
    relay.onHeard('gob', foreign(far, 'hi'), 0),
    relay.onMessage(message(encodeText({ from: far, text: 'hi', to: '', origin })), 0)
  ]) {
    assert.equal(
      effects.map(({ kind }) => kind),
      ['not-carried']
    )
  }
})

test('any payload of floodnet is taken without an exception', () => {
  const part = fc.oneof(fc.string(), fc.jsonValue())
  const bridge = fc.record({ Side: part, Key: part, Id: part, Hello: part, Done: part }, { requiredKeys: [] })
  const alike = fc.record(
    {
      Text: fc.string(),
      From: part,
      To: fc.oneof(fc.constant('@bridges'), part),
      Via: part,
      Bridge: fc.oneof(bridge, part)
    },
    { requiredKeys: ['Text'] }
  )
  const payloads = fc.oneof(
    fc.uint8Array(),
    alike.map((fields) => bytes(JSON.stringify(fields)))
  )
  check(payloads, (payload) => assert.ok(Array.isArray(newRelay().onMessage(message(payload), 0))))
})

test.run()

type Say = Extract<RelayEffect, { kind: 'say' }>

function newRelay(id = 'bridge'): Relay {
  let drawn = 0n
  const relay = new Relay(id, 'floodnet', () => ++drawn)
  relay.addSide('gob', true)
  relay.addSide('gop2p', false)
  return relay
}

function foreign(from: string, text: string): ForeignMessage {
  return { key: '1', bridgedId: null, from, text, to: '' }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function envelope(from: string, text: string, to = ''): Uint8Array {
  return encodeEnvelope({ from, text, to })
}

function message(payload: Uint8Array, { seq = 1 } = {}) {
  return { payload, origin: 'a'.repeat(64), incarnation: 1, seq, index: 0 }
}

function saysIn(effects: readonly RelayEffect[]): Say[] {
  return effects.filter((effect) => effect.kind === 'say')
}

function lossesIn(effects: readonly RelayEffect[]): string[] {
  return effects.flatMap((effect) => (effect.kind === 'not-carried' ? [`${effect.about}: ${effect.reason}`] : []))
}

function idsIn(effects: readonly RelayEffect[]): BridgedMessage['id'][] {
  return saysIn(effects).map(({ word }) => word.id)
}

function payloadOf(effect: RelayEffect | undefined): Uint8Array {
  return effect?.kind === 'write' ? effect.payload : new Uint8Array()
}

/** Envelopes without the field for bridges. */
function writesIn(effects: readonly RelayEffect[]): object[] {
  const writes = effects.filter((effect) => effect.kind === 'write')
  return writes.map(({ payload }) => {
    const { Bridge: _, ...fields } = JSON.parse(new TextDecoder().decode(payload))
    return fields
  })
}

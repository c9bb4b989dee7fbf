import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { decodeEnvelope, type Envelope, encodeEnvelope, MAX_ENVELOPE_BYTES } from '../../src/wire/envelope.ts'
import { encodePresence } from '../../src/wire/presence.ts'
import { hostileText } from '../support/hostile-text.ts'
import { PART5_VECTORS } from '../support/part5-vectors.ts'

function decodeText(text: string) {
  return decodeEnvelope(new TextEncoder().encode(text))
}

test('reads what the Go program of the tutorial sends', () => {
  for (const { from, to, textHex, payloadHex } of PART5_VECTORS) {
    // Go replaces invalid UTF-8 in the text when it encodes, as decoding leniently does here.
    const text = new TextDecoder().decode(Buffer.from(textHex, 'hex'))
    assert.equal(decodeEnvelope(Buffer.from(payloadHex, 'hex')), {
      kind: 'envelope',
      envelope: { text, from, to, via: '' }
    })
  }
})

test('writes the fields of the Go program in its order', () => {
  assert.is(
    new TextDecoder().decode(encodeEnvelope({ text: 'hello all', from: 'alice', to: '', via: '' })),
    '{"Text":"hello all","From":"alice","To":""}'
  )
})

test('reads back what it wrote', () => {
  const anyEnvelope = fc.record({ text: hostileText, from: hostileText, to: hostileText, via: hostileText })
  check(anyEnvelope, (envelope: Envelope) => {
    const wellFormed = {
      text: fix(envelope.text),
      from: fix(envelope.from),
      to: fix(envelope.to),
      via: fix(envelope.via)
    }
    const expected =
      wellFormed.text.trim() === ''
        ? { kind: 'invalid', reason: 'empty-text' }
        : { kind: 'envelope', envelope: wellFormed }
    assert.equal(decodeEnvelope(encodeEnvelope(wellFormed)), expected)
  })
})

test('takes an absent or null sender and addressee as none and ignores unknown fields', () => {
  const expected = { kind: 'envelope', envelope: { text: 'x', from: '', to: '', via: '' } }
  assert.equal(decodeText('{"Text":"x"}'), expected)
  assert.equal(decodeText('{"Text":"x","From":null,"To":null}'), expected)
  assert.equal(decodeText('{"Later":[1,{"a":2}],"Text":"x","__proto__":{"To":"me"}}'), expected)
})

test('names what is wrong with a payload that is no chat message', () => {
  const cases = {
    '': 'not-json',
    hello: 'not-json',
    '{"Text":"x"': 'not-json',
    '"text"': 'not-object',
    null: 'not-object',
    '[{"Text":"x"}]': 'not-object',
    '{}': 'bad-text',
    '{"text":"x"}': 'bad-text',
    '{"Text":7}': 'bad-text',
    '{"Text":["x"]}': 'bad-text',
    '{"Text":"x","From":{}}': 'bad-from',
    '{"Text":"x","To":false}': 'bad-to',
    '{"Text":"x","Via":7}': 'bad-via',
    '{"Text":" \\n "}': 'empty-text',
    '{"Type":"presence"}': 'bad-presence',
    '{"Type":"presence","Name":"x","Key":"c2hvcnQ=","State":"here"}': 'bad-presence',
    '{"Type":"presence","Name":"x","Key":7,"State":"here"}': 'bad-presence'
  }
  for (const [payload, reason] of Object.entries(cases))
    assert.equal(decodeText(payload), { kind: 'invalid', reason }, payload)
})

test('does not parse a payload over the limit', () => {
  assert.equal(decodeEnvelope(new Uint8Array(MAX_ENVELOPE_BYTES + 1)), { kind: 'invalid', reason: 'too-large' })
})

test('survives nesting as deep as the limit allows', () => {
  assert.is(decodeText(`{"Text":${'['.repeat(1_000_000)}`).kind, 'invalid')
})

test('shows invalid UTF-8 as replacement characters', () => {
  const payload = Buffer.concat([Buffer.from('{"Text":"a'), Buffer.from([0xff, 0xc3]), Buffer.from('b"}')])
  assert.equal(decodeEnvelope(payload), {
    kind: 'envelope',
    envelope: { text: 'a\uFFFD\uFFFDb', from: '', to: '', via: '' }
  })
})

test('a presence message is read as it was written, and only with all its fields', () => {
  const key = new Uint8Array(32).fill(7)
  check(hostileText, (name) => {
    const presence = { name: fix(name), key, state: 'here', asks: true } as const
    assert.equal(decodeEnvelope(encodePresence(presence)), { kind: 'presence', presence })
  })
  const good = { Type: 'presence', Name: 'x', Key: Buffer.from(key).toString('base64'), State: 'gone' }
  assert.equal(decodeText(JSON.stringify(good)), {
    kind: 'presence',
    presence: { name: 'x', key, state: 'gone', asks: false }
  })
  const someField = fc.record({ name: fc.constantFrom('Name', 'Key', 'State'), value: fc.jsonValue() })
  check(someField, ({ name, value }) => {
    const decoded = decodeText(JSON.stringify({ ...good, [name]: value }))
    const isFine = name === 'Name' ? typeof value === 'string' : value === 'here' || value === 'gone'
    assert.is(decoded.kind, isFine ? 'presence' : 'invalid')
  })
})

test('never throws, whatever the bytes', () => {
  check(fc.uint8Array({ maxLength: 200 }), (payload) => {
    decodeEnvelope(payload)
  })
  check(fc.json(), (json) => {
    decodeText(json)
  })
})

// UTF-8 cannot carry lone surrogates.
function fix(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD')
}

test.run()

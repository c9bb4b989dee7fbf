import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeEnvelope, type Envelope, encodeEnvelope, MAX_ENVELOPE_BYTES } from '../src/envelope.ts'
import { PART5_VECTORS } from './support/part5-vectors.ts'
import { check, hostileText } from './support/property.ts'

function decodeText(text: string) {
  return decodeEnvelope(new TextEncoder().encode(text))
}

test('reads what the Go program of the tutorial sends', () => {
  for (const { from, to, textHex, payloadHex } of PART5_VECTORS) {
    // Go replaces invalid UTF-8 in the text when it encodes, as decoding leniently does here.
    const text = new TextDecoder().decode(Buffer.from(textHex, 'hex'))
    assert.equal(decodeEnvelope(Buffer.from(payloadHex, 'hex')), { kind: 'envelope', envelope: { text, from, to } })
  }
})

test('writes the fields of the Go program in its order', () => {
  assert.is(
    new TextDecoder().decode(encodeEnvelope({ text: 'hello all', from: 'alice', to: '' })),
    '{"Text":"hello all","From":"alice","To":""}'
  )
})

test('reads back what it wrote', () => {
  const anyEnvelope = fc.record({ text: hostileText, from: hostileText, to: hostileText })
  check(anyEnvelope, (envelope: Envelope) => {
    const wellFormed = { text: fix(envelope.text), from: fix(envelope.from), to: fix(envelope.to) }
    const expected =
      wellFormed.text.trim() === ''
        ? { kind: 'junk', reason: 'empty-text' }
        : { kind: 'envelope', envelope: wellFormed }
    assert.equal(decodeEnvelope(encodeEnvelope(wellFormed)), expected)
  })
})

test('takes an absent or null sender and addressee as none and ignores unknown fields', () => {
  const expected = { kind: 'envelope', envelope: { text: 'x', from: '', to: '' } }
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
    '{"Text":" \\n "}': 'empty-text'
  }
  for (const [payload, reason] of Object.entries(cases))
    assert.equal(decodeText(payload), { kind: 'junk', reason }, payload)
})

test('does not parse a payload over the limit', () => {
  assert.equal(decodeEnvelope(new Uint8Array(MAX_ENVELOPE_BYTES + 1)), { kind: 'junk', reason: 'too-large' })
})

test('survives nesting as deep as the limit allows', () => {
  assert.is(decodeText(`{"Text":${'['.repeat(1_000_000)}`).kind, 'junk')
})

test('shows invalid UTF-8 as replacement characters', () => {
  const payload = Buffer.concat([Buffer.from('{"Text":"a'), Buffer.from([0xff, 0xc3]), Buffer.from('b"}')])
  assert.equal(decodeEnvelope(payload), { kind: 'envelope', envelope: { text: 'a\uFFFD\uFFFDb', from: '', to: '' } })
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

// What is inside the tutorial's packets: lines, part 5's JSON, part 6's signed envelopes.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import type { TutorialPacket } from '../../src/gob/packet.ts'
import { difficultyOf } from '../../src/tutorial/part6.ts'
import { type Reading, readText, writeText } from '../../src/tutorial/text-formats.ts'

interface Part5Vector {
  readonly from: string
  readonly to: string
  readonly textHex: string
  readonly payloadHex: string
}

interface Part6Vector {
  readonly difficulty: number
  readonly encrypted: boolean
  readonly messageBytes: number
  readonly text: string
  readonly workedJSON: string
}

const test = suite('tutorial words')
const part5: readonly Part5Vector[] = readVectors('part5')
const part6: { readonly shortAddress: string; readonly vectors: readonly Part6Vector[] } = readVectors('part6')

test('there are all the vectors of parts 5 and 6', () => {
  assert.equal([part5.length, part6.vectors.length], [6, 3])
})

for (const { from, to, textHex, payloadHex } of part5) {
  test(`part 5: what ${JSON.stringify(from)} says to ${JSON.stringify(to)} is written as Go writes it`, () => {
    const text = Buffer.from(textHex, 'hex').toString('utf8')
    assert.is(Buffer.from(writeText({ id: 1n, from, text, to }, 'json') ?? []).toString('hex'), payloadHex)
  })

  test(`part 5: what ${JSON.stringify(from)} says to ${JSON.stringify(to)} is read`, () => {
    const foreign = heardIn(read(Buffer.from(payloadHex, 'hex')))
    // JSON has no bytes that are not UTF-8: Go puts U+FFFD in their place.
    const text = Buffer.from(textHex, 'hex').toString('utf8')
    assert.equal(foreign, { key: '9', bridgedId: null, from: from === '' ? 'node-12345678' : from, text, to })
  })
}

for (const [index, { encrypted, text, workedJSON, difficulty, messageBytes }] of part6.vectors.entries()) {
  test(`part 6: the proof of work of vector ${index} is as hard as there`, () => {
    assert.is(difficultyOf(messageBytes), difficulty)
  })

  test(`part 6: vector ${index} is ${encrypted ? 'sealed' : "verified, and its author is the key's snippet"}`, () => {
    const reading = read(Buffer.from(workedJSON))
    if (encrypted) return assert.equal(reading, { kind: 'unread', reason: 'sealed' })
    const { from, text: said, to } = heardIn(reading)
    assert.equal({ from, said, to }, { from: part6.shortAddress, said: text, to: '' })
  })

  test(`part 6: vector ${index} without enough work is refused`, () => {
    const worked = JSON.parse(workedJSON)
    assert.equal(read(encode({ ...worked, Nonce: worked.Nonce + 1 })), { kind: 'unread', reason: 'bad-work' })
  })
}

test('part 6: a message whose text was changed is refused, also with the work done again', () => {
  const worked = JSON.parse(part6.vectors[0]?.workedJSON ?? '')
  const message = Buffer.from(worked.Message, 'base64').toString('utf8').replace('announcing', 'inventing')
  const forged = withWork({ ...worked, Message: Buffer.from(message).toString('base64') })
  assert.equal(read(forged), { kind: 'unread', reason: 'bad-signature' })
})

test('part 6: the same message sent again has the same key, whatever packet it comes in', () => {
  const payload = Buffer.from(part6.vectors[0]?.workedJSON ?? '')
  const [first, again] = [read(payload), readText({ ...packet(payload), uniqueId: 10n })]
  assert.is(heardIn(first).key, heardIn(again).key)
})

test('a line is read as a line, whoever said it', () => {
  const { from, text, to } = heardIn(read(Buffer.from('hello all')))
  assert.equal({ from, text, to }, { from: 'node-12345678', text: 'hello all', to: '' })
})

test('a line that a bridge wrote tells who said it', () => {
  const { from, text } = heardIn(read(Buffer.from('<alice@floodnet> hello <b>')))
  assert.equal({ from, text }, { from: 'alice@floodnet', text: 'hello <b>' })
  assert.is(heardIn(read(Buffer.from('<alice> hello'))).from, 'node-12345678')
})

test('what is no text is not read, and text that only looks like JSON is text', () => {
  assert.equal(read(Uint8Array.of(0xff, 0xfe)), { kind: 'unread', reason: 'not-text' })
  assert.equal(read(Buffer.from('  ')), { kind: 'unread', reason: 'empty' })
  assert.is(heardIn(read(Buffer.from('{"Text":5}'))).text, '{"Text":5}')
})

test('words are written as envelopes or lines, and a line has no addressee', () => {
  const word = { id: 1n, from: 'alice@floodnet', text: 'hi', to: '' }
  assert.is(Buffer.from(writeText(word, 'json') ?? []).toString(), '{"Text":"hi","From":"alice@floodnet","To":""}')
  assert.is(Buffer.from(writeText(word, 'text') ?? []).toString(), '<alice@floodnet> hi')
  assert.is(writeText({ ...word, to: 'bob' }, 'text'), null)
})

test('any bytes are read as something, and never throw', () => {
  const json = fc.json({ depthSize: 'medium' }).map((text) => Buffer.from(text))
  const part = fc.oneof(fc.string(), fc.jsonValue())
  const alike = fc
    .record(
      { Text: part, From: part, To: part, Nonce: part, Encrypted: fc.boolean(), Message: part },
      { requiredKeys: [] }
    )
    .map(encode)
  check(fc.oneof(fc.uint8Array({ maxLength: 300 }), json, alike), (payload) => {
    assert.ok(['heard', 'unread'].includes(read(payload).kind))
  })
})

test.run()

function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(`packages/bridge/test/vectors/${name}-vectors.json`, 'utf8'))
}

function packet(payload: Uint8Array): TutorialPacket {
  return { type: 0, payload, nodeId: '1234567890', uniqueId: 9n, hopsLeft: 0 }
}

function read(payload: Uint8Array): Reading {
  return readText(packet(payload))
}

function heardIn(reading: Reading) {
  if (reading.kind !== 'heard') throw new Error(`not read: ${reading.reason}`)
  return reading.foreign
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** Tries nonces until one is good; the message is short, so that some thousand do. */
function withWork(worked: { Nonce: number; Message: string }): Uint8Array {
  for (let nonce = 0; ; nonce++) {
    const payload = encode({ ...worked, Nonce: nonce })
    const reading = read(payload)
    if (reading.kind === 'heard' || reading.reason !== 'bad-work') return payload
  }
}

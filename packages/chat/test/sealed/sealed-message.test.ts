import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import {
  MAX_SEALED_AGE_MS,
  MAX_SEALED_AUTHORS,
  MAX_SEALED_OF_AUTHOR,
  newSealedReplay,
  takeSealed
} from '../../src/guard/sealed-replay.ts'
import { generateKeyPair } from '../../src/sealed/hpke.ts'
import { isSealed, openSealed, SEALED_BYTES, sealMessage } from '../../src/sealed/sealed-message.ts'
import { decodeBody, encodeBody } from '../../src/wire/sealed-body.ts'
import { hostileText } from '../support/hostile-text.ts'
import { newSigner } from '../support/signer.ts'

const alice = newSigner()
const bob = { ...newSigner(), box: generateKeyPair() }
const text = Buffer.from('psst')

function sealedNow(body: Uint8Array = text): Uint8Array {
  const sealed = sealMessage(alice, bob.box.publicKey, body)
  if (sealed === null) throw new Error('the key is usable and the body short')
  return sealed
}

test('its recipient reads who wrote it and what', () => {
  assert.equal(openSealed(bob, bob.box, sealedNow()), { kind: 'message', author: alice.id, body: new Uint8Array(text) })
})

test('nobody else can open it', () => {
  assert.equal(openSealed(alice, generateKeyPair(), sealedNow()), { kind: 'closed' })
})

test('shows neither text nor author nor recipient in its bytes', () => {
  const bytes = Buffer.from(sealedNow()).toString('latin1')
  const keys = [Buffer.from(alice.id, 'hex'), Buffer.from(bob.id, 'hex'), Buffer.from(bob.box.publicKey)]
  for (const secret of [text, ...keys]) assert.not.ok(bytes.includes(secret.toString('latin1')))
})

test('two sealed messages of one class differ in nothing but noise', () => {
  const [one, other] = [sealedNow(Buffer.from('a')), sealedNow(Buffer.alloc(300, 'b'))]
  assert.is(one.length, other.length)
  assert.is(one.length, SEALED_BYTES[0])
  assert.equal(one.subarray(0, 4), other.subarray(0, 4))
  // The same words twice share no byte run either.
  const again = sealedNow(Buffer.from('a'))
  const same = one.filter((byte, at) => at >= 4 && byte === again[at]).length
  assert.ok(same < 20, `${same} of 508 bytes alike, 2 are expected`)
})

test('every length fits the smallest class that holds it', () => {
  const overhead = 4 + 32 + 16 + 100
  for (const [n, bytes] of SEALED_BYTES.entries()) {
    assert.is(sealedNow(Buffer.alloc(bytes - overhead)).length, bytes)
    const next = sealMessage(alice, bob.box.publicKey, Buffer.alloc(bytes - overhead + 1))
    assert.is(next?.length, SEALED_BYTES[n + 1])
  }
})

test('one changed byte, wherever it is, makes it vanish', () => {
  const sealed = sealedNow()
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed)
    changed[at]! ^= 0x40
    const vanished = !isSealed(changed) || openSealed(bob, bob.box, changed).kind === 'closed'
    assert.ok(vanished, `byte ${at}`)
  }
})

test('is refused when its author is not who it says', () => {
  const liar = { ...alice, id: bob.id }
  const sealed = sealMessage(liar, bob.box.publicKey, text)
  assert.ok(sealed !== null)
  assert.equal(sealed && openSealed(bob, bob.box, sealed), { kind: 'forged' })
})

test('its recipient cannot pass it on as a sealed message to another', () => {
  const carol = generateKeyPair()
  // What bob can do with what he opened: seal the same body and signature anew.
  const stolen: Uint8Array[] = []
  const recorder = { ...alice, sign: (context: string, message: Uint8Array) => keep(alice.sign(context, message)) }
  const keep = (signature: Uint8Array) => {
    stolen.push(signature)
    return signature
  }
  sealMessage(recorder, bob.box.publicKey, text)
  const forger = { ...alice, sign: () => stolen[0] ?? new Uint8Array(64) }
  const passedOn = sealMessage(forger, carol.publicKey, text)
  assert.equal(passedOn && openSealed(bob, carol, passedOn), { kind: 'forged' })
})

test('never throws, whatever the bytes', () => {
  check(
    fc.uint8Array({ minLength: 508, maxLength: 508 }),
    (noise) => {
      const payload = Buffer.concat([Buffer.from([0, 0x66, 0x6c, 1]), noise])
      assert.ok(isSealed(payload))
      assert.is(openSealed(bob, bob.box, payload).kind, 'closed')
    },
    200
  )
  check(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    if (isSealed(bytes)) openSealed(bob, bob.box, bytes)
    decodeBody(bytes)
  })
})

const id = 'ab'.repeat(16)

test('a body is read as it was written', () => {
  const key = bob.box.publicKey
  check(fc.tuple(hostileText, fc.uint8Array()), ([words, data]) => {
    const wellFormed = words.replace(/\p{Cs}/gu, '\uFFFD')
    const content = { kind: 'text', text: wellFormed, name: wellFormed, key, to: [bob.id] } as const
    const body = { id, at: 7, content, data }
    assert.equal(decodeBody(encodeBody(body)), body)
  })
  const receipt = { id, at: 7, content: { kind: 'read', ids: [id] }, data: new Uint8Array() } as const
  assert.equal(decodeBody(encodeBody(receipt)), receipt)
})

test('a body with anything wrong is none', () => {
  const good = { id, at: 7, kind: 'read', ids: [id] }
  const encode = (head: object) => {
    const bytes = Buffer.from(JSON.stringify(head))
    return Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes])
  }
  assert.ok(decodeBody(encode(good)))
  const bad = [
    { ...good, id: 'short' },
    { ...good, at: -1 },
    { ...good, at: '7' },
    { ...good, kind: 'toString' },
    { ...good, kind: 'file' },
    { ...good, ids: [] },
    { ...good, ids: ['x'] },
    { ...good, ids: new Array(100).fill(id) },
    { ...good, kind: 'text', text: 'x', name: 'n', to: [bob.id], key: 'c2hvcnQ=' },
    { ...good, kind: 'text', text: 7, name: 'n', to: [bob.id], key: 'A'.repeat(43).concat('=') }
  ]
  for (const head of bad) assert.is(decodeBody(encode(head)), null, JSON.stringify(head))
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(3), Buffer.from([255, 255, 255, 255, 123])])
    assert.is(decodeBody(bytes), null)
})

test('a sealed message is taken once', () => {
  const memory = newSealedReplay()
  assert.is(takeSealed(memory, alice.id, { id, at: 1000 }, 1000), 'fresh')
  assert.is(takeSealed(memory, alice.id, { id, at: 1000 }, 1001), 'replayed')
  assert.is(takeSealed(memory, bob.id, { id, at: 1000 }, 1001), 'fresh')
})

test('a sealed message is outdated before it is forgotten', () => {
  const memory = newSealedReplay()
  takeSealed(memory, alice.id, { id, at: 0 }, 0)
  for (let n = 0; n < 2 * MAX_SEALED_OF_AUTHOR; n++)
    takeSealed(memory, alice.id, { id: n.toString(16).padStart(32, '0'), at: n * 2000 }, n * 2000)
  assert.is(takeSealed(memory, alice.id, { id, at: 0 }, MAX_SEALED_AGE_MS + 1), 'outdated')
  assert.is(takeSealed(memory, alice.id, { id, at: MAX_SEALED_AGE_MS + 2 }, 0), 'outdated')
})

test('however many sealed messages come in order, all are taken, and none of them twice', () => {
  const memory = newSealedReplay()
  const letters = Array.from({ length: 5 * MAX_SEALED_OF_AUTHOR }, (_, n) => ({ id: `id ${n}`, at: 1000 + n }))
  for (const letter of letters) assert.is(takeSealed(memory, alice.id, letter, 5000), 'fresh')
  assert.is(memory.get(alice.id)?.ids.size, MAX_SEALED_OF_AUTHOR)
  for (const letter of letters) assert.is.not(takeSealed(memory, alice.id, letter, 5001), 'fresh')
})

test('sealed messages that overtake each other are all taken', () => {
  const memory = newSealedReplay()
  const letters = Array.from({ length: 3 * MAX_SEALED_OF_AUTHOR }, (_, n) => ({ id: `id ${n}`, at: 1000 + n }))
  const pairs = letters.flatMap((letter, n) => (n % 2 === 0 ? [letters[n + 1] ?? letter, letter] : []))
  for (const letter of pairs) assert.is(takeSealed(memory, alice.id, letter, 5000), 'fresh')
})

test('the memory is bounded, and a crowd of strangers cannot make it forget', () => {
  const memory = newSealedReplay()
  takeSealed(memory, alice.id, { id, at: 0 }, 0)
  for (let n = 0; n < 3 * MAX_SEALED_AUTHORS; n++) takeSealed(memory, `author ${n}`, { id, at: 0 }, 0)
  assert.is(memory.size, MAX_SEALED_AUTHORS)
  assert.is(takeSealed(memory, 'one more', { id, at: 0 }, 0), 'crowded')
  assert.is(takeSealed(memory, alice.id, { id, at: 0 }, 1), 'replayed')
  const later = MAX_SEALED_AGE_MS + 1
  assert.is(takeSealed(memory, 'one more', { id, at: later }, later), 'fresh')
  for (let n = 0; n < 2 * MAX_SEALED_OF_AUTHOR; n++) takeSealed(memory, 'one more', { id: `id ${n}`, at: later }, later)
  assert.is(takeSealed(memory, 'one more', { id: 'last', at: later }, later), 'crowded')
})

test.run()

// HPKE against RFC 9180, appendix A.2.1 (base mode, X25519, HKDF-SHA256, ChaCha20Poly1305).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  exportSecret,
  generateKeyPair,
  keyPairFrom,
  open,
  seal,
  setupReceiver,
  setupSender
} from '../../src/sealed/hpke.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const info = hex('4f6465206f6e2061204772656369616e2055726e')
const skEm = hex('f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600')
const pkEm = '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a'
const skRm = hex('8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb')
const pkRm = hex('4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a')
const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479')
const encryptions = [
  [0, '1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28'],
  [1, '6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c'],
  [2, '71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0cb4b02b4f10ecac6f48c32f878fae86b'],
  [4, '63357a2aa291f5a4e5f27db6baa2af8cf77427c7c1a909e0b37214dd47db122bb153495ff0b02e9e54a50dbe16'],
  [255, '18ab939d63ddec9f6ac2b60d61d36a7375d2070c9b683861110757062c52b8880a5f6b3936da9cd6c23ef2a95c'],
  [256, '7a4a13e9ef23978e2c520fd4d2e757514ae160cd0cd05e556ef692370ca53076214c0c40d4c728d6ed9e727a5b']
] as const
const exports = [
  ['', '4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e'],
  ['00', '8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69'],
  ['54657374436f6e74657874', '5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53']
] as const

function rfcContexts() {
  const sender = setupSender(pkRm, info, keyPairFrom(skEm))
  const receiver = setupReceiver(hex(pkEm), keyPairFrom(skRm), info)
  if (sender === null || receiver === null) throw new Error('the keys of the RFC are usable')
  return { sender, receiver }
}

test('derives the keys of the RFC on both sides', () => {
  const { sender, receiver } = rfcContexts()
  assert.is(Buffer.from(sender.enc).toString('hex'), pkEm)
  for (const { key, baseNonce, exporterSecret } of [sender.context, receiver]) {
    assert.is(key.toString('hex'), 'ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91')
    assert.is(baseNonce.toString('hex'), '5c4d98150661b848853b547f')
    assert.is(exporterSecret.toString('hex'), 'a3b010d4994890e2c6968a36f64470d3c824c8f5029942feb11e7a74b2921922')
  }
})

for (const [seq, ciphertext] of encryptions) {
  test(`seals and opens message ${seq} of the RFC`, () => {
    const { sender, receiver } = rfcContexts()
    const aad = Buffer.from(`Count-${seq}`)
    assert.is(seal(sender.context, seq, aad, plaintext).toString('hex'), ciphertext)
    assert.equal(open(receiver, seq, aad, hex(ciphertext)), plaintext)
  })
}

test('exports the secrets of the RFC', () => {
  const { receiver } = rfcContexts()
  for (const [context, secret] of exports) assert.is(exportSecret(receiver, hex(context), 32).toString('hex'), secret)
})

test('opens nothing with another key, number, associated data or a changed byte', () => {
  const { receiver } = rfcContexts()
  const aad = Buffer.from('Count-0')
  const sealed = hex(encryptions[0][1])
  assert.is(open(receiver, 1, aad, sealed), null)
  assert.is(open(receiver, 0, Buffer.from('Count-1'), sealed), null)
  assert.is(open(receiver, 0, aad, sealed.subarray(1)), null)
  assert.is(open(receiver, 0, aad, Buffer.alloc(3)), null)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    assert.is(open(receiver, 0, aad, changed), null, `byte ${at}`)
  }
  const stranger = setupReceiver(hex(pkEm), generateKeyPair(), info)
  assert.ok(stranger !== null && open(stranger, 0, aad, sealed) === null)
})

test('refuses keys of small order and of a wrong length', () => {
  for (const bad of [Buffer.alloc(32), Buffer.from([1, ...Buffer.alloc(31)]), Buffer.alloc(31), Buffer.alloc(0)]) {
    assert.is(setupSender(bad, info), null)
    assert.is(setupReceiver(bad, keyPairFrom(skRm), info), null)
  }
})

test.run()

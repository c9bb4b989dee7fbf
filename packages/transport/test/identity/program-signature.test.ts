import { generateKeyPairSync } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { networkIdOf } from '../../src/identity/frame-crypto.ts'
import { rawPublicKey } from '../../src/identity/identity.ts'
import { ProgramSignatures } from '../../src/identity/program-signature.ts'

function signer(network = 'n') {
  const { privateKey } = generateKeyPairSync('ed25519')
  const id = Buffer.from(rawPublicKey(privateKey) ?? []).toString('hex')
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { id, pem, signatures: new ProgramSignatures(networkIdOf(network), pem) }
}

const message = Buffer.from('message')

test('anybody in the network can check who signed', () => {
  const [alice, bob] = [signer(), signer()]
  const signature = alice.signatures.sign('use', message)
  assert.is(signature.length, 64)
  assert.ok(bob.signatures.verify(alice.id, 'use', message, signature))
})

test('a signature holds for one key, use, message and network only', () => {
  const [alice, bob] = [signer(), signer()]
  const signature = alice.signatures.sign('use', message)
  assert.not.ok(bob.signatures.verify(bob.id, 'use', message, signature))
  assert.not.ok(bob.signatures.verify(alice.id, 'other', message, signature))
  assert.not.ok(bob.signatures.verify(alice.id, 'use', Buffer.from('messagf'), signature))
  const elsewhere = new ProgramSignatures(networkIdOf('other'), alice.pem)
  assert.not.ok(elsewhere.verify(alice.id, 'use', message, signature))
})

test('malformed ids and signatures are false, and never throw', () => {
  const { id, signatures } = signer()
  const signature = signatures.sign('use', message)
  for (const bad of ['', 'zz', id.slice(1), `${id}00`, 'ff'.repeat(32)])
    assert.not.ok(signatures.verify(bad, 'use', message, signature), bad)
  for (const length of [0, 63, 65])
    assert.not.ok(
      signatures.verify(id, 'use', message, Buffer.concat([signature, Buffer.alloc(9)]).subarray(0, length))
    )
})

test('what anybody can have signed is false', () => {
  const neutral = Buffer.concat([Uint8Array.of(1), Buffer.alloc(31)])
  const signature = Buffer.concat([neutral, Buffer.alloc(32)])
  assert.not.ok(signer().signatures.verify(neutral.toString('hex'), 'use', message, signature))
})

test.run()

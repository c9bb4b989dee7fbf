// Signs as a node does, without one.
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Signer } from '../../src/sealed/sealed-message.ts'

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

export function newSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const id = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length).toString('hex')
  const signed = (context: string, message: Uint8Array) => Buffer.concat([Buffer.from(`${context}\n`), message])
  return {
    id,
    sign: (context, message) => new Uint8Array(sign(null, signed(context, message), privateKey)),
    verify(of, context, message, signature) {
      const spki = Buffer.concat([SPKI_PREFIX, Buffer.from(of, 'hex')])
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
      return verify(null, signed(context, message), key, signature)
    }
  }
}

// Signatures that a program makes with its node's key, over bytes of its own. They differ from those of packets,
// networks and other uses, so that none can ever be taken for another. Knows keys, but no frames or links.
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { verifyWith } from './frame-crypto.ts'

// Differs from the domain of packets ('floodnet/1', worker/frame-crypto.ts) before that one ends, so no signature
// serves as both.
const DOMAIN = Buffer.from('floodnet program signature/1')
const ID = /^[0-9a-f]{64}$/

export class ProgramSignatures {
  readonly #networkId: Uint8Array
  readonly #key: KeyObject

  constructor(networkId: Uint8Array, privateKeyPem: string) {
    this.#networkId = networkId
    this.#key = createPrivateKey(privateKeyPem)
  }

  sign(context: string, message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, this.#signed(context, message), this.#key))
  }

  verify(id: string, context: string, message: Uint8Array, signature: Uint8Array): boolean {
    if (!ID.test(id)) return false
    return verifyWith(Buffer.from(id, 'hex'), this.#signed(context, message), signature)
  }

  #signed(context: string, message: Uint8Array): Buffer {
    const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
    return Buffer.concat([DOMAIN, this.#networkId, digest(context), digest(message)])
  }
}

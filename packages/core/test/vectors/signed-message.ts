// What a signature covers, written down from the protocol alone: nothing of the sources is used.
import { createHash } from 'node:crypto'

/**
 * "floodnet/1" | network id | bytes 4 to 48 with hops as zero | SHA-256 of the body, for a whole frame with a
 * signature.
 */
export function signedMessage(networkId: Uint8Array, frame: Uint8Array): Uint8Array {
  const header = Buffer.from(frame.subarray(4, 48))
  header[2] = 0
  const body = createHash('sha256')
    .update(frame.subarray(48, bodyEnd(frame)))
    .digest()
  return Buffer.concat([Buffer.from('floodnet/1'), networkId, header, body])
}

/**
 * The first 48 bits of: SHA-256 of (SHA-256 of ("floodnet/1 work" | network id | header as above | SHA-256 of the body)
 * | nonce).
 */
export function workValue(networkId: Uint8Array, frame: Uint8Array, nonce: Uint8Array): number {
  const covered = signedMessage(networkId, frame).subarray('floodnet/1'.length)
  const digest = createHash('sha256').update('floodnet/1 work').update(covered).digest()
  return createHash('sha256').update(digest).update(nonce).digest().readUIntBE(0, 6)
}

function bodyEnd(frame: Uint8Array): number {
  return frame.length - 64 - (((frame[5] ?? 0) & 16) !== 0 ? 8 : 0)
}

// What a signature covers, written down from the protocol alone: nothing of the sources is used.
import { createHash } from 'node:crypto'

/** "floodnet/1" | network id | bytes 4 to 48 with hops as zero | SHA-256 of the body, for a whole frame with a signature. */
export function signedMessage(networkId: Uint8Array, frame: Uint8Array): Uint8Array {
  const header = Buffer.from(frame.subarray(4, 48))
  header[2] = 0
  const body = createHash('sha256')
    .update(frame.subarray(48, frame.length - 64))
    .digest()
  return Buffer.concat([Buffer.from('floodnet/1'), networkId, header, body])
}

// What the two HELLOs of a link must agree on. Pure: a HELLO and what we expect in, a reason to refuse out.
import {
  type Address,
  type CloseReason,
  formatAddress,
  type Hello,
  isDialable,
  PROTOCOL_VERSION,
  parseAddress
} from '@floodnet/core'
import { keyProof, sameProof } from './frame-crypto.ts'

/** Our side of a handshake. */
export interface Expectations {
  readonly networkId: Uint8Array
  readonly signed: boolean
  readonly secret: Uint8Array | null
}

export const NO_PROOF = new Uint8Array(32)

/** Why the peer's HELLO is refused, or null when it is welcome. `exported`: see `SecuredSocket`; `dialled`: by us. */
export function refusalOf(
  hello: Hello,
  ours: Expectations,
  exported: Uint8Array | null,
  dialled: boolean
): CloseReason | null {
  if (hello.version !== PROTOCOL_VERSION) return 'wrong-version'
  if (!sameProof(hello.networkId, ours.networkId)) return 'wrong-network'
  if (hello.signed !== ours.signed) return 'wrong-security'
  const expected = proofOf(ours.secret, exported, dialled ? 'acceptor' : 'dialler')
  return sameProof(hello.keyProof, expected) ? null : 'wrong-key'
}

/** What proves the network's key on this connection, from the side in `role`; zeros in a network without a key. */
export function proofOf(
  secret: Uint8Array | null,
  exported: Uint8Array | null,
  role: 'dialler' | 'acceptor'
): Uint8Array {
  return secret === null || exported === null ? NO_PROOF : keyProof(secret, exported, role)
}

/** The address at which others can dial the peer: as it advertises, with the host that we see where it names none. */
export function dialableAddress(advertised: string | null, seenHost: string): string | null {
  const address = advertised === null ? null : parseAddress(advertised)
  if (address === null) return null
  const filled: Address = address.host === '' ? { host: seenHost, port: address.port } : address
  const text = formatAddress(filled)
  return isDialable(text) ? text : null
}

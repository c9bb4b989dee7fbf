// What the two HELLOs of a link must agree on. Pure: it takes a HELLO and our expectations, and returns a reason to
// refuse.
import {
  type Address,
  bodyOf,
  type CloseReason,
  decodeHello,
  formatAddress,
  type Hello,
  INCARNATION_OFFSET,
  isDialable,
  meansTheSame,
  ORIGIN_BYTES,
  ORIGIN_OFFSET,
  PROTOCOL_VERSION,
  parseAddress,
  reachOfSocket,
  toHex,
  viewOf
} from '@floodnet/core'
import { keyProof, sameProof } from '../../identity/frame-crypto.ts'

/** Our side of a handshake. */
export interface Expectations {
  readonly networkId: Uint8Array
  readonly signed: boolean
  /** Bits of work that each packet must prove. */
  readonly work: number
  readonly secret: Uint8Array | null
}

/** A HELLO and its sender. */
export interface Greeting {
  readonly hello: Hello
  /** The claimed key, 64 hex digits. */
  readonly id: string
  readonly incarnation: number
}

/** The greeting in a whole HELLO frame; null if it is malformed. */
export function readGreeting(frame: Uint8Array): Greeting | null {
  const hello = decodeHello(bodyOf(frame))
  if (hello === null) return null
  const id = toHex(frame, ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES)
  return { hello, id, incarnation: viewOf(frame).getUint32(INCARNATION_OFFSET) }
}

export const NO_PROOF = new Uint8Array(32)

const HANDSHAKE_REFUSALS: ReadonlySet<CloseReason> = new Set([
  'wrong-version',
  'wrong-network',
  'wrong-security',
  'wrong-work',
  'wrong-key',
  'wrong-identity',
  'untrusted-certificate',
  'weak-key'
])

/** Whether a link that closes for this reason was refused because of its HELLO or certificate. */
export function isHandshakeRefusal(reason: CloseReason): boolean {
  return HANDSHAKE_REFUSALS.has(reason)
}

/** Why we refuse the peer's HELLO; null if we accept it. `exported`: see `SecuredSocket`. `dialled`: we dialled. */
export function refusalOf(
  hello: Hello,
  ours: Expectations,
  exported: Uint8Array | null,
  dialled: boolean
): CloseReason | null {
  if (hello.version !== PROTOCOL_VERSION) return 'wrong-version'
  if (!sameProof(hello.networkId, ours.networkId)) return 'wrong-network'
  if (hello.signed !== ours.signed) return 'wrong-security'
  if (hello.work !== ours.work) return 'wrong-work'
  const expected = proofOf(ours.secret, exported, dialled ? 'acceptor' : 'dialler')
  return sameProof(hello.keyProof, expected) ? null : 'wrong-key'
}

/** What the side in `role` sends to prove the network's key on this connection; zeros in a network without a key. */
export function proofOf(
  secret: Uint8Array | null,
  exported: Uint8Array | null,
  role: 'dialler' | 'acceptor'
): Uint8Array {
  return secret === null || exported === null ? NO_PROOF : keyProof(secret, exported, role)
}

/** What HELLO says about our own address to the peer at `remote`; null if it would mean another machine there. */
export function advertisedTo(advertised: string | null, remote: string): string | null {
  const host = advertised === null ? null : parseAddress(advertised)?.host
  return host === '' || (advertised !== null && meansTheSame(advertised, reachOfSocket(remote))) ? advertised : null
}

/** The address at which others can dial the peer: the one it advertises, with the host that we see if it names none. */
export function dialableAddress(advertised: string | null, seenHost: string): string | null {
  const address = advertised === null ? null : parseAddress(advertised)
  if (address === null) return null
  const filled: Address = address.host === '' ? { host: seenHost, port: address.port } : address
  const text = formatAddress(filled)
  return isDialable(text) ? text : null
}

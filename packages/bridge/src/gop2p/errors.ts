// What goes wrong in a gop2p network, as values: a peer's fault never throws.
import { formatPeer, type Peer } from './wire/peer.ts'

/** gop2p's own three: the network failed, a peer's bytes are wrong, the node itself cannot go on. */
export type Gop2pErrorKind = 'connection' | 'parse' | 'internal'

/** Which fault it is; stable. */
export type Gop2pErrorReason =
  | 'timeout'
  | 'refused'
  | 'broken'
  | 'too-large'
  | 'oversized'
  | 'queue-full'
  | 'deadline'
  | 'status'
  | 'not-registered'
  | 'garbage'
  | 'bad-address'
  | 'full'
  | 'dead'
  | 'not-connected'
  | 'no-such-member'
  | 'rejected'
  | 'skipped'
  | 'inbox-full'
  | 'listen'
  | 'stopped'

/** Returned as a value by everything that depends on peers; thrown only for an invalid address of our own. */
export class Gop2pError extends Error {
  override readonly name = 'Gop2pError'
  readonly kind: Gop2pErrorKind
  readonly reason: Gop2pErrorReason
  /** The peer concerned. */
  readonly peer: Peer | null

  constructor(
    kind: Gop2pErrorKind,
    reason: Gop2pErrorReason,
    message: string,
    { peer = null, cause }: { peer?: Peer | null; cause?: unknown } = {}
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.reason = reason
    this.peer = peer
  }
}

export function rejected(reason: string, peer: Peer | null): Gop2pError {
  const text = `a request${peer === null ? '' : ` of ${formatPeer(peer)}`} was refused: ${reason}`
  return new Gop2pError('parse', 'rejected', text, { peer })
}

/** A message that we did not accept. @param peer who sent it, if known */
export function oversized(bytes: number, peer: Peer | null, max: number): Gop2pError {
  const who = peer === null ? 'somebody' : formatPeer(peer)
  return new Gop2pError('parse', 'oversized', `${who} sent a message of ${bytes} bytes; ${max} are taken`, { peer })
}

export function notRunning(): Gop2pError {
  return new Gop2pError('internal', 'stopped', 'the node is not started')
}

export function notConnected(): Gop2pError {
  return new Gop2pError('connection', 'not-connected', 'node not connected')
}

export function noSuchMember(to: readonly Peer[]): Gop2pError {
  return new Gop2pError('connection', 'no-such-member', `no member is ${to.map(formatPeer).join(', ')}`)
}

export function tooLarge(bytes: number): Gop2pError {
  return new Gop2pError('parse', 'too-large', `a request of ${bytes} bytes is larger than members take`)
}

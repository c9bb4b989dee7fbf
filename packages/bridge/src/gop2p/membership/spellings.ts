// One peer under several names. gop2p compares addresses as text: a peer known as 'localhost:5001' and as
// '127.0.0.1:5001' gets everything twice, and what it says under a third name is refused. Pure.
import { formatPeer, hostOf, isHere, makePeer, type Peer } from '../wire/peer.ts'

/** Spellings of this machine that everyone on it understands. */
const HERE = ['0.0.0.0', 'localhost', '127.0.0.1', '::1']

export function isSpelledAlike(one: Peer, other: Peer): boolean {
  return formatPeer(one) === formatPeer(other)
}

/** What a member on this machine may call itself if we dialled it as `peer`; includes `peer`. */
export function namesHere({ port }: Peer): Peer[] {
  return HERE.flatMap((host) => makePeer(host, port) ?? [])
}

/** Peers in a list that may be ourselves under another name: on our port, but not with our own name. */
export function strangersOnOurPort(listed: readonly Peer[], self: Peer): Peer[] {
  return listed.filter((peer) => peer.port === self.port && !isSpelledAlike(peer, self))
}

/**
 * Whether a name on our port, told by a member at the address `teller`, may mean this machine. 'localhost' and 0.0.0.0
 * mean the reader's machine. The caller looks up other names, but only those that begin like this machine's own, so
 * that nobody can make us look up any name. @param machine this machine's name
 */
export function mayMeanUs(peer: Peer, teller: string, own: ReadonlySet<string>, machine: string): boolean {
  const host = hostOf(peer)
  if (isHere(host)) return isHere(teller) || own.has(teller)
  return own.has(host) || firstLabel(host) === firstLabel(machine.toLowerCase())
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name
}

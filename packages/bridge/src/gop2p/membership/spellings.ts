// One peer under several names. gop2p compares addresses as text: whoever is known as 'localhost:5001' and as
// '127.0.0.1:5001' gets everything twice, and what it says under a third name is refused. Pure.
import { formatPeer, hostOf, isHere, makePeer, type Peer } from '../wire/peer.ts'

/** Ways to write this machine that everyone on it understands. */
const HERE = ['0.0.0.0', 'localhost', '127.0.0.1', '::1']

export function isSpelledAlike(one: Peer, other: Peer): boolean {
  return formatPeer(one) === formatPeer(other)
}

/** What a member of this machine may call itself when it was dialled as `peer`; `peer` is among them. */
export function namesHere({ port }: Peer): Peer[] {
  return HERE.flatMap((host) => makePeer(host, port) ?? [])
}

/** Peers of a list that may be ourselves under another name: on our port, and not as we call ourselves. */
export function strangersOnOurPort(listed: readonly Peer[], self: Peer): Peer[] {
  return listed.filter((peer) => peer.port === self.port && !isSpelledAlike(peer, self))
}

/**
 * Whether a name on our port, told by a member at the address `teller`, may mean this machine. 'localhost' and 0.0.0.0
 * mean the machine of whoever reads them. Other names are looked up by the caller: only those that begin like this
 * machine's own, so that nobody makes us ask for any name. @param machine this machine's name
 */
export function mayMeanUs(peer: Peer, teller: string, own: ReadonlySet<string>, machine: string): boolean {
  const host = hostOf(peer)
  if (isHere(host)) return isHere(teller) || own.has(teller)
  return own.has(host) || firstLabel(host) === firstLabel(machine.toLowerCase())
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name
}

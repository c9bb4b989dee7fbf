// Whether dialling an address makes sense: nobody dials itself, or a peer that it already has a link to or is dialling.

import type { NodeId } from './packets.ts'
import { isDialling, type JoinState, type KnownAddress, linkTo } from './state.ts'

/**
 * Why dialling an address makes no sense, or null. Works without the sets below, because it is asked for one address at
 * a time.
 */
export function uselessAddress(state: JoinState, { address, peer, self }: KnownAddress): string | null {
  if (self || address === state.address) return 'self'
  for (const dial of state.dials.values()) if (dial.address === address) return 'dialling'
  if (peer === null) return null
  if (isDialling(state, peer)) return 'dialling'
  return linkTo(state, peer) ? 'connected' : null
}

export interface Busy {
  /** Addresses and peers that are being dialled. */
  readonly dialled: ReadonlySet<string>
  readonly linked: ReadonlySet<NodeId>
}

export function busyWith(state: JoinState): Busy {
  const dialled = new Set<string>()
  for (const { address, expect } of state.dials.values()) {
    dialled.add(address)
    const peer = expect ?? state.known.get(address)?.peer
    if (peer != null) dialled.add(peer)
  }
  const linked = new Set<NodeId>()
  for (const link of state.links.values()) linked.add(link.peer)
  return { dialled, linked }
}

export function isUseless(state: JoinState, known: KnownAddress, { dialled, linked }: Busy): boolean {
  if (known.self || known.address === state.address || dialled.has(known.address)) return true
  return known.peer !== null && (dialled.has(known.peer) || linked.has(known.peer))
}

// Tells members who we are, so that each knows us under one name, and learns what they call themselves.
import type { Client, Reply } from '../http/client.ts'
import { callItself, type Membership } from '../membership/members.ts'
import { connectTo, disconnectAs } from '../membership/requests.ts'
import { isSpelledAlike, namesHere, strangersOnOurPort } from '../membership/spellings.ts'
import { decodeMembers } from '../wire/message.ts'
import { isHere, type Peer, peerKey } from '../wire/peer.ts'

export interface GreeterHost {
  readonly state: Membership
  readonly client: Client
  /** Whether this name, told by a member at the address `teller`, is one of ours. */
  isUs(peer: Peer, teller: string): Promise<boolean>
}

/** Other names of ours that we examine in one list: there are four, and those of the interfaces (a guess). */
const MAX_NAMES = 8

/** One request; `until` bounds it. @param host who the request says it comes from; default: ourselves */
export async function requestWithin(
  { state, client }: Pick<GreeterHost, 'state' | 'client'>,
  peer: Peer,
  { body, mark = null }: { readonly body: Uint8Array; readonly mark?: string | null },
  until: number,
  host: Peer = state.self
): Promise<Reply> {
  const leftMs = Math.min(until - performance.now(), state.limits.requestTimeoutMs)
  if (leftMs <= 0) return { kind: 'failed', reason: 'deadline', cause: null }
  return client.send(peer, host, body, leftMs, mark)
}

/**
 * Tells `peer` that we are a member, and returns its answer. If it also lists us under another name, because it dialled
 * us or heard of us by it, we take that name back: otherwise it would send us everything twice, forever.
 */
export async function greet(host: GreeterHost, peer: Peer, until: number): Promise<Reply> {
  const { self } = host.state
  const first = await requestWithin(host, peer, connectTo(self, [peer]), until)
  const names = await ownNames(host, first)
  if (names.length === 0) return first
  // The list dates from before the request. Our own nodes have one place for all names of a peer, and show the last.
  const again = await requestWithin(host, peer, connectTo(self, [peer]), until)
  if (!listOf(host, again).some((listed) => isSpelledAlike(listed, self))) return first
  for (const name of names) {
    if (listOf(host, again).some((listed) => isSpelledAlike(listed, name)))
      await requestWithin(host, peer, disconnectAs(name, [peer]), until)
  }
  return first
}

/**
 * Finds out what a member on this machine calls itself, and lists it that way from now on: others accept nothing from a
 * member that is listed under another name than it uses. gop2p refuses a request from itself, by the name in Host.
 */
export async function learnName(host: GreeterHost, peer: Peer, until: number): Promise<void> {
  const { state } = host
  if (state.members.get(peerKey(peer))?.isNamed !== false) return
  for (const name of namesHere(peer)) {
    const reply = await requestWithin(host, peer, connectTo(state.self, [peer]), until, name)
    if (reply.kind === 'failed' || !isHere(reply.host)) return
    if (reply.status === 400) return callItself(state, name)
  }
}

async function ownNames(host: GreeterHost, reply: Reply): Promise<Peer[]> {
  if (reply.kind === 'failed') return []
  const candidates = strangersOnOurPort(listOf(host, reply), host.state.self).slice(0, MAX_NAMES)
  const ours = await Promise.all(candidates.map((candidate) => host.isUs(candidate, reply.host)))
  return candidates.filter((_, index) => ours[index])
}

function listOf({ state }: GreeterHost, reply: Reply): readonly Peer[] {
  if (reply.kind === 'failed' || reply.status !== 200) return []
  const list = decodeMembers(reply.body, state.limits.maxMembers)
  return list.kind === 'members' ? list.peers : []
}

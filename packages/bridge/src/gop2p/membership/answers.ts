// The meaning of a request: the answer as gop2p v1.1.3 gives it, and its effect on the members. Pure; the server brings
// the request and carries the answer. Where the original crashes or believes anything, the answer is a refusal.
import { posix } from 'node:path'
import { decodeMessage, encodeMembers, MessageType, type WireMessage } from '../wire/message.ts'
import { canonicalHost, formatPeer, hostOf, isSamePeer, type Peer } from '../wire/peer.ts'
import { resolveClaim } from './claims.ts'
import {
  admit,
  callItself,
  findMember,
  listPeers,
  type Member,
  type Membership,
  noteSign,
  remove,
  revive,
  type Sign
} from './members.ts'

export interface Request {
  readonly method: string
  /** Path and query, as they came. */
  readonly target: string
  readonly host: string
  /** The other end of the connection. */
  readonly remote: string
  readonly body: Uint8Array
  /** What the sender says about itself, outside gop2p's wire; null: nothing. */
  readonly label: string | null
  /** A browser sent it for a page of some site, and its user does not know. */
  readonly fromPage: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type RequestEvent =
  | { readonly kind: 'message'; readonly message: WireMessage; readonly sender: Member }
  | { readonly kind: 'joined' | 'left'; readonly peer: Peer }
  | { readonly kind: 'refused'; readonly reason: string; readonly peer: Peer | null }

export interface Outcome {
  readonly answer: Answer
  readonly event: RequestEvent | null
}

export interface Surroundings {
  readonly now: number
  /** Addresses of this machine's interfaces. */
  readonly own: ReadonlySet<string>
}

/** Sent with every answer, except those given before we look at the message. */
const CORS = {
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Allow-Methods': '*',
  'Access-Control-Allow-Origin': '*'
}
/** What Go's http.Error adds. */
const ERROR = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }
const SELF = 'You can not connect with yourself.'

export function onRequest(state: Membership, request: Request, around: Surroundings): Outcome {
  const location = cleanTarget(request.target)
  if (location !== request.target) return quiet({ status: 301, headers: { Location: location }, body: '' })
  // gop2p admits any page. Somebody who opens one on a member's machine would speak as a member without knowing it.
  if (request.fromPage) return refuse(403, 'Requests from web pages are not allowed', 'web-page', null, ERROR)
  // gop2p's nodes put their own address into Host, which shows when a node dials itself.
  if (request.host === formatPeer(state.self)) return refuse(400, SELF, 'self', null, ERROR)
  if (request.method === 'OPTIONS') return quiet({ status: 204, headers: { ...CORS, ...ERROR }, body: '' })
  const decoded = decodeMessage(request.body, state.limits)
  if (decoded.kind === 'fault') return refuse(400, 'No valid Message provided', decoded.reason)
  return onMessage(state, decoded.message, request, around)
}

/** The answer to a body that we do not accept: too long, or too many at a time. */
export function refuseBody(status: 408 | 413 | 503): Answer {
  const text = { 408: 'Request timeout', 413: 'Message too large', 503: 'Too busy' }[status]
  return { status, headers: { ...CORS, ...ERROR }, body: `${text}\n` }
}

/** The member that sent a body which was thrown away: `from` is the last field of gop2p's messages, except `to`. */
export function senderAtEnd(
  state: Membership,
  { remote, end }: { readonly remote: string; readonly end: Uint8Array },
  own: ReadonlySet<string>
): Peer | null {
  const from = /"from":(\{[^{}]*\})(?:,"to":\[[^\]]*\])?\}\s*$/.exec(Buffer.from(end).toString('latin1'))?.[1] ?? ''
  const decoded = decodeMessage(Buffer.from(`{"from":${from}}`), state.limits)
  if (decoded.kind === 'fault') return null
  const claimed = identify(state, decoded.message.from, remote, own)
  return claimed === null ? null : (findMember(state, claimed, canonicalHost(remote))?.peer ?? null)
}

function onMessage(state: Membership, message: WireMessage, request: Request, around: Surroundings): Outcome {
  if (!isKnownType(message.type)) return refuse(405, 'Method not allowed', 'unknown-type', message.from)
  const from = identify(state, message.from, request.remote, around.own)
  if (from === null) return refuse(403, 'Peer address not yours', 'spoofed', message.from)
  if (isSamePeer(from, state.self)) return refuse(400, SELF, 'self', from, ERROR)
  const sign: Sign = { host: canonicalHost(request.remote), now: around.now, label: request.label }
  if (message.type === MessageType.connect) return onConnect(state, from, sign)
  const sender = findMember(state, from, sign.host) ?? revive(state, from, sign)
  if (sender === null) return refuse(403, 'Peer not registered', 'not-registered', from)
  noteSign(sender, sign)
  callItself(state, from)
  if (message.type === MessageType.disconnect) return onDisconnect(state, sender)
  return onPlain(state, { ...message, from: sender.peer }, sender)
}

// The list goes out as it was before the newcomer.
function onConnect(state: Membership, from: Peer, sign: Sign): Outcome {
  const body = encodeMembers(listPeers(state))
  const admission = admit(state, from, sign)
  if (admission === 'full') return refuse(503, 'Network is full', 'full', from)
  callItself(state, from)
  const answer = { status: 200, headers: { ...CORS, 'Content-Type': 'text/plain' }, body }
  return { answer, event: admission === 'new' ? { kind: 'joined', peer: from } : null }
}

function onDisconnect(state: Membership, { peer }: Member): Outcome {
  remove(state, peer)
  return { answer: done(), event: { kind: 'left', peer } }
}

function onPlain({ self }: Membership, message: WireMessage, sender: Member): Outcome {
  // By the port alone: our host may have names and mapped addresses that we never learn.
  const isForUs = message.to.length === 0 || message.to.some(({ port }) => port === self.port)
  if (message.type === MessageType.direct && !isForUs) {
    return { answer: done(), event: { kind: 'refused', reason: 'misaddressed', peer: message.from } }
  }
  return { answer: done(), event: { kind: 'message', message, sender } }
}

// We can check a name only if we dialled it ourselves and know where it led.
function identify(state: Membership, claim: Peer, remote: string, own: ReadonlySet<string>): Peer | null {
  const peer = resolveClaim(claim, remote, own)
  if (peer !== null) return peer
  const named = findMember(state, claim, null)
  return named !== null && named.host !== hostOf(claim) && named.host === canonicalHost(remote) ? named.peer : null
}

function isKnownType(type: number): boolean {
  return Object.values<number>(MessageType).includes(type)
}

// What Go's ServeMux does with paths: it redirects the client to the clean one.
function cleanTarget(target: string): string {
  const [path = '', query] = target.split(/\?(.*)/s, 2)
  if (!path.startsWith('/')) return target
  const clean = posix.normalize(path)
  return query === undefined ? clean : `${clean}?${query}`
}

function done(): Answer {
  return { status: 200, headers: CORS, body: '' }
}

function quiet(answer: Answer): Outcome {
  return { answer, event: null }
}

function refuse(
  status: number,
  text: string,
  reason: string,
  peer: Peer | null = null,
  headers: Readonly<Record<string, string>> = { ...CORS, ...ERROR }
): Outcome {
  return { answer: { status, headers, body: `${text}\n` }, event: { kind: 'refused', reason, peer } }
}

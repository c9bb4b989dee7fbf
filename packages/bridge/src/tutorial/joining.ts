// How links form, by the tutorial's rules: a JOIN_REQ on a short connection or on a walk, a JOIN_ACK on a connection
// that is kept. We bound what the rules leave open to abuse: nobody makes us dial, relay or keep links without limit.
import { type Address, formatAddress, isDialable, parseAddress, plainHost } from '@floodnet/core'
import { PACKET_TYPES, type TutorialPacket } from '../gob/packet.ts'
import type { LinkId, RefusalReason } from './messages.ts'
import {
  count,
  degreeOf,
  drawn,
  isLinkedTo,
  type Link,
  type Neighbour,
  neighboursOf,
  type PeerState,
  type StepContext,
  tell
} from './state.ts'

/**
 * Length of an address that a packet names: nobody can listen on a longer one. A host name has at most 253 characters;
 * floodnet's own figure.
 */
const MAX_ADDRESS_BYTES = 255
/** Go nodes use 19 digits at most (a guess with room). It is kept with the link and shown to people. */
const MAX_NODE_ID_CHARACTERS = 64
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A JOIN_REQ, from a stranger or from a neighbour that passes it on. */
export function onJoinRequest(state: PeerState, link: Link, packet: TutorialPacket, context: StepContext): void {
  // A request circulates in a network with enough links: one that asks for more hops than ours gets ours.
  const hopsLeft = Math.min(packet.hopsLeft, state.options.joinHops)
  if (hopsLeft <= 0 || !isNodeId(packet.nodeId)) return
  const address = addressIn(packet, link)
  if (address === null) return refuse(link, 'bad-address', context)
  if (!accepts(state, packet.nodeId, context)) return passOn(state, link, { ...packet, hopsLeft }, context)
  if (!state.foreignDials.take(context.nowMs)) return refuse(link, 'too-many-dials', context)
  remember(state, address)
  const deadlineMs = context.nowMs + state.options.dialMs
  dial(state, { kind: 'acking', address, nodeId: packet.nodeId, deadlineMs }, address, context)
}

/**
 * Certain below the desired number of links, then with a chance of one in their number plus one; never beyond the
 * maximum.
 */
function accepts(state: PeerState, nodeId: string, context: StepContext): boolean {
  const { desiredLinks, maxLinks, maxDials } = state.options
  const degree = degreeOf(state)
  if (nodeId === state.nodeId || isLinkedTo(state, nodeId)) return false
  if (degree >= maxLinks || count(state, 'requesting', 'acking') >= maxDials) return false
  return degree < desiredLinks || context.random() < 1 / (degree + 1)
}

/** To a random neighbour, under a new id, so that it may come back to a node that could not accept it. */
function passOn(state: PeerState, link: Link, packet: TutorialPacket, context: StepContext): void {
  if (!state.relays.take(context.nowMs)) return refuse(link, 'too-many-requests', context)
  const others = neighboursOf(state).filter(([, { nodeId }]) => nodeId !== packet.nodeId)
  const next = drawn(others, context)
  if (next === undefined) return
  const uniqueId = context.newId()
  state.seen.add(uniqueId)
  // A host that means "any" stands for the machine that the request came from, which only we can tell.
  const address = addressIn(packet, link)
  const payload = address === null ? packet.payload : encoder.encode(formatAddress(address))
  send(context, next[0], { ...packet, payload, uniqueId, hopsLeft: packet.hopsLeft - 1 })
}

/** A JOIN_ACK on a fresh connection: somebody accepts a request of ours, or pretends to. */
export function onJoinAck(
  state: PeerState,
  id: LinkId,
  link: Extract<Link, { kind: 'stranger' }>,
  packet: TutorialPacket,
  context: StepContext
): void {
  const { nodeId } = packet
  const known = !isNodeId(nodeId) || nodeId === state.nodeId || isLinkedTo(state, nodeId)
  if (known || degreeOf(state) >= state.options.maxLinks || !takeCredit(state, context)) {
    if (!known) refuse(link, 'unasked-ack', context)
    return close(state, id, known ? 'no new node' : 'not asked for', context)
  }
  const said = addressIn(packet, link)
  if (said !== null) remember(state, said)
  const address = said === null ? link.remoteHost : formatAddress(said)
  const { remoteHost, localHost } = link
  welcome(state, id, { kind: 'neighbour', nodeId, address, remoteHost, localHost }, context)
}

/** A dialled connection is open: it brings a request and ends, or brings an ack and stays. */
export function onOpened(
  state: PeerState,
  id: LinkId,
  remoteHost: string,
  localHost: string,
  context: StepContext
): void {
  const link = state.links.get(id)
  if (link?.kind === 'requesting') {
    state.links.delete(id)
    giveCredit(state, context)
    awaitAnswer(state, link.address, ownAddress(state, localHost), context)
    const request = joinPacket(state, PACKET_TYPES.joinRequest, localHost, state.options.joinHops, context)
    context.effects.push({ kind: 'send', link: id, packet: request, last: true })
  } else if (link?.kind === 'acking') {
    send(context, id, joinPacket(state, PACKET_TYPES.joinAck, localHost, 0, context))
    const { nodeId, address } = link
    welcome(state, id, { kind: 'neighbour', nodeId, address: formatAddress(address), remoteHost, localHost }, context)
  } else close(state, id, 'too late', context)
}

/** Entries that take requests and never answer are reported, once, until there is a neighbour. */
function awaitAnswer(state: PeerState, address: Address, own: string, { nowMs }: StepContext): void {
  const key = formatAddress(address)
  const isEntry = state.entries.some((entry) => formatAddress(entry) === key)
  if (!isEntry || degreeOf(state) > 0 || state.unanswered.has(key)) return
  state.unanswered.set(key, { own, tellAtMs: nowMs + state.options.unansweredMs })
}

export function tellUnanswered(state: PeerState, context: StepContext): void {
  for (const [address, waiting] of state.unanswered) {
    if (waiting.tellAtMs === null || waiting.tellAtMs > context.nowMs) continue
    waiting.tellAtMs = null
    tell(context, { kind: 'unanswered', address, own: waiting.own })
  }
}

function welcome(state: PeerState, id: LinkId, neighbour: Neighbour, context: StepContext): void {
  state.links.set(id, neighbour)
  state.unanswered.clear()
  tell(context, { kind: 'neighbour-up', nodeId: neighbour.nodeId, address: neighbour.address })
  state.attempts = 0
  planRetry(state, context)
}

/** When links are missing: we replace a lost link at once, and after failures less and less often. */
export function planRetry(state: PeerState, context: StepContext): void {
  const { desiredLinks, retryMinMs, retryMaxMs } = state.options
  if (degreeOf(state) >= desiredLinks) {
    state.retryAtMs = null
    return
  }
  const pauseMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(state.attempts, 16))
  state.retryAtMs = context.nowMs + pauseMs * (0.5 + context.random() / 2)
}

/**
 * A slot came to nothing. A planned attempt stays as it is: otherwise dials that others trigger and that fail could
 * postpone it forever.
 */
export function onSlotLost(state: PeerState, context: StepContext): void {
  if (state.retryAtMs === null) planRetry(state, context)
}

/** Asks for one more link: through a neighbour, whose walk reaches nodes that nobody named, and at an address. */
export function seek(state: PeerState, context: StepContext): void {
  if (state.listening === null || degreeOf(state) >= state.options.desiredLinks) return
  const neighbours = neighboursOf(state)
  const through = drawn(neighbours, context)
  if (through !== undefined) walk(state, through, context)
  // With neighbours, every fourth attempt also asks at an address, so that two halves of a network that lost each other
  // meet again.
  if (through === undefined || state.attempts % 4 === 3) ask(state, nextAddress(state), context)
}

/** Like a Go node that lost a link: the request begins as if it had come to us, so one hop is spent. */
function walk(state: PeerState, [id, { localHost }]: [LinkId, Neighbour], context: StepContext): void {
  giveCredit(state, context)
  send(context, id, joinPacket(state, PACKET_TYPES.joinRequest, localHost, state.options.joinHops - 1, context))
}

export function ask(state: PeerState, address: Address | undefined, context: StepContext): void {
  if (address === undefined || count(state, 'requesting', 'acking') >= state.options.maxDials) return
  dial(state, { kind: 'requesting', address, deadlineMs: context.nowMs + state.options.dialMs }, address, context)
}

/** The entries in turn; if they are gone, the addresses that we have heard of. */
function nextAddress(state: PeerState): Address | undefined {
  const all = [...state.entries, ...state.known]
  return all[state.attempts % Math.max(1, all.length)]
}

function dial(state: PeerState, link: Link, address: Address, context: StepContext): void {
  const id = --state.lastDialled
  state.links.set(id, link)
  context.effects.push({ kind: 'dial', link: id, address })
}

function joinPacket(
  state: PeerState,
  type: number,
  localHost: string,
  hopsLeft: number,
  context: StepContext
): TutorialPacket {
  const uniqueId = context.newId()
  state.seen.add(uniqueId)
  return { type, payload: encoder.encode(ownAddress(state, localHost)), nodeId: state.nodeId, uniqueId, hopsLeft }
}

/** Where we listen, by the name under which this link's peer knows us if we listen everywhere. */
function ownAddress({ listening }: PeerState, localHost: string): string {
  if (listening === null) return ''
  const text = formatAddress(listening)
  return isDialable(text) ? text : formatAddress({ host: plainHost(localHost), port: listening.port })
}

/** The address that a packet names. Go nodes say '[::]:55555', which means the machine at the other end of the link. */
function addressIn({ payload }: TutorialPacket, link: Link): Address | null {
  if (payload.length > MAX_ADDRESS_BYTES) return null
  const text = decoder.decode(payload)
  const address = parseAddress(text)
  if (address === null || address.port === 0) return null
  if (isDialable(text)) return address
  return 'remoteHost' in link ? { host: plainHost(link.remoteHost), port: address.port } : null
}

function isNodeId(text: string): boolean {
  return text !== '' && text.length <= MAX_NODE_ID_CHARACTERS
}

function giveCredit(state: PeerState, context: StepContext): void {
  state.credits = [...unexpired(state, context), context.nowMs + state.options.ackWithinMs]
}

function unexpired({ credits }: PeerState, { nowMs }: StepContext): number[] {
  return credits.filter((untilMs) => untilMs > nowMs)
}

function takeCredit(state: PeerState, context: StepContext): boolean {
  state.credits = unexpired(state, context)
  return state.credits.shift() !== undefined
}

function remember(state: PeerState, address: Address): void {
  const others = state.known.filter(({ host, port }) => host !== address.host || port !== address.port)
  state.known = [...others, address].slice(-state.options.maxKnown)
}

function refuse(link: Link, reason: RefusalReason, context: StepContext): void {
  tell(context, { kind: 'refused', host: 'remoteHost' in link ? link.remoteHost : '', reason })
}

export function close(state: PeerState, id: LinkId, reason: string, context: StepContext): void {
  state.links.delete(id)
  context.effects.push({ kind: 'close', link: id, reason })
}

function send(context: StepContext, link: LinkId, packet: TutorialPacket): void {
  context.effects.push({ kind: 'send', link, packet, last: false })
}

// What gop2p's programs put into their messages, read and written: plain text. The sender's address says who speaks;
// what a bridge says begins with the speaker's name, as chat relays have always written it. Pure.
import { lineOf, marked, nameInLine, unmarked } from '../../names.ts'
import type { BridgedMessage, ForeignMessage } from '../../side.ts'
import type { Inbound } from '../api.ts'
import { formatPeer, isSamePeer, type Peer, parsePeer } from '../wire/peer.ts'

export type Reading =
  | { readonly kind: 'heard'; readonly foreign: ForeignMessage }
  /**
   * Addressed to the bridge, which cannot tell for whom: `answer` says so. It is sent only a few times, because
   * programs may answer it.
   */
  | { readonly kind: 'unaddressed'; readonly answer: string }
  | { readonly kind: 'unread'; readonly reason: string }

/** The reply to a message that a bridge cannot carry because it has no address. */
const HOW_TO_ADDRESS = 'this is a bridge: begin a message to it with @NAME of whom it is for, or say it to all'

/** @param hub what names of floodnet are marked with */
export function readText(message: Inbound, hub: string): Reading {
  const text = decoder.decode(message.data)
  if (text.trim() === '') return { kind: 'unread', reason: 'empty' }
  // Between bridges, the relay's own notes say what is needed; an answer to an answer would never end.
  if (message.direct)
    return message.label === null ? readDirect(message, text, hub) : { kind: 'unread', reason: 'direct' }
  const bridged = message.label === null ? null : nameInLine(text)
  if (bridged === null) return foreign(message, { from: formatPeer(message.from), text, to: '' }, null)
  return foreign(message, { from: bridged.name, text: bridged.text, to: '' }, idOf(message.mark))
}

/** The line that members get. Their chat shows a direct message like any other, so the line says what it is. */
export function writeText({ from, text, to }: BridgedMessage): string {
  // What follows '@name' on a line of the tutorial's chat begins with the space between them.
  const line = lineOf(from, text.trimStart())
  return to === '' ? line : `(direct) ${line}`
}

/** The member that a name means: its address, or its port alone when no other has it, as `dm 5001` in gop2p's chat. */
export function memberNamed(name: string, members: readonly Peer[]): Peer | null {
  const port = /^\d{1,5}$/.test(name) ? Number(name) : null
  const peer = parsePeer(name)
  const found = members.filter((member) => (peer === null ? member.port === port : isSamePeer(member, peer)))
  return found.length === 1 ? (found[0] ?? null) : null
}

/** A word's id as it travels beside the message. */
export function markOf({ id }: BridgedMessage): string {
  return id.toString()
}

// Not fatal: other programs may send anything, and a text with a few wrong bytes is still worth reading.
const decoder = new TextDecoder()

function readDirect(message: Inbound, text: string, hub: string): Reading {
  const [, name, rest = ''] = /^@(\S+)\s+(.*)$/s.exec(text) ?? []
  if (name === undefined || rest === '') return { kind: 'unaddressed', answer: HOW_TO_ADDRESS }
  const to = unmarked(name, hub) === null ? marked(name, hub) : name
  return foreign(message, { from: formatPeer(message.from), text: rest, to }, null)
}

function foreign(
  message: Inbound,
  words: Pick<ForeignMessage, 'from' | 'text' | 'to'>,
  bridgedId: bigint | null
): Reading {
  // gop2p's messages have no ids: the key names the sender.
  return { kind: 'heard', foreign: { key: formatPeer(message.from), bridgedId, ...words } }
}

function idOf(mark: string | null): bigint | null {
  return mark !== null && /^\d{1,19}$/.test(mark) ? BigInt(mark) : null
}

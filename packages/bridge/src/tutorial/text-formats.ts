// What the tutorial's programs put into their packets, read and written: plain text (part 4), JSON envelopes (part 5),
// signed envelopes (part 6, read only).
import { decodeEnvelope } from '@floodnet/chat'
import type { TutorialPacket } from '../gob/packet.ts'
import { lineOf, nameInLine } from '../names.ts'
import type { BridgedMessage, ForeignMessage } from '../side.ts'
import { asGoWritesBytes } from './go-json.ts'
import { readPart6 } from './part6.ts'

/** How words are written there: lines as in part 4, JSON envelopes as in part 5, or signed messages as in part 6. */
export type TutorialFormat = 'text' | 'json' | 'signed'

export type Reading =
  | { readonly kind: 'heard'; readonly foreign: ForeignMessage; readonly format: TutorialFormat }
  | { readonly kind: 'unread'; readonly reason: string }

const text = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** Digits of a node's id that stand for a name if nobody gave one. */
const ID_DIGITS = 8

export function readText(packet: TutorialPacket): Reading {
  const line = textOf(packet.payload)
  if (line === null) return { kind: 'unread', reason: 'not-text' }
  if (!line.startsWith('{')) return readLine(packet, line)
  const signed = readPart6(packet.payload, parsed(line))
  if (signed.kind === 'bad') return { kind: 'unread', reason: signed.reason }
  if (signed.kind === 'other') return readEnvelope(packet, line)
  // The bridge signs what it says, and the text begins with the speaker.
  const { name: from, text } = nameInLine(signed.text) ?? { name: signed.from, text: signed.text }
  return { kind: 'heard', format: 'signed', foreign: { key: signed.digest, bridgedId: null, from, text, to: '' } }
}

/** Null if the format cannot express it: a line has no addressee. */
export function writeText({ from, text, to }: BridgedMessage, format: 'text' | 'json'): Uint8Array | null {
  if (format === 'json') return encoder.encode(asGoWritesBytes({ Text: text, From: from, To: to }))
  return to === '' ? encoder.encode(lineOf(from, text)) : null
}

function readEnvelope(packet: TutorialPacket, line: string): Reading {
  const decoded = decodeEnvelope(packet.payload)
  // Text that only looks like JSON is text.
  if (decoded.kind !== 'envelope') return readLine(packet, line)
  const { text, from, to } = decoded.envelope
  const foreign = { key: keyOf(packet), bridgedId: null, from: from === '' ? namelessOf(packet) : from, text, to }
  return { kind: 'heard', format: 'json', foreign }
}

function readLine(packet: TutorialPacket, line: string): Reading {
  if (line.trim() === '') return { kind: 'unread', reason: 'empty' }
  const { name, text } = nameInLine(line) ?? { name: namelessOf(packet), text: line }
  return { kind: 'heard', format: 'text', foreign: { key: keyOf(packet), bridgedId: null, from: name, text, to: '' } }
}

function keyOf({ uniqueId }: TutorialPacket): string {
  return uniqueId.toString()
}

function namelessOf({ nodeId }: TutorialPacket): string {
  return `node-${nodeId.slice(0, ID_DIGITS)}`
}

function textOf(payload: Uint8Array): string | null {
  try {
    return text.decode(payload)
  } catch {
    return null
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

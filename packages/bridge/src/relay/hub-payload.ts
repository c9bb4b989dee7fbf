// What bridges write into floodnet: chat envelopes like floodchat's, with one more field that says where a word comes
// from; and notes between bridges, which look like direct messages to a name that nobody can have, so that chats ignore
// them.
import { decodeEnvelope } from '@floodnet/chat'

/** Where a word comes from. Nobody proves it. */
export interface Origin {
  /** Name of the side. */
  readonly side: string
  /** The word's key on that side. */
  readonly key: string
  /** Other sides tell it apart by this. */
  readonly id: bigint
}

export interface HubText {
  readonly from: string
  readonly text: string
  readonly to: string
  /** Null for a word written in floodnet itself; from '' then means that its writer gave no name. */
  readonly origin: Origin | null
}

/** Messages between bridges. */
export type BridgeControl =
  /** I am a bridge to these sides. None: I am leaving. */
  | { readonly kind: 'hello'; readonly sides: readonly string[] }
  /** The word with this id has been said on that side to the addressee, the only one who can tell. */
  | { readonly kind: 'done'; readonly side: string; readonly id: bigint }

export type HubReading =
  | { readonly kind: 'word'; readonly word: HubText }
  | { readonly kind: 'note'; readonly control: BridgeControl }
  | { readonly kind: 'unread'; readonly reason: string }
  /** What programs say to each other: presence, sealed letters, any JSON that is not an envelope. */
  | { readonly kind: 'other' }

/** No name starts with '@' (floodchat refuses it), so no chat shows messages addressed to it. */
const BRIDGES = '@bridges'
/** Networks that one bridge may name as its own; ours has two at most (a guess with room). */
const MAX_SIDES = 16
/** gop2p's keys are host and port: DNS names have at most 253 characters. */
const MAX_KEY_CHARACTERS = 300
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function encodeText({ from, text, to, origin }: HubText): Uint8Array {
  // Chats show a word that comes `Via` somewhere as a bridge's claim only; the rest is for bridges.
  const fields =
    origin === null
      ? {}
      : { Via: origin.side, Bridge: { Side: origin.side, Key: origin.key, Id: origin.id.toString() } }
  return encoder.encode(JSON.stringify({ Text: text, From: from, To: to, ...fields }))
}

export function encodeControl(control: BridgeControl): Uint8Array {
  const fields =
    control.kind === 'hello' ? { Hello: control.sides } : { Done: control.id.toString(), Side: control.side }
  return encoder.encode(JSON.stringify({ Text: 'bridge', From: 'bridge', To: BRIDGES, Via: 'bridge', Bridge: fields }))
}

export function readHubPayload(payload: Uint8Array): HubReading {
  const line = textOf(payload)
  if (line === null) return { kind: 'unread', reason: 'not-text' }
  const decoded = decodeEnvelope(payload)
  if (decoded.kind !== 'envelope') return readLine(line)
  const bridge = bridgeIn(line)
  if (decoded.envelope.to === BRIDGES) return readControl(bridge)
  return { kind: 'word', word: { ...decoded.envelope, origin: originIn(bridge) } }
}

/** Lines of `floodnet pub` are words without a name. */
function readLine(line: string): HubReading {
  if (line.trim() === '') return { kind: 'unread', reason: 'empty' }
  if (/^\s*[{[]/.test(line)) return { kind: 'other' }
  return { kind: 'word', word: { from: '', text: line, to: '', origin: null } }
}

function readControl(bridge: Record<string, unknown>): HubReading {
  const { Hello: hello, Done: done, Side: side } = bridge
  if (Array.isArray(hello)) {
    const sides = hello.filter((name) => typeof name === 'string').slice(0, MAX_SIDES)
    return { kind: 'note', control: { kind: 'hello', sides } }
  }
  const id = idOf(done)
  if (id === null || typeof side !== 'string') return { kind: 'unread', reason: 'bad-note' }
  return { kind: 'note', control: { kind: 'done', side, id } }
}

function originIn({ Side: side, Key: key, Id: rawId }: Record<string, unknown>): Origin | null {
  const id = idOf(rawId)
  if (typeof side !== 'string' || typeof key !== 'string' || key.length > MAX_KEY_CHARACTERS || id === null) return null
  return { side, key, id }
}

/** The field that chats do not know; empty if it is missing. */
function bridgeIn(line: string): Record<string, unknown> {
  const { Bridge: bridge } = JSON.parse(line) as { Bridge?: unknown }
  return typeof bridge === 'object' && bridge !== null ? (bridge as Record<string, unknown>) : {}
}

function idOf(value: unknown): bigint | null {
  if (typeof value !== 'string' || !/^\d{1,19}$/.test(value)) return null
  return BigInt.asUintN(63, BigInt(value))
}

function textOf(payload: Uint8Array): string | null {
  try {
    return decoder.decode(payload)
  } catch {
    return null
  }
}

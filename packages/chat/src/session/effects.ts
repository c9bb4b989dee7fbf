// What the chat's pure part asks to be done, and what it is given to work with. chat.ts carries it out.

import type { ConversationKey, Said, ScreenEvent } from '../screens/screen.ts'
import type { ChunkSet } from '../wire/chunk-set.ts'
import type { InvalidReason } from '../wire/envelope.ts'
import type { SealedBody } from '../wire/sealed-body.ts'

/** Own words before they have a name: the receipt of the write gives it. */
export type Unsaid = Pick<Said, 'text' | 'to' | 'conversation' | 'title'>

/** Who a sealed message is for, and the key it is sealed to. */
export interface Reader {
  readonly id: string
  readonly key: Uint8Array
}

export type Effect =
  /** `said`: to be shown once it is out; null for what is no word of the user's. */
  | { kind: 'write'; payload: Uint8Array; said: Unsaid | null }
  /** One sealed message to each reader, of the same id. */
  | { kind: 'sealed'; readers: readonly Reader[]; id: string; content: SealedBody; said: Said | null }
  /** For the disk. */
  | { kind: 'file'; task: FileTask }
  /** `network`: its name, where it is another one. */
  | { kind: 'connect'; address: string | null; network: string | null }
  | { kind: 'disconnect' }
  | { kind: 'invite'; withKey: boolean }
  | { kind: 'show'; event: ScreenEvent }
  | { kind: 'prompt' }
  | { kind: 'invalid'; reason: InvalidReason }
  | { kind: 'leave' }

/** Time and chance, as arguments of whatever happens now. */
export interface StepContext {
  /** In ms, for durations: begins as the time since the epoch and never jumps, whatever is done to the clock. */
  readonly now: number
  /** By the clock, in ms since the epoch: for what people and other programs are shown. */
  readonly wall: number
  /** From 0 up to, not including, 1. */
  random(): number
  /** 32 hex digits that no sealed message had before. */
  newId(): string
}

export function show(event: ScreenEvent): Effect {
  return { kind: 'show', event }
}

export function notice(text: string): Effect {
  return show({ kind: 'notice', text })
}

/** What was asked for is not done. */
export function undone(text: string): Effect {
  return show({ kind: 'notice', text, undone: true })
}

export function notices(lines: readonly string[]): Effect[] {
  return lines.map(notice)
}

export function invalid(reason: InvalidReason): Effect {
  return { kind: 'invalid', reason }
}

export function conversationEvent(
  key: ConversationKey,
  title: string,
  change: 'opened' | 'closed' | 'current' | 'cleared'
): Effect {
  return show({ kind: 'conversation', key, title, change })
}

/**
 * What the disk is to do. `nr` is the transfer's for the whole run; `file` may change when the other side comes back.
 */
export type FileTask =
  | { task: 'read'; nr: number; path: string }
  | { task: 'open'; nr: number; hash: string; bytes: number; author: string }
  | { task: 'write'; nr: number; index: number; data: Uint8Array }
  | { task: 'finish'; nr: number; name: string }
  /** Done with it; `discard`: what has come is not kept for another time. */
  | { task: 'close'; nr: number; discard: boolean }
  /** There may be chunks to send. */
  | { task: 'pump' }

/** What became of a task. */
export type FileResult =
  | { result: 'read'; nr: number; name: string; bytes: number; hash: string }
  | { result: 'opened'; nr: number; chunks: ChunkSet }
  | { result: 'written'; nr: number; index: number }
  | { result: 'finished'; nr: number; path: string }
  | { result: 'wrong-hash'; nr: number }
  | { result: 'problem'; nr: number; problem: string }

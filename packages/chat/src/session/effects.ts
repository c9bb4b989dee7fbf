// What the chat's pure part asks for, and what it is given to work with. chat.ts carries it out.

import type { ConversationKey, Said, ScreenEvent } from '../screens/screen.ts'
import type { ChunkSet } from '../wire/chunk-set.ts'
import type { InvalidReason } from '../wire/envelope.ts'
import type { SealedBody } from '../wire/sealed-body.ts'

/** Our own words before they have a name: the receipt of the write provides it. */
export type Unsaid = Pick<Said, 'text' | 'to' | 'conversation' | 'title'>

/** Who a sealed message is for, and the key it is sealed to. */
export interface Reader {
  readonly id: string
  readonly key: Uint8Array
}

export type Effect =
  /** `said`: shown once it is out; null if the user did not say it. */
  | { kind: 'write'; payload: Uint8Array; said: Unsaid | null }
  /** One sealed message with the same id to each reader. */
  | { kind: 'sealed'; readers: readonly Reader[]; id: string; content: SealedBody; said: Said | null }
  /** For the disk. */
  | { kind: 'file'; task: FileTask }
  /** `network`: its name, if it is a different one. */
  | { kind: 'connect'; address: string | null; network: string | null }
  | { kind: 'disconnect' }
  | { kind: 'invite'; withKey: boolean }
  | { kind: 'show'; event: ScreenEvent }
  | { kind: 'prompt' }
  | { kind: 'invalid'; reason: InvalidReason }
  | { kind: 'leave' }

/** Time and chance, as arguments of whatever happens now. */
export interface StepContext {
  /** In ms, for durations: starts as the time since the epoch and never jumps, whatever happens to the clock. */
  readonly now: number
  /** By the clock, in ms since the epoch: for what people and other programs see. */
  readonly wall: number
  /** From 0 up to, not including, 1. */
  random(): number
  /** 32 hex digits that no sealed message has had before. */
  newId(): string
}

export function show(event: ScreenEvent): Effect {
  return { kind: 'show', event }
}

export function notice(text: string): Effect {
  return show({ kind: 'notice', text })
}

/** Something that was asked for is not done. */
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
 * What the disk should do. `nr` is the transfer's for the whole run; `file` may change when the other side comes back.
 */
export type FileTask =
  | { task: 'read'; nr: number; path: string }
  | { task: 'open'; nr: number; hash: string; bytes: number; author: string }
  | { task: 'write'; nr: number; index: number; data: Uint8Array }
  | { task: 'finish'; nr: number; name: string }
  /** We have finished with it; `discard`: do not keep what has arrived for another time. */
  | { task: 'close'; nr: number; discard: boolean }
  /** There may be chunks to send. */
  | { task: 'pump' }

/** The result of a task. */
export type FileResult =
  | { result: 'read'; nr: number; name: string; bytes: number; hash: string }
  | { result: 'opened'; nr: number; chunks: ChunkSet }
  | { result: 'written'; nr: number; index: number }
  | { result: 'finished'; nr: number; path: string }
  | { result: 'wrong-hash'; nr: number }
  | { result: 'problem'; nr: number; problem: string }

// What the chat's pure part asks to be done, and what it is given to work with. chat.ts carries it out.

import type { FileTask } from '../files/transfers.ts'
import type { ConversationKey, Said, ScreenEvent } from '../screens/screen.ts'
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
  | { kind: 'connect'; address: string | null }
  | { kind: 'show'; event: ScreenEvent }
  | { kind: 'prompt' }
  | { kind: 'invalid'; reason: InvalidReason }
  | { kind: 'leave' }

/** Time and chance, as arguments of whatever happens now. */
export interface StepContext {
  /** In ms since the epoch. */
  readonly now: number
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

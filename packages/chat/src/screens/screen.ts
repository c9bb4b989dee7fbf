// What can be shown, and the one interface of the three screens. Whatever a screen prints goes through `cleanText`
// there, last of all: no text from the network reaches a terminal or a program uncleaned (invariant "clean screen").

/** Names a conversation: '' is everyone, '#room' a room, '@' and the fingerprints joined by ',' a direct one. */
export type ConversationKey = string

/** The key of no conversation. */
export const NOWHERE: ConversationKey = '-'

/**
 * How far the author of a message is known. `changed`: the name is pinned or was seen with another key, so this is
 * somebody else until proved otherwise, and is shown loudly. `outside`: came over a bridge, so nobody vouches for the
 * name.
 */
export type Trust = 'pinned' | 'verified' | 'seen' | 'new' | 'changed' | 'outside'

export type ScreenEvent =
  /** `join`: an address at which others can join this node. */
  | { kind: 'listening'; address: string | null; id: string; join?: string | null }
  /** This user has left the network, and may join another. */
  | { kind: 'left' }
  | { kind: 'peer-up'; id: string; address: string }
  | { kind: 'peer-down'; id: string; reason: string }
  | Spoken
  | Said
  | Presence
  | { kind: 'conversation'; key: ConversationKey; title: string; change: 'opened' | 'closed' | 'current' | 'cleared' }
  | Status
  /** Messages of one author that are not shown since there were too many: `count` since the last such event. */
  | { kind: 'suppressed'; from: string; fingerprint: string; count: number }
  | Transfer
  | Notice
  | { kind: 'error'; code: string; message: string }

export interface Notice {
  readonly kind: 'notice'
  readonly text: string
  /** What the user asked for was not done, and this is why. */
  readonly undone?: true
  /** It says in words what the `transfer` of this id says: for screens that show only one of them. */
  readonly offer?: string
}

/** Somebody else's words. `from` is empty when the author has no name; `to` is null when all are meant. */
export interface Spoken {
  readonly kind: 'message'
  readonly from: string
  /** First 8 hex digits of the author's id. */
  readonly fingerprint: string
  readonly text: string
  readonly direct: boolean
  readonly to: string | null
  /** Nobody but this user could read it. A direct message that is not sealed is only addressed. */
  readonly sealed: boolean
  readonly conversation: ConversationKey
  /** The conversation's name for people; empty for everyone. */
  readonly title: string
  readonly trust: Trust
  /** When it came, in ms since the epoch. */
  readonly at: number
  /** This user is named in it, or meant alone. */
  readonly mention: boolean
  /** Names the message for ever. */
  readonly id: string
}

/** This user's own words, as they went out. Shown again with the same id when `state` changes. */
export interface Said {
  readonly kind: 'said'
  readonly from: string
  readonly text: string
  readonly to: string | null
  readonly conversation: ConversationKey
  readonly title: string
  readonly at: number
  readonly id: string
  /** `read`: a direct message was shown to its reader; `nobody`: nobody of that name is here. */
  readonly state: 'sent' | 'read' | 'nobody'
}

export interface Presence {
  readonly kind: 'presence'
  readonly name: string
  readonly fingerprint: string
  readonly change: 'joined' | 'left' | 'renamed'
  /** The name before, when renamed. */
  readonly previous?: string
  readonly at: number
}

/** Somebody who is there, as a list has them. */
export interface Listed {
  readonly name: string
  /** First 8 hex digits of their id. */
  readonly fingerprint: string
  readonly trust: Trust
}

/** The state of things, about once a second, for a status line. */
export interface Status {
  readonly kind: 'status'
  /** Neighbours. */
  readonly peers: number
  /** People who are known to be there, this user included. */
  readonly roomSize: number
  /** This user's name. */
  readonly name: string
  /** The others, as many as fit on a screen, by name. */
  readonly people: readonly Listed[]
  readonly messagesPerSecond: number
  /** Median round trip to the neighbours; null before the first was measured. */
  readonly rttMs: number | null
  /** Messages lost since the start. */
  readonly dropped: number
}

/**
 * A file on its way. `id` is the number that `/accept` and `/cancel` take; `reason`, when it is done, is where it lies;
 * when it is offered, what to look at before one accepts.
 */
export interface Transfer {
  readonly kind: 'transfer'
  readonly id: string
  readonly file: string
  /** Who sends it, or whom it goes to. */
  readonly from: string
  /** First 8 hex digits of their id. */
  readonly fingerprint?: string
  /** SHA-256 of the file, in hex. */
  readonly hash?: string
  readonly direction: 'in' | 'out'
  readonly bytes: number
  readonly totalBytes: number
  readonly state: 'offered' | 'running' | 'done' | 'failed' | 'cancelled'
  /** The direct conversation with them. */
  readonly conversation: ConversationKey
  readonly title: string
  readonly reason?: string
}

/**
 * What the user typed, and the conversation that was in front of them; null on screens that show all in one, where
 * `/dm` and `/join` choose it.
 */
export interface TypedLine {
  readonly text: string
  readonly conversation: ConversationKey | null
}

/** What may be meant by the word before the cursor: it begins at `from`, and each candidate stands for all of it. */
export type Completer = (line: string, cursor: number) => { from: number; candidates: readonly string[] }

export interface Screen {
  show(event: ScreenEvent): void
  /** Changes the text before the line being typed, where there is one. */
  setPrompt(prompt: string): void
  /** Who can complete what is being typed. Screens without a line editor have no use for it. */
  setCompleter(completer: Completer): void
  /** The conversation that the user looks at, NOWHERE when they look elsewhere. Absent: the screen shows all in one. */
  front?(): ConversationKey
  /** Resolves when so much has been written out that more may be shown. */
  ready(): Promise<void>
  /** Shows what is pending, leaves the terminal as it was found. */
  close(): Promise<void>
}

/** Where a screen writes: the part of a writable stream that it needs. */
export interface Output {
  write(text: string): boolean
  once(event: 'drain' | 'error' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'error' | 'close', listener: () => void): unknown
}

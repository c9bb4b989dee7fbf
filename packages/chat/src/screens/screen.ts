// What can be shown, and the one interface of the three screens. A screen passes everything that it prints through
// `cleanText`, last of all: no text from the network reaches a terminal or a program uncleaned (invariant "clean
// screen").

/** Names a conversation: '' is everyone, '#room' a room, '@' and the fingerprints joined by ',' a direct one. */
export type ConversationKey = string

/** The key that stands for no conversation. */
export const NOWHERE: ConversationKey = '-'

/**
 * How well we know the author of a message. `changed`: the name is pinned or was seen with another key, so this is
 * somebody else until proved otherwise, and is shown loudly. `outside`: the message came over a bridge, so nobody
 * vouches for the name.
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
  /** Messages of one author that are not shown because there were too many: `count` since the last such event. */
  | { kind: 'suppressed'; from: string; fingerprint: string; count: number }
  | Transfer
  | Notice
  | { kind: 'error'; code: string; message: string }

export interface Notice {
  readonly kind: 'notice'
  readonly text: string
  /** Something that the user asked for was not done, and this is why. */
  readonly undone?: true
  /** It says in words what the `transfer` with this id says, for screens that show only one of them. */
  readonly offer?: string
}

/** Somebody else's words. `from` is empty if the author has no name; `to` is null if everyone is meant. */
export interface Spoken {
  readonly kind: 'message'
  readonly from: string
  /** First 8 hex digits of the author's id. */
  readonly fingerprint: string
  readonly text: string
  readonly direct: boolean
  readonly to: string | null
  /** Only this user could read it. A direct message that is not sealed is only addressed. */
  readonly sealed: boolean
  readonly conversation: ConversationKey
  /** The conversation's name for people; empty for everyone. */
  readonly title: string
  readonly trust: Trust
  /** When it arrived, in ms since the epoch. */
  readonly at: number
  /** This user is named in it, or is its only recipient. */
  readonly mention: boolean
  /** Names the message forever. */
  readonly id: string
}

/** This user's own words, as sent. Shown again with the same id when `state` changes. */
export interface Said {
  readonly kind: 'said'
  readonly from: string
  readonly text: string
  readonly to: string | null
  readonly conversation: ConversationKey
  readonly title: string
  readonly at: number
  readonly id: string
  /** `read`: a direct message was shown to its reader; `nobody`: nobody with that name is here. */
  readonly state: 'sent' | 'read' | 'nobody'
}

export interface Presence {
  readonly kind: 'presence'
  readonly name: string
  readonly fingerprint: string
  readonly change: 'joined' | 'left' | 'renamed'
  /** The previous name, after a change of name. */
  readonly previous?: string
  readonly at: number
}

/** Somebody who is there, as an entry in a list. */
export interface Listed {
  readonly name: string
  /** First 8 hex digits of their id. */
  readonly fingerprint: string
  readonly trust: Trust
}

/** The present state, about once a second, for a status line. */
export interface Status {
  readonly kind: 'status'
  /** Neighbours. */
  readonly peers: number
  /** People known to be there, including this user. */
  readonly roomSize: number
  /** This user's name. */
  readonly name: string
  /** The others, as many as fit on a screen, by name. */
  readonly people: readonly Listed[]
  readonly messagesPerSecond: number
  /** Median round trip to the neighbours; null before the first measurement. */
  readonly rttMs: number | null
  /** Messages lost since the start. */
  readonly dropped: number
}

/**
 * A file under way. `id` is the number that `/accept` and `/cancel` take. `reason`: for a finished file, where it is;
 * for an offer, what to look at before accepting.
 */
export interface Transfer {
  readonly kind: 'transfer'
  readonly id: string
  readonly file: string
  /** The sender, or the recipient. */
  readonly from: string
  /** First 8 hex digits of their id. */
  readonly fingerprint?: string
  /** SHA-256 of the file, in hex. */
  readonly hash?: string
  readonly direction: 'in' | 'out'
  readonly bytes: number
  readonly totalBytes: number
  readonly state: 'offered' | 'running' | 'done' | 'failed' | 'cancelled'
  /** The direct conversation with that person. */
  readonly conversation: ConversationKey
  readonly title: string
  readonly reason?: string
}

/**
 * What the user typed, and the conversation in front of them; null on screens that show all in one, where `/dm` and
 * `/join` choose it.
 */
export interface TypedLine {
  readonly text: string
  readonly conversation: ConversationKey | null
}

/** Completes the word before the cursor: it begins at `from`, and each candidate replaces all of it. */
export type Completer = (line: string, cursor: number) => { from: number; candidates: readonly string[] }

export interface Screen {
  show(event: ScreenEvent): void
  /** Changes the text before the line being typed, if the screen has one. */
  setPrompt(prompt: string): void
  /** Sets what completes the word being typed. Screens without a line editor ignore it. */
  setCompleter(completer: Completer): void
  /** The conversation that the user looks at; NOWHERE if they look elsewhere. Absent: the screen shows all in one. */
  front?(): ConversationKey
  /** Resolves when enough has been written out to show more. */
  ready(): Promise<void>
  /** Shows what is pending, and leaves the terminal as it was. */
  close(): Promise<void>
}

/** Where a screen writes: the part of a writable stream that it needs. */
export interface Output {
  write(text: string): boolean
  once(event: 'drain' | 'error' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'error' | 'close', listener: () => void): unknown
}

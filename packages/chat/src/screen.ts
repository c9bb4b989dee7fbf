// What can be shown, and the one interface of the three screens. Whatever a screen prints goes through `cleanText` there, last of all:
// no text from the network reaches a terminal or a program uncleaned (invariant "clean screen").
export type ScreenEvent =
  | { kind: 'listening'; address: string | null; id: string }
  | { kind: 'peer-up'; id: string; address: string }
  | { kind: 'peer-down'; id: string; reason: string }
  | Spoken
  /** This user's own words, as they went out. */
  | { kind: 'said'; from: string; text: string; to: string | null }
  | { kind: 'notice'; text: string }
  | { kind: 'error'; code: string; message: string }

/** Somebody else's words. `from` is empty when the author has no name; `to` is null when all are meant. */
export interface Spoken {
  readonly kind: 'message'
  readonly from: string
  /** First 8 hex digits of the author's id. */
  readonly fingerprint: string
  readonly text: string
  readonly direct: boolean
  readonly to: string | null
}

export interface Screen {
  show(event: ScreenEvent): void
  /** Changes the text before the line being typed, where there is one. */
  setPrompt(prompt: string): void
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

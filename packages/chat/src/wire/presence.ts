// The message with which people announce that they are there: its JSON, written and read strictly. Its author signed
// the packet, so the name and key in it are signed too. Pure.
import { keyOf } from './sealed-body.ts'

export interface Presence {
  /** As its author wrote it. */
  readonly name: string
  /**
   * X25519 key to which messages to the author are sealed: made at each start, so that sealed messages of an earlier
   * run stay closed forever.
   */
  readonly key: Uint8Array
  /** `gone`: leaves now. */
  readonly state: 'here' | 'gone'
  /** The author has just arrived and would like to know who is there. */
  readonly asks: boolean
}

/** Distinguishes it from the tutorial's envelopes, which have a Text. */
export const PRESENCE_TYPE = 'presence'

export function encodePresence({ name, key, state, asks }: Presence): Uint8Array {
  const fields = { Type: PRESENCE_TYPE, Name: name, Key: Buffer.from(key).toString('base64'), State: state, Asks: asks }
  return new TextEncoder().encode(JSON.stringify(fields))
}

/** Null if a field is missing or of the wrong kind. */
export function presenceIn({ Name, Key, State, Asks }: Readonly<Record<string, unknown>>): Presence | null {
  const key = keyOf(Key)
  if (typeof Name !== 'string' || key === null || (State !== 'here' && State !== 'gone')) return null
  return { name: Name, key, state: State, asks: Asks === true }
}

// Who is there. Filled by presence messages and by what people say, aged out by silence, and bounded. Pure: time is an
// argument.
import type { Known } from './trust.ts'

/**
 * How often people announce themselves in a small room; a chat that was killed counts as gone after four times as long.
 * A guess between news and noise.
 */
export const PRESENCE_MS = 15_000
/**
 * In a large room everybody announces themselves less often, so that all together do so at most about twice a second.
 */
const PRESENCE_MS_PER_PERSON = 500
/** Somebody who has been silent for this many periods is gone. */
const PERIODS_UNTIL_GONE = 4
/** People kept. A larger room is no conversation any more; beyond this, only contacts are listed. */
export const MAX_ROSTER = 1_000

export interface Member {
  readonly id: string
  /** As its owner last wrote it. */
  claimed: string
  /** X25519 key for sealed messages; null for people who never announced one (the tutorial's programs do not). */
  key: Uint8Array | null
  lastAt: number
  /** Who that is, worked out at this revision of the address book; null before that. */
  known: { readonly as: Known; readonly revision: number } | null
}

/** By id. */
export type Roster = Map<string, Member>

/** How long to wait between two presence messages in a room of this size. */
export function presencePeriod(roster: Roster): number {
  return Math.max(PRESENCE_MS, roster.size * PRESENCE_MS_PER_PERSON)
}

/** What was new about a member. `refused`: there is no room. */
export type Sighting = 'joined' | 'renamed' | 'known' | 'refused'

/** Somebody was heard. `key` null: not given this time. */
export function sight(
  roster: Roster,
  id: string,
  claimed: string,
  key: Uint8Array | null,
  now: number
): { change: Sighting; previous: string } {
  const member = roster.get(id)
  if (member === undefined) {
    if (roster.size >= MAX_ROSTER) return { change: 'refused', previous: '' }
    roster.set(id, { id, claimed, key, lastAt: now, known: null })
    return { change: 'joined', previous: '' }
  }
  const previous = member.claimed
  member.claimed = claimed
  member.key = key ?? member.key
  member.lastAt = now
  return { change: previous === claimed ? 'known' : 'renamed', previous }
}

/** In a full room, somebody who need not stay gives way to somebody whom the user knows. */
export function makePlace(roster: Roster, stays: (id: string) => boolean): void {
  if (roster.size < MAX_ROSTER) return
  for (const id of roster.keys()) {
    if (stays(id)) continue
    roster.delete(id)
    return
  }
}

/** Removes and returns those who have been silent for too long. */
export function ageOut(roster: Roster, now: number): Member[] {
  const limit = presencePeriod(roster) * PERIODS_UNTIL_GONE
  const gone = [...roster.values()].filter(({ lastAt }) => now - lastAt > limit)
  for (const { id } of gone) roster.delete(id)
  return gone
}

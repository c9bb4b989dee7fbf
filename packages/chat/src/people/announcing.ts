// When this user says that they are there: at the start, when asked by newcomers (all of them at once get one answer), and now and then.
// Pure: time and chance are arguments.
import { presencePeriod, type Roster } from './roster.ts'

/** Least time between two presence messages of one user: newcomers that come together are answered together. */
const MIN_GAP_MS = 1_000
/** Answers are spread over so much for each person there, up to a limit, so that they do not all come at once. */
const SPREAD_MS_PER_PERSON = 20
const MAX_SPREAD_MS = 5_000

export interface Announcing {
  lastAt: number
  nextAt: number
  /** The next one asks who is there. */
  asks: boolean
}

export function newAnnouncing(): Announcing {
  return { lastAt: Number.NEGATIVE_INFINITY, nextAt: Number.NEGATIVE_INFINITY, asks: true }
}

/** True when one is due, which the caller then sends: the next is set. */
export function takeDue(announcing: Announcing, roster: Roster, now: number): { asks: boolean } | null {
  if (now < announcing.nextAt) return null
  const { asks } = announcing
  Object.assign(announcing, { lastAt: now, nextAt: now + presencePeriod(roster), asks: false })
  return { asks }
}

/** A newcomer has asked. */
export function answerSoon(announcing: Announcing, roster: Roster, now: number, random: () => number): void {
  const spread = Math.min(MAX_SPREAD_MS, roster.size * SPREAD_MS_PER_PERSON)
  bringForward(announcing, Math.max(now + random() * spread, announcing.lastAt + MIN_GAP_MS))
}

/** This user has news (a new name), or wants to know who is there. */
export function announceSoon(announcing: Announcing, now: number, asks: boolean): void {
  announcing.asks ||= asks
  bringForward(announcing, Math.max(now, announcing.lastAt + MIN_GAP_MS))
}

function bringForward(announcing: Announcing, at: number): void {
  announcing.nextAt = Math.min(announcing.nextAt, at)
}

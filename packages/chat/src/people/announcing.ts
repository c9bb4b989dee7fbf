// When this user announces that they are there: at the start, when newcomers ask (all of them together get one answer,
// at a bounded rate), and now and then. Pure: time and chance are arguments.
import { presencePeriod, type Roster } from './roster.ts'

/** Least time between two presence messages of one user, so that newcomers that come together get one answer. */
const MIN_GAP_MS = 1_000
/**
 * Answers are spread over this much time for each person present, up to a limit, so that they do not all come at once.
 */
const SPREAD_MS_PER_PERSON = 20
const MAX_SPREAD_MS = 5_000
/**
 * Answers in the long run: one in this time, or in a large room one in this time for each person present. So a stranger
 * who keeps asking makes all together answer at most ten times a second. Nobody can answer for others, because each
 * answer contains a key. A guess.
 */
const ANSWER_MS = 5_000
const ANSWER_MS_PER_PERSON = 100
/** Answers at once before that rate applies: some newcomers in a row. */
const ANSWER_BURST = 4

export interface Announcing {
  lastAt: number
  nextAt: number
  /** Whether the next one asks who is there. */
  asks: boolean
  /** Whether the next one is an answer: others who ask in the meantime get the same one. */
  answers: boolean
  /** The time up to which the answers so far have used the rate. */
  answeredUntil: number
}

export function newAnnouncing(): Announcing {
  return {
    lastAt: Number.NEGATIVE_INFINITY,
    nextAt: Number.NEGATIVE_INFINITY,
    asks: true,
    answers: false,
    answeredUntil: Number.NEGATIVE_INFINITY
  }
}

/** True if one is due, which the caller then sends; sets the time of the next. */
export function takeDue(announcing: Announcing, roster: Roster, now: number): { asks: boolean } | null {
  if (now < announcing.nextAt) return null
  const { asks } = announcing
  Object.assign(announcing, { lastAt: now, nextAt: now + presencePeriod(roster), asks: false, answers: false })
  return { asks }
}

/** A newcomer has asked. */
export function answerSoon(announcing: Announcing, roster: Roster, now: number, random: () => number): void {
  if (announcing.answers) return
  const spread = Math.min(MAX_SPREAD_MS, roster.size * SPREAD_MS_PER_PERSON)
  const perAnswer = Math.max(ANSWER_MS, roster.size * ANSWER_MS_PER_PERSON)
  const allowedAt = announcing.answeredUntil - (ANSWER_BURST - 1) * perAnswer
  const at = Math.max(now + random() * spread, announcing.lastAt + MIN_GAP_MS, allowedAt)
  announcing.answers = true
  announcing.answeredUntil = Math.max(announcing.answeredUntil, at) + perAnswer
  bringForward(announcing, at)
}

/** This user has news (a new name), or wants to know who is there. */
export function announceSoon(announcing: Announcing, now: number, asks: boolean): void {
  announcing.asks ||= asks
  bringForward(announcing, Math.max(now, announcing.lastAt + MIN_GAP_MS))
}

function bringForward(announcing: Announcing, at: number): void {
  announcing.nextAt = Math.min(announcing.nextAt, at)
}

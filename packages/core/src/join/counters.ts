// What the join actor counts, by reason. The host exports these as metrics.

export const joinCounterNames = [
  'dials-started',
  'dials-opened',
  'dials-failed',
  'requests-sent',
  'requests-refused',
  'requests-timed-out',
  'requests-lost',
  'walks-forwarded',
  'walks-refused',
  'walks-expired',
  'offers-sent',
  'offers-taken',
  'offers-declined',
  'slots-expired',
  'slots-dropped',
  'admitted',
  'evicted',
  'takeovers',
  'guests-refused',
  'guests-timed-out',
  'rate-limited',
  'request-from-guest',
  'own-request',
  'unsolicited-offer',
  'unsolicited-answer',
  'unsolicited-ack',
  'bad-nonce',
  'late-ack',
  'answer-lost',
  'late-packet',
  'late-dial',
  'duplicates-closed',
  'stale-links',
  'self-links',
  'wrong-peers',
  'shuffles-sent',
  'bad-hints',
  'misplaced-addresses'
] as const

export type JoinCounter = (typeof joinCounterNames)[number]
export type JoinCounters = Record<JoinCounter, number>

export function createJoinCounters(): JoinCounters {
  return Object.fromEntries(joinCounterNames.map((name) => [name, 0])) as JoinCounters
}

// Dials of addresses that are only somebody's word: a budget of the whole node, so that no crowd of words makes it
// knock at strangers' doors.
import type { JoinState, KnownAddress } from './state.ts'

/** Never configured, never reached, and nobody's that we knew. */
export function isHeard(known: KnownAddress): boolean {
  return !known.configured && !known.verified && known.goodAt === Number.NEGATIVE_INFINITY
}

/** When an address may be dialled: after its own pause, and for hearsay when the budget has something left. */
export function dialTime(state: JoinState, known: KnownAddress): number {
  if (!isHeard(known)) return known.retryAt
  const left = leftNow(state)
  if (left >= 1) return known.retryAt
  return Math.max(known.retryAt, state.now + Math.ceil(((1 - left) / state.options.heardDialsPerSecond) * 1_000))
}

export function takeHeardDial(state: JoinState): void {
  state.heardDials = leftNow(state) - 1
  state.heardDialsAt = state.now
}

function leftNow({ heardDials, heardDialsAt, now, options }: JoinState): number {
  const { heardDialBurst, heardDialsPerSecond } = options
  return Math.min(heardDialBurst, heardDials + ((now - heardDialsAt) / 1_000) * heardDialsPerSecond)
}

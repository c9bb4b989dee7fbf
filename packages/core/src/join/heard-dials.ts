// Dials of addresses that somebody only claimed: the whole node has one budget, so that no crowd of claims makes it
// knock at strangers' doors.
import type { JoinState, KnownAddress } from './state.ts'

/** Never configured, never reached, and not that of a peer that we knew. */
export function isHeard(known: KnownAddress): boolean {
  return !known.configured && !known.verified && known.goodAt === Number.NEGATIVE_INFINITY
}

/** When an address may be dialled: after its own pause, and for hearsay once the budget allows it. */
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

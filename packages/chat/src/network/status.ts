// The figures of the status line, gathered once a second.
import type { Network } from '@floodnet/transport'
import { fingerprintOf } from '../people/trust.ts'
import type { Listed, Status } from '../screens/screen.ts'
import { knownOf, type Session } from '../session/session.ts'

/** People in the list beside the conversation: more than any screen has rows. */
export const MAX_LISTED = 100

export class StatusMeter {
  #messages = 0
  #dropped = 0
  #at: number

  constructor(nowMs: number) {
    this.#at = nowMs
  }

  countMessage(): void {
    this.#messages++
  }

  countDropped(count: number): void {
    this.#dropped += count
  }

  /** The state now; the rate is over the time since the last call. `nowMs` from a clock that never goes back. */
  take(network: Network, session: Session, nowMs: number): Status {
    const seconds = Math.max(0.001, (nowMs - this.#at) / 1000)
    const messagesPerSecond = Math.round(this.#messages / seconds)
    this.#messages = 0
    this.#at = nowMs
    return {
      kind: 'status',
      peers: network.peers.length,
      roomSize: session.roster.size + 1,
      name: session.name,
      people: peopleIn(session),
      messagesPerSecond,
      rttMs: median(network.peers.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs]))),
      dropped: this.#dropped
    }
  }
}

function peopleIn(session: Session): Listed[] {
  return [...session.roster.values()]
    .slice(0, MAX_LISTED)
    .map(({ id }) => ({ ...knownOf(session, id), fingerprint: fingerprintOf(id) }))
    .sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1))
}

function median(values: number[]): number | null {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}

// Why links close, and the number of each reason on the wire (LEAVE). Both lists are append only.
import type { JoinCloseReason } from '../join/index.ts'
import { FRAME_FAULTS, type FrameFault } from './faults.ts'

const OTHER_REASONS = [
  'unknown',
  'leaving',
  // the join actor's
  'self',
  'wrong-peer',
  'cancelled',
  'duplicate',
  'restarted',
  'stale',
  'guests-full',
  'guest-timeout',
  'answered',
  'not-needed',
  'full',
  'replaced',
  'bad-nonce',
  'unsolicited-ack',
  // the handshake's
  'wrong-version',
  'wrong-network',
  'wrong-key',
  'wrong-security',
  'wrong-identity',
  'untrusted-certificate',
  'handshake-timeout',
  // the link's
  'dead',
  'stuck',
  'worker-crash',
  'connection-lost',
  // also the handshake's
  'peer-speaks-tls',
  // the handshake's again
  'wrong-work',
  // the link's again
  'too-slow'
] as const

/** Why a link closed, as counted, reported and told to the peer. */
export type CloseReason = (typeof OTHER_REASONS)[number] | FrameFault

export const CLOSE_REASONS: readonly CloseReason[] = [...OTHER_REASONS, ...FRAME_FAULTS]

/** Faults are numbered from here, other reasons from 0. */
const FIRST_FAULT_NUMBER = 128

/** The reason's number on the wire. */
export function closeReasonNumber(reason: CloseReason): number {
  const fault = FRAME_FAULTS.indexOf(reason as FrameFault)
  return fault < 0 ? OTHER_REASONS.indexOf(reason as (typeof OTHER_REASONS)[number]) : FIRST_FAULT_NUMBER + fault
}

/** The reason with that number; `'unknown'` if our lists do not have it. */
export function closeReasonAt(number: number): CloseReason {
  return OTHER_REASONS[number] ?? FRAME_FAULTS[number - FIRST_FAULT_NUMBER] ?? 'unknown'
}

/** Checks at compile time that each reason of the join actor has a number. */
type Numbered<T extends CloseReason> = T
export type NumberedJoinReason = Numbered<JoinCloseReason>

// Why links close. The order is the wire's numbering (LEAVE): append only.
import type { JoinCloseReason } from './join/index.ts'
import { FRAME_FAULTS, type FrameFault } from './wire/faults.ts'

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
  'connection-lost'
] as const

/** Why a link closed, as counted, reported and told to the peer. */
export type CloseReason = (typeof OTHER_REASONS)[number] | FrameFault

/** All reasons; a reason's place is its number on the wire. */
export const CLOSE_REASONS: readonly CloseReason[] = [...OTHER_REASONS, ...FRAME_FAULTS]

/** Holds that each reason of the join actor has a number. */
type Numbered<T extends CloseReason> = T
export type NumberedJoinReason = Numbered<JoinCloseReason>

// The frames by which a node learns whether others can dial it. DIAL_BACK asks a neighbour to try one port of the host
// that it sees; DIAL_BACK_REPLY reports the outcome. Neither is signed, because each concerns only its own link. A
// question names no host, so nobody can be made to dial a victim.
import { bodyOf, type ControlOrigin, encodeFrame } from './control.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { FrameType } from './layout.ts'

/**
 * The outcomes of a DIAL_BACK, in the order of their numbers on the wire: append only. `reached`: our key answered
 * there. `not-reached`: it did not. `busy`: not tried, because the node is asked too often. `unfit`: not tried, because
 * the asker is not a neighbour, or is on the same machine or link.
 */
export const DIAL_BACK_OUTCOMES = ['reached', 'not-reached', 'busy', 'unfit'] as const

export type DialBackOutcome = (typeof DIAL_BACK_OUTCOMES)[number]

/** Body: port 2. The header's seq numbers the question. */
export function encodeDialBack(author: ControlOrigin, question: number, port: number): Uint8Array {
  const body = new FieldWriter().uint8(port >>> 8).uint8(port & 0xff)
  return encodeFrame(FrameType.dialBack, author, question, body.finish())
}

/** The port, or null if the body is malformed. */
export function decodeDialBack(frame: Uint8Array): number | null {
  const fields = new FieldReader(bodyOf(frame))
  const port = fields.uint8() * 256 + fields.uint8()
  return fields.complete && port > 0 ? port : null
}

/** Body: outcome 1. The header's seq is that of the question. */
export function encodeDialBackReply(author: ControlOrigin, question: number, outcome: DialBackOutcome): Uint8Array {
  const body = new FieldWriter().uint8(DIAL_BACK_OUTCOMES.indexOf(outcome))
  return encodeFrame(FrameType.dialBackReply, author, question, body.finish())
}

/** The outcome, `'unfit'` if our list does not have it; null if the body is malformed. */
export function decodeDialBackReply(frame: Uint8Array): DialBackOutcome | null {
  const body = bodyOf(frame)
  return body.length === 1 ? (DIAL_BACK_OUTCOMES[body[0]!] ?? 'unfit') : null
}

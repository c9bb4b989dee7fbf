// How a gob stream can be wrong. Thrown inside the codec only: GobReader catches it, and callers get the reason as a
// value.

export type GobFaultReason =
  | 'bad-number'
  | 'bad-text'
  | 'bad-type'
  | 'message-too-long'
  | 'not-a-packet'
  | 'out-of-order'
  | 'too-deep'
  | 'too-many-elements'
  | 'too-many-types'
  | 'trailing-bytes'
  | 'truncated'
  | 'unknown-type'

/** The peer's mistake, with what was expected. */
export class GobFault extends Error {
  override readonly name = 'GobFault'
  readonly reason: GobFaultReason

  constructor(reason: GobFaultReason, details: string) {
    super(`${reason}: ${details}`)
    this.reason = reason
  }
}

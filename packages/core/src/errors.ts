// Public errors: one class, told apart by a stable code.

/** Every code that floodnet throws or emits. The README explains each. */
export const ERROR_CODES = [
  'ERR_FLOODNET_OPTION',
  'ERR_FLOODNET_ADDRESS',
  'ERR_FLOODNET_ADDRESS_IN_USE',
  'ERR_FLOODNET_IDENTITY',
  'ERR_FLOODNET_CERTIFICATE',
  'ERR_FLOODNET_INSECURE',
  'ERR_FLOODNET_MESSAGE_TOO_LARGE',
  'ERR_FLOODNET_QUEUE_FULL',
  'ERR_FLOODNET_CLOSED',
  'ERR_FLOODNET_START',
  'ERR_FLOODNET_WORKER',
  'ERR_FLOODNET_FAILED',
  'ERR_FLOODNET_ASSERTION'
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** An error with a stable `code`; `subject` names the option, address, file or peer it is about. */
export class FloodnetError extends Error {
  override readonly name = 'FloodnetError'
  readonly code: ErrorCode
  readonly subject: string | null

  constructor(
    code: ErrorCode,
    message: string,
    { subject = null, cause }: { subject?: string | null; cause?: unknown } = {}
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.subject = subject
  }
}

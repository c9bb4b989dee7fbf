// Public errors: one class, distinguished by a stable code.

/** Every code that floodnet throws or emits. docs/API.md explains each. */
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
  'ERR_FLOODNET_AWAY',
  'ERR_FLOODNET_START',
  'ERR_FLOODNET_CLOCK',
  'ERR_FLOODNET_WORKER',
  'ERR_FLOODNET_FAILED',
  'ERR_FLOODNET_ASSERTION'
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** An error with a stable `code`; `subject` names the option, address, file or peer that it is about. */
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

/** The error for an address that a command's option cannot use; `problem` completes "'127.0.0.1' ...". */
export function addressError(option: string, text: string, problem: string): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_ADDRESS', `${option}: '${text}' ${problem}`, { subject: text })
}

/** Errors about what the user wrote. */
const USAGE_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'ERR_FLOODNET_OPTION',
  'ERR_FLOODNET_ADDRESS',
  'ERR_FLOODNET_ADDRESS_IN_USE',
  'ERR_FLOODNET_IDENTITY',
  'ERR_FLOODNET_CERTIFICATE',
  'ERR_FLOODNET_INSECURE'
])

/** The exit code of a command that ends with `error`: 2 for bad usage, 1 for every other failure. */
export function exitCodeOf(error: unknown): number {
  return USAGE_CODES.has(codeOf(error)) ? 2 : 1
}

/** The stable code of an error. Errors without one of ours come from the system or are bugs. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined
  return typeof code === 'string' && code.startsWith('ERR_FLOODNET_') ? code : 'ERR_FLOODNET_FAILED'
}

/** The message of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

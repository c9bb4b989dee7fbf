// Errors of this program, coded like those of @floodnet/transport.

/** The user asked for something impossible: exit code 2. */
export class UsageError extends Error {
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'UsageError'
    this.code = code
  }
}

/** The code of any error; errors that carry none are bugs or the world's, and say so. */
export function codeOf(error: unknown): string {
  return hasCode(error) ? error.code : 'ERR_FLOODCHAT_FAILED'
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function hasCode(error: unknown): error is { code: string } {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
}

// Errors as users meet them: a stable code, a sentence, an exit code.

/** Errors about what the user wrote; as in the floodnet command. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'ERR_FLOODNET_OPTION',
  'ERR_FLOODNET_ADDRESS',
  'ERR_FLOODNET_ADDRESS_IN_USE',
  'ERR_FLOODNET_IDENTITY',
  'ERR_FLOODNET_CERTIFICATE',
  'ERR_FLOODNET_INSECURE'
])

/** 2 for bad usage, 1 for every other failure. */
export function exitCodeOf(error: unknown): number {
  return USAGE_CODES.has(codeOf(error)) ? 2 : 1
}

/** The stable code of an error. Errors without one of ours come from the system or are bugs. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return code?.startsWith('ERR_FLOODNET_') ? code : 'ERR_FLOODNET_FAILED'
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

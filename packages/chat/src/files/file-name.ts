// Names of files as strangers send them: a name is one plain word of a folder, or it is refused. Never repaired, so that nobody gets a file
// under another name than was offered (invariant "no way out of the folder"). Pure.
import { cleanText } from '../text/clean-text.ts'

/** File systems take 255; some are left for the number that a second file of the same name gets. */
export const MAX_NAME_BYTES = 240

// Devices that Windows finds in every folder, whatever the ending.
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i
// Separators, streams (name:stream) and what Windows takes for patterns.
const FORBIDDEN = /[/\\:*?"<>|]/

/** Why a file may not be called so; null when it may. */
export function fileNameProblem(name: string): string | null {
  if (name === '') return 'it has no name'
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return 'its name is too long'
  if (name !== cleanText(name)) return 'its name has invisible or control characters'
  if (FORBIDDEN.test(name)) return 'its name is a path, or has one of \\ / : * ? " < > |'
  if (name.startsWith('.')) return 'its name begins with a dot'
  if (/[. ]$/.test(name) || name.startsWith(' ')) return 'its name begins or ends with a space, or ends with a dot'
  if (RESERVED.test((name.split('.')[0] ?? '').trimEnd())) return 'its name is one that systems keep for devices'
  return null
}

/** The name for the file number `n` of this name: 0 is the name itself, 1 "name (1).txt". */
export function numberedName(name: string, n: number): string {
  if (n === 0) return name
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? `${name} (${n})` : `${name.slice(0, dot)} (${n})${name.slice(dot)}`
}

// Names of files as strangers send them. A name is one word in a folder: names that lead elsewhere are refused.
// Characters that some systems cannot store, or that a reader could not see, are replaced, and the offer shows both
// names (invariant "no way out of the folder"). Pure.
import { cleanText, cutText } from '../text/clean-text.ts'

/** File systems accept 255; the rest is room for the number that a second file with the same name gets. */
export const MAX_NAME_BYTES = 240
/** A longer ending is not kept when a name is cut. A guess. */
const MAX_ENDING_BYTES = 16

// Devices that Windows finds in every folder, with any ending.
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i
// Separators, streams (name:stream) and characters that Windows takes for patterns.
const FORBIDDEN = /[/\\:*?"<>|]/g

/** Why a file may not be offered under this name; null if it may. */
export function fileNameProblem(name: string): string | null {
  if (cleanText(name).trim() === '') return 'it has no name'
  if (/\p{Cc}/u.test(name)) return 'its name has control characters'
  if (name === '.' || name === '..' || name.includes('/')) return 'its name is a path'
  return null
}

/** The name that such a file gets here: unchanged if every system can store it. */
export function safeName(name: string): string {
  const visible = cleanText(name)
    .replace(FORBIDDEN, '_')
    .replace(/^ +/, '_')
    .replace(/^\./, '_.')

    .replace(/[. ]+$/, '_')
  const stem = (visible.split('.')[0] ?? '').trimEnd()
  return shorten(RESERVED.test(stem) ? `_${visible}` : visible)
}

/** The name for file number `n` with this name: 0 is the name itself, 1 "name (1).txt". */
export function numberedName(name: string, n: number): string {
  if (n === 0) return name
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? `${name} (${n})` : `${name.slice(0, dot)} (${n})${name.slice(dot)}`
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && Buffer.byteLength(name.slice(dot)) <= MAX_ENDING_BYTES ? name.slice(dot) : ''
  const { text } = cutText(name.slice(0, name.length - ending.length), MAX_NAME_BYTES - Buffer.byteLength(ending))
  return `${text.replace(/[. ]+$/, '')}${ending}`
}

// Identifies a program that does not speak like nodes of part 4 and later, by its first bytes or by the struct that it
// sends. Pure.
import type { GobRecord } from '../gob/values.ts'

/** Bytes that are examined. */
export const FIRST_BYTES = 16

/** In words that follow "it speaks"; null: these may be the first bytes of a packet. At least two bytes are needed. */
export function speechOf(first: Uint8Array): string | null {
  const [one = 0, two = 0] = first
  // A record of TLS: a handshake, or an alert.
  if ((one === 0x16 || one === 0x15) && two === 0x03) return 'TLS, as nodes of floodnet do (--join)'
  if (!isTyped(one) || !isTyped(two)) return null
  const text = Buffer.from(first).toString('latin1')
  if (/^HTTP\/|^(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|PRI) /.test(text))
    return 'HTTP, as members of gop2p do (--gop2p) and web servers'
  if (text.startsWith('SSH-')) return 'SSH'
  return 'plain text, as part 1 of the tutorial does: a bridge needs part 4 or later'
}

/** In the same words; null: it is a packet of part 4 or later. */
export function structOf({ typeName, declared }: GobRecord): string | null {
  const has = (...names: string[]): boolean => names.every((name) => declared.includes(name))
  if (has('Type', 'Payload', 'NodeID', 'UniqueID')) return null
  if (has('Type', 'Message', 'Origin')) return 'as part 3 of the tutorial does: a bridge needs part 4 or later'
  if (has('Text', 'UniqueID')) return 'as part 2 of the tutorial does: a bridge needs part 4 or later'
  return `gob, but of '${typeName.slice(0, FIRST_BYTES)}', which is not a packet of the tutorial`
}

// A packet begins with the length of a definition, and then 0xff: no two letters follow each other.
function isTyped(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

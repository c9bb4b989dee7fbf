// `sub --format`: a text with placeholders for the fields of a message, as in mosquitto_sub and kcat.
import { optionError } from '@floodnet/core'
import type { Message } from '../api.ts'

export type Format = (message: Message, time: Date) => Uint8Array

type Part = Uint8Array | Field
type Field = (message: Message, time: Date) => Uint8Array

const FIELDS: Readonly<Record<string, Field>> = {
  p: ({ payload }) => payload,
  x: ({ payload }) => Buffer.from(bufferOf(payload).toString('hex')),
  b: ({ payload }) => Buffer.from(bufferOf(payload).toString('base64')),
  l: ({ payload }) => Buffer.from(String(payload.length)),
  o: ({ origin }) => Buffer.from(origin),
  i: ({ incarnation }) => Buffer.from(String(incarnation)),
  s: ({ seq }) => Buffer.from(String(seq)),
  n: ({ index }) => Buffer.from(String(index)),
  h: ({ hops }) => Buffer.from(String(hops)),
  t: (_, time) => Buffer.from(time.toISOString()),
  '%': () => Buffer.from('%')
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0', '\\': '\\' }

/** @throws ERR_FLOODNET_OPTION for an unknown placeholder */
export function formatOf(text: string): Format {
  const parts = [...text.matchAll(/%(.?)|\\(.?)|[^%\\]+/gsu)].map(([whole, field, escaped]) =>
    partOf(whole, field, escaped)
  )
  return (message, time) =>
    Buffer.concat(parts.map((part) => (typeof part === 'function' ? part(message, time) : part)))
}

function partOf(whole: string, field: string | undefined, escaped: string | undefined): Part {
  if (field === undefined && escaped === undefined) return Buffer.from(whole)
  const part = field === undefined ? escapeOf(escaped ?? '') : FIELDS[field]
  if (part !== undefined) return part
  const known = [...Object.keys(FIELDS).map((name) => `%${name}`), ...Object.keys(ESCAPES).map((name) => `\\${name}`)]
  throw optionError('--format', `--format accepts ${known.join(' ')}, not '${whole}'`)
}

function escapeOf(escaped: string): Uint8Array | undefined {
  const character = ESCAPES[escaped]
  return character === undefined ? undefined : Buffer.from(character)
}

function bufferOf(payload: Uint8Array): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
}

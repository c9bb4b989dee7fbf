// Structs of plain fields as gob messages: the definition, then the value, as a new encoder of Go writes them. That is
// what the tutorial's nodes send for every packet.
import { Sink } from './sink.ts'
import { BUILT_IN, FIRST_TYPE_ID } from './types.ts'

/** A struct of Go: its name, and the names and types of its fields in their order. */
export interface StructShape {
  readonly name: string
  readonly fields: readonly (readonly [name: string, type: keyof typeof BUILT_IN])[]
}

export type PlainValue = bigint | number | boolean | string | Uint8Array

/** The messages that define `shape`, ready to stand before values. */
export function encodeDefinition({ name, fields }: StructShape): Uint8Array {
  const body = new Sink().signed(-FIRST_TYPE_ID)
  // wireType, its third field: a struct, of which the first field is name and id, the second the list of fields.
  body.unsigned(3).unsigned(1).unsigned(1).text(name).unsigned(1).signed(FIRST_TYPE_ID).unsigned(0)
  body.unsigned(1).unsigned(fields.length)
  for (const [field, type] of fields) body.unsigned(1).text(field).unsigned(1).signed(BUILT_IN[type]).unsigned(0)
  return new Sink().bytes(body.unsigned(0).unsigned(0).finish()).finish()
}

/** The message with the value. Values in the order of the shape's fields; a zero is left out. */
export function encodeValue({ fields }: StructShape, values: readonly PlainValue[]): Uint8Array {
  const body = new Sink().signed(FIRST_TYPE_ID)
  let last = 0
  for (const [index, [, type]] of fields.entries()) {
    const value = values[index]
    if (value === undefined || isZero(value)) continue
    body.unsigned(index + 1 - last)
    last = index + 1
    putValue(body, type, value)
  }
  return new Sink().bytes(body.unsigned(0).finish()).finish()
}

function isZero(value: PlainValue): boolean {
  return value instanceof Uint8Array ? value.length === 0 : !value
}

function putValue(body: Sink, type: keyof typeof BUILT_IN, value: PlainValue): Sink {
  if (type === 'bytes' && value instanceof Uint8Array) return body.bytes(value)
  if (type === 'string' && typeof value === 'string') return body.text(value)
  if (type === 'bool' && typeof value === 'boolean') return body.unsigned(value ? 1 : 0)
  if (type === 'float' && typeof value === 'number') return body.unsigned(reversedBits(value))
  if (typeof value === 'bigint' || typeof value === 'number') {
    if (type === 'int') return body.signed(value)
    if (type === 'uint') return body.unsigned(value)
  }
  throw new TypeError(`${typeof value} is no ${type}`)
}

function reversedBits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0, true)
}

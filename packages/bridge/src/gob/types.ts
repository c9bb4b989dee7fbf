// Which types a stream has defined, and how a definition is read. Values are read in values.ts.
import type { Cursor } from './cursor.ts'
import { GobFault } from './fault.ts'
import { MAX_FIELDS, MAX_NAME_BYTES, MAX_TYPES } from './limits.ts'

/** Types that every stream knows; Go's numbers. 4 is float, 7 complex, 8 interface, which no packet has. */
export const BUILT_IN = { bool: 1, int: 2, uint: 3, float: 4, bytes: 5, string: 6 } as const

/** The number of the first type that an encoder defines: Go counts up from here. */
export const FIRST_TYPE_ID = 65

export type GobType =
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly GobField[] }
  | { readonly kind: 'slice'; readonly element: number }
  | { readonly kind: 'array'; readonly element: number; readonly length: bigint }
  | { readonly kind: 'map'; readonly key: number; readonly element: number }
  /** Bytes that only a program of its own understands. */
  | { readonly kind: 'opaque' }

export interface GobField {
  readonly name: string
  readonly type: number
}

/**
 * The types of one stream. A definition replaces an earlier one: the tutorial's nodes define their packet before every
 * packet.
 */
export class TypeTable {
  readonly #types = new Map<number, GobType>()

  define(id: number, type: GobType): void {
    if (id < FIRST_TYPE_ID - 1) throw new GobFault('bad-type', `type ${id} is built in`)
    if (!this.#types.has(id) && this.#types.size >= MAX_TYPES) throw new GobFault('too-many-types', `over ${MAX_TYPES}`)
    this.#types.set(id, type)
  }

  get(id: number): GobType {
    const type = this.#types.get(id)
    if (type === undefined) throw new GobFault('unknown-type', `type ${id} was not defined`)
    return type
  }
}

/** Reads what follows the negated id: Go's wireType, a struct of which one field is there. */
export function readDefinition(cursor: Cursor): GobType {
  let type: GobType | null = null
  readFields(cursor, (field) => {
    if (type !== null) throw new GobFault('bad-type', 'a definition of two kinds')
    type = readKind(cursor, field)
  })
  if (type === null) throw new GobFault('bad-type', 'a definition without a kind')
  return type
}

/**
 * Calls `read` with the number of each field that is there, from 1. Numbers are sent as the distance from the last one;
 * 0 ends.
 */
export function readFields(cursor: Cursor, read: (field: number) => void): void {
  let field = 0
  for (let step = cursor.unsigned(); step !== 0n; step = cursor.unsigned()) {
    if (step > MAX_FIELDS) throw new GobFault('bad-type', `${step} fields further`)
    field += Number(step)
    read(field)
  }
}

/** The number of a type: small, whatever its sender claims. */
export function readTypeId(cursor: Cursor): number {
  const id = cursor.signed()
  if (id < -0xffffn || id > 0xffffn) throw new GobFault('bad-type', `type ${id}`)
  return Number(id)
}

/** In the order of wireType's fields. */
function readKind(cursor: Cursor, field: number): GobType {
  const parts: Parts = { name: '', fields: [], numbers: [0n, 0n] }
  switch (field) {
    case 1:
      readParts(cursor, parts)
      return { kind: 'array', element: Number(parts.numbers[0]), length: parts.numbers[1] }
    case 2:
      readParts(cursor, parts)
      return { kind: 'slice', element: Number(parts.numbers[0]) }
    case 3:
      readStruct(cursor, parts)
      return { kind: 'struct', name: parts.name, fields: parts.fields }
    case 4:
      readParts(cursor, parts)
      return { kind: 'map', key: Number(parts.numbers[0]), element: Number(parts.numbers[1]) }
    case 5:
    case 6:
    case 7:
      readParts(cursor, parts)
      return { kind: 'opaque' }
    default:
      throw new GobFault('bad-type', `kind ${field}`)
  }
}

interface Parts {
  name: string
  fields: GobField[]
  /** The second and the third field, which are ids of types, or a length. */
  numbers: [bigint, bigint]
}

function readParts(cursor: Cursor, parts: Parts): void {
  readFields(cursor, (field) => {
    if (field === 1) readCommon(cursor, parts)
    else if (field === 2 || field === 3) parts.numbers[field - 2] = cursor.signed()
    else throw new GobFault('bad-type', `field ${field} of a definition`)
  })
}

function readStruct(cursor: Cursor, parts: Parts): void {
  readFields(cursor, (field) => {
    if (field === 1) return readCommon(cursor, parts)
    if (field !== 2) throw new GobFault('bad-type', `field ${field} of a struct's definition`)
    const count = cursor.count()
    if (count > MAX_FIELDS) throw new GobFault('bad-type', `${count} fields`)
    for (let index = 0; index < count; index++) parts.fields.push(readField(cursor))
  })
}

/** Name and id. The id stands before the definition too. */
function readCommon(cursor: Cursor, parts: Parts): void {
  readFields(cursor, (field) => {
    if (field === 1) parts.name = readName(cursor)
    else if (field === 2) readTypeId(cursor)
    else throw new GobFault('bad-type', `field ${field} of a name`)
  })
}

function readField(cursor: Cursor): GobField {
  let [name, type] = ['', 0]
  readFields(cursor, (field) => {
    if (field === 1) name = readName(cursor)
    else if (field === 2) type = readTypeId(cursor)
    else throw new GobFault('bad-type', `field ${field} of a field`)
  })
  return { name, type }
}

/** The table keeps names as long as the stream lives. */
function readName(cursor: Cursor): string {
  const length = cursor.count()
  if (length > MAX_NAME_BYTES) throw new GobFault('bad-type', `a name of ${length} bytes`)
  return cursor.textOf(length)
}

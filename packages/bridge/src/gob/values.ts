// Values by their types, within limits on depth and number.
import type { Cursor } from './cursor.ts'
import { GobFault } from './fault.ts'
import { MAX_DEPTH, MAX_ELEMENTS } from './limits.ts'
import { BUILT_IN, type GobType, readFields, type TypeTable } from './types.ts'

/** Whole numbers are bigints: Go's ids have 64 bits. Bytes are copies. */
export type GobValue = bigint | boolean | number | string | Uint8Array | readonly GobValue[] | GobRecord

/** A struct. A zero field is not sent, so it is absent here. */
export interface GobRecord {
  readonly typeName: string
  /** Names of all its fields, including those that are zero. */
  readonly declared: readonly string[]
  readonly fields: ReadonlyMap<string, GobValue>
}

/** Reads the values of one message. */
export class ValueReader {
  readonly #types: TypeTable
  readonly #cursor: Cursor
  #elements = 0

  constructor(types: TypeTable, cursor: Cursor) {
    this.#types = types
    this.#cursor = cursor
  }

  /** A struct at the top of a message. */
  record(typeId: number): GobRecord {
    const type = typeId < BUILT_IN.string + 3 ? null : this.#types.get(typeId)
    if (type?.kind !== 'struct') throw new GobFault('not-a-packet', `a value of type ${typeId}, no struct`)
    return this.#struct(type, 0)
  }

  #value(typeId: number, depth: number): GobValue {
    if (++this.#elements > MAX_ELEMENTS) throw new GobFault('too-many-elements', `over ${MAX_ELEMENTS}`)
    if (depth > MAX_DEPTH) throw new GobFault('too-deep', `over ${MAX_DEPTH}`)
    switch (typeId) {
      case BUILT_IN.bool:
        return this.#cursor.unsigned() !== 0n
      case BUILT_IN.int:
        return this.#cursor.signed()
      case BUILT_IN.uint:
        return this.#cursor.unsigned()
      case BUILT_IN.float:
        return floatOf(this.#cursor.unsigned())
      case BUILT_IN.bytes:
        return this.#cursor.bytes(this.#cursor.count()).slice()
      case BUILT_IN.string:
        return this.#cursor.text()
      default:
        return this.#defined(this.#types.get(typeId), depth)
    }
  }

  #defined(type: GobType, depth: number): GobValue {
    switch (type.kind) {
      case 'struct':
        return this.#struct(type, depth)
      case 'slice':
        return this.#list(this.#cursor.count(), [type.element], depth)
      case 'array':
        return this.#list(this.#arrayLength(type.length), [type.element], depth)
      case 'map':
        return this.#list(this.#cursor.count(), [type.key, type.element], depth)
      case 'opaque':
        return this.#cursor.bytes(this.#cursor.count()).slice()
    }
  }

  #struct({ name, fields }: Extract<GobType, { kind: 'struct' }>, depth: number): GobRecord {
    const values = new Map<string, GobValue>()
    readFields(this.#cursor, (number) => {
      const field = fields[number - 1]
      if (field === undefined) throw new GobFault('bad-type', `field ${number} of ${fields.length}`)
      values.set(field.name, this.#value(field.type, depth + 1))
    })
    return { typeName: name, declared: fields.map((field) => field.name), fields: values }
  }

  /** `count` times a value of each type: a map is its keys and values in turn. */
  #list(count: number, typeIds: readonly number[], depth: number): GobValue[] {
    const values: GobValue[] = []
    for (let index = 0; index < count; index++) {
      for (const typeId of typeIds) values.push(this.#value(typeId, depth + 1))
    }
    return values
  }

  #arrayLength(length: bigint): number {
    const count = this.#cursor.count()
    if (BigInt(count) !== length) throw new GobFault('bad-type', `${count} elements in an array of ${length}`)
    return count
  }
}

/** Go sends the bytes of a float64 in reverse, so that short numbers are short. */
function floatOf(reversed: bigint): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, reversed, true)
  return view.getFloat64(0)
}

// The packet of the tutorial's part 4, and its bytes.
import { GobFault } from './fault.ts'
import { encodeDefinition, encodeValue, type StructShape } from './gob-struct.ts'
import type { GobRecord, GobValue } from './values.ts'

/** What a packet of part 4 is for. */
export const PACKET_TYPES = { message: 0, joinRequest: 1, joinAck: 2 } as const

/** A packet of part 4, as its Go struct. */
export interface TutorialPacket {
  /** One of PACKET_TYPES; Go nodes ignore others, and so do we. */
  readonly type: number
  /** The text; in join packets, the sender's listening address. */
  readonly payload: Uint8Array
  /** The node that wrote the packet: digits chosen at random at its start. */
  readonly nodeId: string
  /** Tells floods apart. 64 bits, signed. */
  readonly uniqueId: bigint
  /** How much further a join request may walk; 0 in all other packets. */
  readonly hopsLeft: number
}

const SHAPE: StructShape = {
  name: 'Packet',
  fields: [
    ['Type', 'uint'],
    ['Payload', 'bytes'],
    ['NodeID', 'string'],
    ['UniqueID', 'int'],
    ['HopsLeft', 'int']
  ]
}
const DEFINITION = encodeDefinition(SHAPE)
const MAX_TYPE = 255

/**
 * Definition and value in one piece, as a new encoder of Go writes them in two. @throws RangeError for numbers beyond
 * 64 bits
 */
export function encodePacket({ type, payload, nodeId, uniqueId, hopsLeft }: TutorialPacket): Uint8Array {
  return Buffer.concat([DEFINITION, encodeValue(SHAPE, [type, payload, nodeId, uniqueId, hopsLeft])])
}

/**
 * Matches a struct as Go does: by the names of its fields. Missing fields are zero, others are ignored. A fault:
 * incompatible types.
 */
export function packetOf({ fields }: GobRecord): TutorialPacket | GobFault {
  try {
    return {
      type: numberOf(fields.get('Type'), 'Type', 0, MAX_TYPE),
      payload: bytesOf(fields.get('Payload')),
      nodeId: textOf(fields.get('NodeID')),
      uniqueId: wholeOf(fields.get('UniqueID'), 'UniqueID'),
      hopsLeft: numberOf(fields.get('HopsLeft'), 'HopsLeft', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    }
  } catch (error) {
    if (error instanceof GobFault) return error
    throw error
  }
}

function numberOf(value: GobValue | undefined, name: string, min: number, max: number): number {
  const whole = wholeOf(value, name)
  if (whole < min || whole > max) throw new GobFault('not-a-packet', `${name} is ${whole}`)
  return Number(whole)
}

function wholeOf(value: GobValue | undefined, name: string): bigint {
  if (value === undefined) return 0n
  if (typeof value !== 'bigint') throw new GobFault('not-a-packet', `${name} is not a whole number`)
  return value
}

function bytesOf(value: GobValue | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array(0)
  if (!(value instanceof Uint8Array)) throw new GobFault('not-a-packet', 'Payload is not bytes')
  return value
}

function textOf(value: GobValue | undefined): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') throw new GobFault('not-a-packet', 'NodeID is not text')
  return value
}

/** A packet in its bytes. */
export interface WrittenPacket {
  readonly uniqueId: bigint
  readonly type: number
  readonly bytes: Uint8Array
  readonly last: boolean
}

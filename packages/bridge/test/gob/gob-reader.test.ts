// The codec against anything a stranger may send.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { GobFault } from '../../src/gob/fault.ts'
import { GobReader } from '../../src/gob/gob-reader.ts'
import { encodeDefinition, encodeValue, type StructShape } from '../../src/gob/gob-struct.ts'
import { encodePacket, packetOf, type TutorialPacket } from '../../src/gob/packet.ts'
import { Sink } from '../../src/gob/sink.ts'
import type { GobRecord } from '../../src/gob/values.ts'

const test = suite('gob reader')

const anyPacket: fc.Arbitrary<TutorialPacket> = fc.record(
  {
    type: fc.integer({ min: 0, max: 255 }),
    payload: fc.uint8Array({ maxLength: 600 }),
    nodeId: fc.string({ unit: 'grapheme', maxLength: 30 }),
    uniqueId: fc.bigInt(-(1n << 63n), (1n << 63n) - 1n),
    hopsLeft: fc.integer()
  },
  { noNullPrototype: true }
)

test('any packets come through any cutting', () => {
  check(
    fc.tuple(fc.array(anyPacket, { maxLength: 5 }), fc.infiniteStream(fc.integer({ min: 1, max: 300 }))),
    (given) => {
      const [packets, sizes] = given
      const reader = new GobReader()
      const seen: (TutorialPacket | GobFault)[] = []
      for (let rest = Buffer.concat(packets.map(encodePacket)); rest.length > 0; ) {
        const size = sizes.next().value ?? 1
        const { records, fault } = reader.push(rest.subarray(0, size))
        assert.is(fault, null)
        seen.push(...records.map(packetOf))
        rest = rest.subarray(size)
      }
      assert.equal(seen, packets)
      assert.is(reader.heldBytes, 0)
    }
  )
})

test('random bytes never throw, and never make it hold more than came', () => {
  check(
    fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }),
    (chunks) => {
      const reader = new GobReader({ maxMessageBytes: 1000 })
      for (const chunk of chunks) reader.push(chunk)
      assert.ok(reader.heldBytes <= 1009)
    },
    5000
  )
})

test('a packet with some bytes changed never throws, and what still decodes is bounded by what came', () => {
  const change = fc.record({ at: fc.nat(400), byte: fc.integer({ min: 0, max: 255 }) })
  check(
    fc.tuple(anyPacket, fc.array(change, { minLength: 1, maxLength: 4 })),
    ([packet, changes]) => {
      const bytes = encodePacket(packet)
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte
      const { records, fault } = new GobReader().push(bytes)
      assert.ok(fault === null || fault instanceof GobFault)
      for (const record of records) packetOf(record)
    },
    5000
  )
})

test('a length of gigabytes is refused at once, and one within the limit takes no memory before its bytes', () => {
  const long = new GobReader()
  assert.is(long.push(new Sink().unsigned(1n << 33n).finish()).fault?.reason, 'message-too-long')
  const patient = new GobReader()
  assert.is(patient.push(new Sink().unsigned(1_000_000).finish()).fault, null)
  assert.ok(patient.heldBytes < 10)
})

test('after a fault the stream brings nothing more', () => {
  const reader = new GobReader()
  assert.is(reader.push(Uint8Array.of(0xf0)).fault?.reason, 'bad-number')
  const later = reader.push(encodePacket(somePacket))
  assert.equal(later.records, [])
  assert.is(later.fault?.reason, 'bad-number')
})

test('a value before its definition is a fault', () => {
  const [, value] = piecesOf({ name: 'Packet', fields: [['Type', 'uint']] }, [1])
  assert.is(new GobReader().push(value).fault?.reason, 'unknown-type')
})

test('one definition serves several values, as one encoder of Go writes them', () => {
  const [definition, one] = piecesOf(MESSAGE, ['hello', 1n])
  const [, two] = piecesOf(MESSAGE, ['you', 2n])
  assert.equal(recordsOf(Buffer.concat([definition, one, two])).map(fieldsOf), [
    { Text: 'hello', ID: 1n },
    { Text: 'you', ID: 2n }
  ])
})

test('structs of other shapes, floats and truths included, are read by their definition', () => {
  const shape: StructShape = {
    name: 'All',
    fields: [
      ['F', 'float'],
      ['B', 'bool'],
      ['U', 'uint'],
      ['D', 'bytes']
    ]
  }
  const [definition, value] = piecesOf(shape, [-17.5, true, 9n, Uint8Array.of(1, 2)])
  const [record] = recordsOf(Buffer.concat([definition, value]))
  assert.is(record?.typeName, 'All')
  assert.equal(fieldsOf(record as GobRecord), { F: -17.5, B: true, U: 9n, D: Uint8Array.of(1, 2) })
})

test('a float is what Go says it is', () => {
  // 17.0 is fe 31 40 in Go's documentation.
  const [, value] = piecesOf({ name: 'F', fields: [['F', 'float']] }, [17])
  assert.match(Buffer.from(value).toString('hex'), /fe3140/)
})

test('a packet whose fields have other types is no packet', () => {
  const [definition, value] = piecesOf({ name: 'Packet', fields: [['Payload', 'string']] }, ['text'])
  const [record] = recordsOf(Buffer.concat([definition, value]))
  const packet = packetOf(record as GobRecord)
  assert.ok(packet instanceof GobFault && packet.reason === 'not-a-packet')
})

test('a field that nobody knows is ignored', () => {
  const shape: StructShape = {
    name: 'Packet',
    fields: [
      ['Later', 'string'],
      ['UniqueID', 'int']
    ]
  }
  const [record] = recordsOf(Buffer.concat(piecesOf(shape, ['new', 5n])))
  assert.equal(packetOf(record as GobRecord), { ...emptyPacket, uniqueId: 5n })
})

test('types without end, depth without end and elements without end are faults', () => {
  const many = new GobReader()
  const reasons = Array.from({ length: 40 }, (_, index) => many.push(sliceDefinition(65 + index, 2)).fault?.reason)
  assert.is(reasons.at(-1), 'too-many-types')
  assert.is(nested(200).fault?.reason, 'too-deep')
  const wide = new Sink().signed(66).unsigned(1).unsigned(5000)
  for (let index = 0; index < 5000; index++) wide.signed(1)
  const reader = new GobReader()
  reader.push(sliceDefinition(65, 2))
  reader.push(structDefinition(66, 65))
  assert.is(reader.push(new Sink().bytes(wide.unsigned(0).finish()).finish()).fault?.reason, 'too-many-elements')
})

test('names longer than any of a Go program are faults: a stream keeps its types', () => {
  const name = 'x'.repeat(257)
  for (const shape of [
    { name, fields: [] },
    { name: 'Packet', fields: [[name, 'uint']] }
  ] as const) {
    assert.is(new GobReader().push(encodeDefinition(shape)).fault?.reason, 'bad-type')
  }
})

test.run()

const MESSAGE: StructShape = {
  name: 'Message',
  fields: [
    ['Text', 'string'],
    ['ID', 'int']
  ]
}
const emptyPacket: TutorialPacket = { type: 0, payload: new Uint8Array(0), nodeId: '', uniqueId: 0n, hopsLeft: 0 }
const somePacket: TutorialPacket = { ...emptyPacket, nodeId: '7', uniqueId: 7n }

function piecesOf(shape: StructShape, values: Parameters<typeof encodeValue>[1]): [Uint8Array, Uint8Array] {
  return [encodeDefinition(shape), encodeValue(shape, values)]
}

function recordsOf(bytes: Uint8Array): readonly GobRecord[] {
  const { records, fault } = new GobReader().push(bytes)
  assert.is(fault, null)
  return records
}

function fieldsOf({ fields }: GobRecord): object {
  return Object.fromEntries(fields)
}

function sliceDefinition(id: number, element: number): Uint8Array {
  const body = new Sink().signed(-id).unsigned(2).unsigned(1).unsigned(2).signed(id).unsigned(0)
  return new Sink().bytes(body.unsigned(1).signed(element).unsigned(0).unsigned(0).finish()).finish()
}

/** A struct with one field of `type`. */
function structDefinition(id: number, type: number): Uint8Array {
  const body = new Sink().signed(-id).unsigned(3).unsigned(1).unsigned(2).signed(id).unsigned(0)
  body.unsigned(1).unsigned(1).unsigned(1).text('X').unsigned(1).signed(type).unsigned(0)
  return new Sink().bytes(body.unsigned(0).unsigned(0).finish()).finish()
}

/** A list that holds a list that holds ... */
function nested(depth: number): { fault: GobFault | null } {
  const reader = new GobReader()
  reader.push(sliceDefinition(65, 65))
  reader.push(structDefinition(66, 65))
  const body = new Sink().signed(66).unsigned(1)
  for (let level = 0; level < depth; level++) body.unsigned(1)
  return reader.push(new Sink().bytes(body.unsigned(0).unsigned(0).finish()).finish())
}

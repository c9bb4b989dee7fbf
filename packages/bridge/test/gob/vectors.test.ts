// What a Go program of the tutorial wrote, captured: test/vectors/gob-vectors.json.
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { GobFault } from '../../src/gob/fault.ts'
import { GobReader } from '../../src/gob/gob-reader.ts'
import { encodePacket, packetOf, type TutorialPacket } from '../../src/gob/packet.ts'

const test = suite('gob vectors')

interface Vector {
  readonly name: string
  readonly packet: { hopsLeft: number; nodeID: string; payloadHex: string; type: number; uniqueID: string }
  readonly hex: string
  /** The same bytes, as the program wrote them piece by piece. */
  readonly writes: readonly string[]
}

const vectors: readonly Vector[] = JSON.parse(readFileSync('packages/bridge/test/vectors/gob-vectors.json', 'utf8'))
const whole = Buffer.concat(vectors.map(({ hex }) => Buffer.from(hex, 'hex')))
const packets = vectors.map(packetOfVector)

test('there are all the captured vectors', () => {
  assert.is(vectors.length, 16)
})

for (const vector of vectors) {
  const bytes = Buffer.from(vector.hex, 'hex')

  test(`${vector.name} is decoded, all at once, byte by byte and as it was written`, () => {
    assert.equal(decode([bytes]), [packetOfVector(vector)])
    assert.equal(decode([...bytes].map((byte) => Uint8Array.of(byte))), [packetOfVector(vector)])
    assert.equal(decode(vector.writes.map((hex) => Buffer.from(hex, 'hex'))), [packetOfVector(vector)])
  })

  test(`${vector.name} is encoded to the same bytes`, () => {
    assert.is(Buffer.from(encodePacket(packetOfVector(vector))).toString('hex'), vector.hex)
  })
}

test('all of them in one stream are decoded, however it is cut', () => {
  assert.equal(decode([whole]), packets)
  for (const size of [1, 2, 3, 7, 64, 1000]) assert.equal(decode(cut(whole, size)), packets, `chunks of ${size}`)
})

test.run()

function packetOfVector({ packet }: Vector): TutorialPacket {
  return {
    type: packet.type,
    payload: new Uint8Array(Buffer.from(packet.payloadHex, 'hex')),
    nodeId: packet.nodeID,
    uniqueId: BigInt(packet.uniqueID),
    hopsLeft: packet.hopsLeft
  }
}

function decode(chunks: readonly Uint8Array[]): (TutorialPacket | GobFault)[] {
  const reader = new GobReader()
  return chunks.flatMap((chunk) => {
    const { records, fault } = reader.push(chunk)
    assert.is(fault, null)
    return records.map(packetOf)
  })
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size)
  )
}

// The writer towards a Go node, against a peer that plays with its rules.
import { Writable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodePacket } from '../../src/gob/packet.ts'
import { PACE_DEFAULTS, PacedWriter } from '../../src/tutorial/paced-writer.ts'
import { message } from '../support/peer-rig.ts'

const test = suite('paced writer')

test('a peer that knows everything and reads nothing makes no more than one packet wait in its connection', () => {
  const connection = new Writable({ write: () => {}, highWaterMark: 1_000 })
  const writer = new PacedWriter(connection, PACE_DEFAULTS, () => {})
  const packets = Array.from({ length: 50 }, () => message('x'.repeat(2_000)))
  for (const packet of packets) writer.send(packet, false)
  for (const { uniqueId } of packets) writer.known(uniqueId)
  const [first] = packets
  assert.is(connection.writableLength, first === undefined ? 0 : encodePacket(first).length)
  writer.stop()
})

test.run()

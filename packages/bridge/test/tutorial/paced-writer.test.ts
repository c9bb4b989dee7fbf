// The writer towards a Go node, against a peer that plays with its rules.
import { Writable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { encodePacket, type TutorialPacket } from '../../src/gob/packet.ts'
import { PACE_DEFAULTS, PacedWriter, type PaceOptions } from '../../src/tutorial/paced-writer.ts'
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

test('a message that does not come back is said again to a peer that returns others', async () => {
  const { writer, said } = rig()
  const [lost, returned] = [message('lost'), message('returned')]
  writer.send(lost, false)
  writer.send(returned, false)
  await until(() => said.length === 2, 5_000, 'both are written')
  writer.known(returned.uniqueId)
  await until(() => said.length === 4, 5_000, 'two more')
  assert.equal(said, [lost, returned, lost, lost].map(hexOf))
  writer.stop()
})

test('a new message goes before one that is said again', async () => {
  const { writer, said } = rig({ paceMs: 50 })
  const [lost, returned, fresh] = [message('lost'), message('returned'), message('fresh')]
  writer.send(lost, false)
  writer.send(returned, false)
  await until(() => said.length === 2, 5_000, 'both are written')
  // It is due by now, and waits for its turn behind the pause after the last one.
  writer.send(fresh, false)
  writer.known(returned.uniqueId)
  await until(() => said.length === 4, 5_000, 'both are said')
  assert.equal(said.slice(2), [fresh, lost].map(hexOf))
  writer.stop()
})

test.run()

function rig(pace: Partial<PaceOptions> = {}): { writer: PacedWriter; said: string[] } {
  const said: string[] = []
  const connection = new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      said.push(Buffer.from(bytes).toString('hex'))
      done()
    }
  })
  const options = { ...PACE_DEFAULTS, paceMs: 1, againMs: 20, ...pace }
  return { writer: new PacedWriter(connection, options, () => {}), said }
}

function hexOf(packet: TutorialPacket): string {
  return Buffer.from(encodePacket(packet)).toString('hex')
}

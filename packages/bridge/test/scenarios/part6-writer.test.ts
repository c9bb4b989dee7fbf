// time-limit: 120 s
// What a bridge says among nodes of part 6, read as those read it.
import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { difficultyOf } from '../../src/tutorial/part6.ts'
import { Part6Writer } from '../../src/tutorial/part6-writer.ts'
import { readText } from '../../src/tutorial/text-formats.ts'

const test = suite('part 6 writer')

test('a message shows its work and its signature, and is read under the name in its line', async () => {
  const writer = new Part6Writer()
  for (const [id, text] of [
    [7n, '<alice@floodnet> hello'],
    [8n, '<bob@gob@floodnet> <b> & "quotes" \u2028 \\ \u00e9 \ud83d\ude80']
  ] as const) {
    const payload = (await writer.write(text, id)) ?? new Uint8Array()
    const worked = JSON.parse(Buffer.from(payload).toString())
    const message = JSON.parse(Buffer.from(worked.Message, 'base64').toString())
    assert.equal(
      [Object.keys(worked), Object.keys(message)],
      [
        ['Nonce', 'Encrypted', 'Message'],
        ['Text', 'From', 'Signature', 'Nonce']
      ]
    )
    assert.equal([message.Text, message.Nonce, worked.Encrypted], [text, Number(id), false])
    // The original asks for more than the difficulty.
    const top = createHash('sha256').update(payload).digest().readUInt32BE()
    assert.ok(top > difficultyOf(Buffer.from(worked.Message, 'base64').length))
    const reading = readText({ type: 0, payload, nodeId: '1', uniqueId: 1n, hopsLeft: 0 })
    const [, from, said] = /^<(.*?)> (.*)$/s.exec(text) ?? []
    assert.equal(reading.kind === 'heard' && [reading.format, reading.foreign.from, reading.foreign.text], [
      'signed',
      from,
      said
    ])
  }
  writer.close()
})

test('no more messages wait for their work than the limit, in their order, and none after the end', async () => {
  const writer = new Part6Writer()
  const order: number[] = []
  const all = Array.from({ length: 40 }, (_, index) =>
    writer.write(`${index}`, BigInt(index)).then((payload) => {
      if (payload !== null) order.push(index)
      if (index === 2) writer.close()
      return payload !== null
    })
  )
  const done = await Promise.all(all)
  assert.equal([order, done.filter(Boolean).length], [[0, 1, 2], 3])
  assert.is(await writer.write('late', 99n), null)
})

test('its work keeps nothing else waiting', async () => {
  const writer = new Part6Writer()
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  // Some messages are lucky, and done at once.
  for (let id = 1n; id <= 50n && turns <= 2; id++) await writer.write('<alice@floodnet> hello', id)
  clearInterval(timer)
  writer.close()
  assert.ok(turns > 2, `${turns} turns of a timer`)
})

test.run()

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Tally } from '../../src/relay/tally.ts'

const test = suite('tally')

test('each reason is news at its first time and whenever its count has doubled', () => {
  const tally = new Tally()
  const news = Array.from({ length: 20 }, () => tally.add('gob', 'timeout')?.count).filter(
    (count) => count !== undefined
  )
  assert.equal(news, [1, 2, 4, 8, 16])
  assert.equal(tally.counts(), { gob: { timeout: 20 } })
})

test('reasons that anybody can make up fill no memory, and none of them is lost', () => {
  const tally = new Tally()
  for (let index = 0; index < 10_000; index++) tally.add('gop2p', `no member is called ${index}`)
  const counts = Object.entries(tally.counts().gop2p ?? {})
  assert.is(counts.length, 257)
  assert.is(
    counts.reduce((sum, [, count]) => sum + count, 0),
    10_000
  )
})

test.run()

// Refusals are told one by one as long as they are few, and none is left out of the sums.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkEvents } from '../../src/api.ts'
import { REFUSALS_TOLD, RefusalSums } from '../../src/telemetry/refusals.ts'

type Refusal = NetworkEvents['refused']

function refusal(address: string, fields: Partial<Refusal> = {}): Refusal {
  return { address, id: null, reason: 'not-floodnet', by: 'us', ...fields }
}

test('five of one reason are told at once, and the rest as one with the last of them', () => {
  const told: Refusal[] = []
  const sums = new RefusalSums((each) => told.push(each))
  for (let i = 0; i < 1_000; i++) sums.add(refusal(`a:${i}`))
  sums.add(refusal('b:1', { reason: 'wrong-network' }))
  assert.is(told.length, REFUSALS_TOLD + 1)
  sums.report()
  assert.equal(told.at(-1), refusal('a:999', { count: 1_000 - REFUSALS_TOLD }))
  sums.report()
  assert.is(told.length, REFUSALS_TOLD + 2)
  sums.add(refusal('a:1'))
  assert.is(told.length, REFUSALS_TOLD + 3)
})

test('who refuses us is told in any case', () => {
  const told: Refusal[] = []
  const sums = new RefusalSums((each) => told.push(each))
  for (let i = 0; i < 100; i++) sums.add(refusal(`a:${i}`, { by: 'peer' }))
  assert.is(told.length, 100)
})

test.run()

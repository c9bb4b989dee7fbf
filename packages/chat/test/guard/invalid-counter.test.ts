import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { countInvalid, JUNK_REPORT_MS, newInvalidCounter, takeInvalid } from '../../src/guard/invalid-counter.ts'

test('reports the first invalid at once and then the sum once in a while', () => {
  const meter = newInvalidCounter()
  assert.equal(countInvalid(meter, 'not-json', 0), { 'not-json': 1 })
  assert.is(countInvalid(meter, 'not-json', 1), null)
  assert.is(countInvalid(meter, 'bad-text', JUNK_REPORT_MS - 1), null)
  assert.equal(countInvalid(meter, 'not-json', JUNK_REPORT_MS), { 'not-json': 2, 'bad-text': 1 })
})

test('hands over what is left at the end, and nothing when there is nothing', () => {
  const meter = newInvalidCounter()
  assert.is(takeInvalid(meter, 0), null)
  countInvalid(meter, 'empty-text', 0)
  countInvalid(meter, 'empty-text', 1)
  assert.equal(takeInvalid(meter, 2), { 'empty-text': 1 })
  assert.is(takeInvalid(meter, 3), null)
})

test.run()

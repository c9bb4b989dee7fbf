import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { countJunk, JUNK_REPORT_MS, newJunkMeter, takeJunk } from '../../src/guard/invalid-counter.ts'

test('reports the first junk at once and then the sum once in a while', () => {
  const meter = newJunkMeter()
  assert.equal(countJunk(meter, 'not-json', 0), { 'not-json': 1 })
  assert.is(countJunk(meter, 'not-json', 1), null)
  assert.is(countJunk(meter, 'bad-text', JUNK_REPORT_MS - 1), null)
  assert.equal(countJunk(meter, 'not-json', JUNK_REPORT_MS), { 'not-json': 2, 'bad-text': 1 })
})

test('hands over what is left at the end, and nothing when there is nothing', () => {
  const meter = newJunkMeter()
  assert.is(takeJunk(meter, 0), null)
  countJunk(meter, 'empty-text', 0)
  countJunk(meter, 'empty-text', 1)
  assert.equal(takeJunk(meter, 2), { 'empty-text': 1 })
  assert.is(takeJunk(meter, 3), null)
})

test.run()

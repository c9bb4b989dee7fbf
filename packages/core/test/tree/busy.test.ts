// Who is busy: seen from duplicates alone, in one word for an author.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BUSY, observe } from '../../src/tree/index.ts'

test('eight packets within ten seconds make an author busy', () => {
  let word = observe(0, 100, 300, 50)
  for (let seq = 101; seq < 107; seq++) {
    word = observe(word, seq, 300, 52)
    assert.is.not(word, BUSY)
  }
  assert.is(observe(word, 107, 300, 60), BUSY)
})

test('the same packets over more time do not', () => {
  let word = observe(0, 1, 300, 50)
  for (let seq = 2; seq < 100; seq++) {
    word = observe(word, seq, 300, 50 + 2 * seq)
    assert.is.not(word, BUSY)
  }
})

test('16 KiB make an author busy, in one packet or in several', () => {
  assert.is(observe(0, 1, 16_384, 50), BUSY)
  assert.is(observe(observe(0, 1, 6_000, 50), 3, 6_000, 51), BUSY)
  assert.is.not(observe(observe(0, 1, 6_000, 50), 2, 6_000, 51), BUSY)
})

test('an older packet on a slower way tells nothing', () => {
  const word = observe(0, 100, 300, 50)
  assert.is(observe(word, 20, 300, 51), word)
})

test('numbers and seconds go round', () => {
  const word = observe(0, 65_534, 300, 65_535)
  assert.is.not(observe(word, 65_537, 300, 65_537), BUSY)
  assert.is(observe(word, 65_541, 300, 65_537), BUSY)
})

test.run()

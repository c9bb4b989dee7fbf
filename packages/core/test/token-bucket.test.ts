import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TokenBucket } from '../src/token-bucket.ts'

function takenOf(bucket: TokenBucket, nowMs: number): number {
  let taken = 0
  while (bucket.take(nowMs)) taken++
  return taken
}

test('a bucket starts full, refills at its rate, and holds no more than its burst', () => {
  const bucket = new TokenBucket(5, 10)
  assert.is(takenOf(bucket, 1_000), 5)
  assert.is(takenOf(bucket, 1_099), 0)
  assert.is(takenOf(bucket, 1_300), 3)
  assert.is(takenOf(bucket, 9_000), 5)
})

test('what is spent beyond the limit is paid back before anything else', () => {
  const bucket = new TokenBucket(5, 10)
  bucket.spend(0, 8)
  assert.not.ok(bucket.take(0))
  assert.is(bucket.waitMs(0), 400)
  assert.is(takenOf(bucket, 399), 0)
  assert.is(takenOf(bucket, 400), 1)
})

test('a clock that steps back takes nothing away', () => {
  const bucket = new TokenBucket(5, 10)
  assert.ok(bucket.take(10_000))
  assert.is(takenOf(bucket, 4_000), 4)
  assert.is(takenOf(bucket, 4_100), 1)
})

test.run()

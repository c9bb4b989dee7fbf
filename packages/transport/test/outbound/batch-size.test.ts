// Batches fill what the way takes in a tenth of a second.
import { MAX_BATCH_BODY_BYTES, MAX_PACKET_BODY_BYTES } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BatchSize } from '../../src/outbound/batch-size.ts'

const SLAB = 1_048_576

test('is a whole slab as long as slabs come back quickly, and is so from the start', () => {
  const size = new BatchSize(true)
  assert.is(size.bytes, MAX_BATCH_BODY_BYTES)
  for (let slab = 0; slab < 4; slab++) size.onLent(SLAB, 0)
  for (let slab = 0; slab < 4; slab++) size.onReturned(5 * (slab + 1))
  assert.is(size.bytes, MAX_BATCH_BODY_BYTES)
})

test('is what fits into a cache where there is no signature to share', () => {
  assert.is(new BatchSize(false).bytes, 262_032)
})

test('is a tenth of what a slow way takes in a second, and grows again when it is quick', () => {
  const size = new BatchSize(true)
  const perMs = 2_000
  for (let slab = 0; slab < 4; slab++) size.onLent(SLAB, 0)
  for (let slab = 1; slab < 5; slab++) {
    size.onReturned((slab * SLAB) / perMs)
    assert.ok(Math.abs(size.bytes - 100 * perMs) < 100, String(size.bytes))
  }
  size.onLent(SLAB, 10_000)
  size.onReturned(10_002)
  assert.is(size.bytes, MAX_BATCH_BODY_BYTES)
})

test('has room for any message on the slowest way', () => {
  const size = new BatchSize(true)
  size.onLent(SLAB, 0)
  size.onReturned(60_000)
  assert.is(size.bytes, MAX_PACKET_BODY_BYTES)
})

test('learns nothing from a few bytes, nor from what a crashed worker had', () => {
  const size = new BatchSize(true)
  size.onLent(5_000, 0)
  size.onReturned(60_000)
  assert.is(size.bytes, MAX_BATCH_BODY_BYTES)
  size.onLent(SLAB, 60_000)
  size.onCrash()
  size.onReturned(120_000)
  assert.is(size.bytes, MAX_BATCH_BODY_BYTES)
})

test.run()

// Chunks and their ranges, against a plain set.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { generateKeyPair } from '../../src/sealed/hpke.ts'
import { SEALED_BYTES, sealMessage } from '../../src/sealed/sealed-message.ts'
import { CHUNK_BYTES, ChunkSet, chunkCount, chunkLength, chunksIn, rangesOf } from '../../src/wire/chunk-set.ts'
import { encodeBody } from '../../src/wire/sealed-body.ts'
import { newSigner } from '../support/signer.ts'

test('holds what was added, also after it was written down and read', () => {
  const cases = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.array(fc.integer({ min: -5, max: 210 })))
  check(cases, ([count, added]) => {
    const set = new ChunkSet(count)
    for (const index of added) set.add(index)
    const wanted = new Set(added.filter((index) => index >= 0 && index < count))
    for (const one of [set, new ChunkSet(count, set.toBytes())]) {
      assert.is(one.held, wanted.size)
      assert.is(one.isWhole, wanted.size === count)
      for (let index = 0; index < count; index++) assert.is(one.has(index), wanted.has(index))
    }
  })
})

test('ranges hold the very chunks that they are made of', () => {
  check(fc.uniqueArray(fc.nat(500)), (indices) => {
    const sorted = [...indices].sort((one, other) => one - other)
    const ranges = rangesOf(indices)
    assert.equal(chunksIn(ranges, 1000), sorted)
    assert.equal(chunksIn(ranges, 3), sorted.slice(0, 3))
    for (const [n, [from]] of ranges.entries()) assert.ok(from > (ranges[n - 1]?.[1] ?? -1), 'apart from each other')
  })
})

test('the chunks of a file make up its bytes', () => {
  check(fc.integer({ min: 0, max: 50 * CHUNK_BYTES }), (bytes) => {
    const lengths = Array.from({ length: chunkCount(bytes) }, (_, index) => chunkLength(bytes, index))
    assert.is(
      lengths.reduce((sum, length) => sum + length, 0),
      bytes
    )
    assert.ok(lengths.every((length) => length > 0))
  })
})

test('a set of another size is read as none', () => {
  assert.is(new ChunkSet(100, new Uint8Array([255])).held, 0)
})

test('a chunk of the largest file fills a sealed message that is one packet', () => {
  const content = { kind: 'file-chunk', file: 'f'.repeat(32), index: 99_999 } as const
  const data = new Uint8Array(CHUNK_BYTES)
  const body = encodeBody({ id: 'a'.repeat(32), at: 1_800_000_000_000, content, data })
  const sealed = sealMessage(newSigner(), generateKeyPair().publicKey, body)
  assert.is(sealed?.length, 61_440)
  assert.ok(SEALED_BYTES.includes(61_440))
})

test.run()

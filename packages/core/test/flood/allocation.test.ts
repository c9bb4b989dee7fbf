// What the hot loops allocate, by the heap's own counter in a process in which nothing is collected meanwhile. Unlike
// times, these figures do not depend on the machine.
import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Allocations } from '../support/allocation-program.ts'

const LIMIT_MS = 60_000
/** For a whole chunk: a view of it, a boxed time. */
const CHUNK_BYTES = 256
/** The time that a window notes, where the compiler boxes it. */
const FRESH_BYTES = 16
/** The name of a written message. */
const PLACE_BYTES = 64

let measured: Allocations

test.before(async () => {
  measured = await measure()
})

test('a duplicate offer allocates nothing', () => {
  const { bytesPerChunk, frames } = measured
  assert.ok(frames > CHUNK_BYTES, 'a byte for each frame would show')
  assert.ok(bytesPerChunk.duplicate <= CHUNK_BYTES, `${bytesPerChunk.duplicate} bytes for ${frames} duplicates`)
})

test('a fresh packet allocates no more than a boxed number', () => {
  const { bytesPerChunk, frames } = measured
  assert.ok(
    bytesPerChunk.fresh <= CHUNK_BYTES + FRESH_BYTES * frames,
    `${bytesPerChunk.fresh} bytes for ${frames} packets`
  )
})

test('framing allocates for a chunk, not for a frame', () => {
  const { bytesPerChunk, frames } = measured
  assert.ok(bytesPerChunk.decode <= CHUNK_BYTES, `${bytesPerChunk.decode} bytes for ${frames} frames`)
})

test('a written message allocates no more than its name', () => {
  const { bytesPerChunk, frames } = measured
  // A boxed number now and then is the engine's: less than a byte a message.
  const limit = CHUNK_BYTES + (PLACE_BYTES + 1) * frames
  assert.ok(bytesPerChunk.encode <= limit, `${bytesPerChunk.encode} bytes for ${frames} messages`)
})

test.run()

async function measure(): Promise<Allocations> {
  const { outputFiles } = await build({
    entryPoints: ['packages/core/test/support/allocation-program.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent'
  })
  // One thread: what the compiler and the collector do beside us would be counted too.
  const flags = ['--expose-gc', '--single-threaded', '--min-semi-space-size=64', '--max-semi-space-size=64']
  const args = [...flags, '--input-type=module', '--eval', outputFiles[0]?.text ?? '']
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Allocations
}

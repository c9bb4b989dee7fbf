// Program: counts what the core's hot loops allocate, by the heap's own counter, and prints it as JSON. Run by
// allocation.test.ts with a young generation so large that nothing is collected meanwhile.
import { Flood } from '../../src/flood/flood.ts'
import { OriginTable } from '../../src/flood/origin-table.ts'
import { PacketWriter } from '../../src/message/packet-writer.ts'
import { FrameReader } from '../../src/wire/frame-reader.ts'
import { viewOf, writeHeader } from '../../src/wire/header.ts'
import { FrameType, HOPS_OFFSET, SEQ_OFFSET } from '../../src/wire/layout.ts'

const FRAME_BYTES = 148
const FRAMES = 1_000
const ORIGINS = 8
/** Plausible for an incarnation, and no small integer: a time that had to be boxed would show. */
const NOW_MS = 1_750_000_000_000
/** Calls of a try, and of twice as much. */
const CHUNKS = 100
const TRIES = 9
/** Until the compiler has done what it does. */
const WARM_UP = 1_500
const SLAB_BYTES = 1_048_576

export interface Allocations {
  /** Bytes for each chunk of `frames` frames, by what is done with it. */
  readonly bytesPerChunk: Record<'duplicate' | 'fresh' | 'decode' | 'encode', number>
  readonly frames: number
}

const bytesPerChunk = {
  duplicate: bytesPerCall(offers(false)),
  fresh: bytesPerCall(offers(true)),
  decode: bytesPerCall(decoding()),
  encode: bytesPerCall(encoding())
}
console.log(JSON.stringify({ bytesPerChunk, frames: FRAMES } satisfies Allocations))

/**
 * What twice as many calls allocate more: whatever the measurement itself takes falls out. The median of some tries.
 */
function bytesPerCall(call: () => void): number {
  for (let i = 0; i < WARM_UP; i++) call()
  const tries = Array.from({ length: TRIES }, () => allocatedBy(call, 2 * CHUNKS) - allocatedBy(call, CHUNKS))
  return tries.sort((a, b) => a - b)[(TRIES - 1) / 2]! / CHUNKS
}

function allocatedBy(call: () => void, times: number): number {
  // What one collection leaves to be swept later is swept by the next.
  globalThis.gc?.()
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < times; i++) call()
  return process.memoryUsage().heapUsed - before
}

/** A chunk of frames is offered to the flood: always the same ones, or the next ones of each author. */
function offers(fresh: boolean): () => void {
  const { bytes, view } = chunk()
  const host = { forward: () => {}, verify: () => true }
  const flood = new Flood(host, new OriginTable(ORIGINS, 1), false)
  let round = 0
  return () => {
    if (fresh || round === 0) round++
    flood.tick(NOW_MS + round)
    for (let i = 0; i < FRAMES; i++) {
      const start = i * FRAME_BYTES
      bytes[start + HOPS_OFFSET] = 1
      view.setUint32(start + SEQ_OFFSET, (round - 1) * (FRAMES / ORIGINS) + Math.floor(i / ORIGINS) + 1)
      if (flood.offer(1, bytes, view, start, start + FRAME_BYTES, false) !== null) throw new Error('a fault')
    }
    flood.flush()
    const { fresh: taken } = flood.counts
    if (taken !== round * FRAMES) throw new Error(`${taken} fresh in round ${round}`)
  }
}

function decoding(): () => void {
  const { bytes } = chunk()
  // What goes on is copied to memory that the host uses again.
  const block = new Uint8Array(bytes.length)
  const memory = { allocate: () => block, release: () => {} }
  const reader = new FrameReader({ onFrame: () => null, onChunkEnd: () => {} }, undefined, memory)
  return () => {
    if (reader.push(bytes) !== null) throw new Error('a fault')
  }
}

function encoding(): () => void {
  const slab = new Uint8Array(SLAB_BYTES)
  const message = new Uint8Array(100)
  const writer = new PacketWriter(new Uint8Array(32), NOW_MS / 1_000, true, NOW_MS)
  return () => {
    writer.attach(slab)
    for (let i = 0; i < FRAMES; i++) if (writer.append(message, NOW_MS) === null) throw new Error('no room')
    writer.detach()
  }
}

function chunk(): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(FRAMES * FRAME_BYTES)
  const view = viewOf(bytes)
  for (let i = 0; i < FRAMES; i++) {
    const origin = new Uint8Array(32).fill((i % ORIGINS) + 1)
    const header = { type: FrameType.data, flags: 0, hops: 0, origin, incarnation: NOW_MS / 1_000, seq: 1 }
    writeHeader(bytes, view, i * FRAME_BYTES, FRAME_BYTES, header)
  }
  return { bytes, view }
}

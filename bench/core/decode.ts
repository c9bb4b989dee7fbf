// core.decode: frames out of a byte stream, in chunks that end in the midst of a frame, copied to memory that is used
// again.
import { FrameReader, type FrameSink, type ReaderMemory } from '../../packages/core/src/index.ts'
import { chunkOf } from './frames.ts'
import type { Operation } from './measure.ts'

const FRAMES = 4_096
/** What a read from a socket brings at most. */
const READ_BYTES = 65_536

export function decodeOperation(): Operation<readonly Uint8Array[]> {
  const { bytes } = chunkOf(FRAMES, 64)
  const reads: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += READ_BYTES) reads.push(bytes.subarray(start, start + READ_BYTES))
  let frames = 0
  const sink: FrameSink = {
    onFrame() {
      frames++
      return null
    },
    onChunkEnd() {}
  }
  const reader = new FrameReader(sink, undefined, usedAgain())
  return {
    items: FRAMES,
    prepare: () => reads,
    run(chunks) {
      frames = 0
      for (let i = 0; i < chunks.length; i++) reader.push(chunks[i]!)
      if (frames !== FRAMES) throw new Error(`${frames} frames of ${FRAMES}`)
    }
  }
}

/** Memory as a worker has it, at its simplest: every block has room for all that a read brings. */
function usedAgain(): ReaderMemory {
  const free: Uint8Array[] = []
  return {
    allocate: () => free.pop() ?? new Uint8Array(READ_BYTES),
    release: (bytes) => void free.push(bytes)
  }
}

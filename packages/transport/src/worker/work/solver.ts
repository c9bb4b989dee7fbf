// Entry of the thread that does the work for what the program writes, so that neither the program nor relaying waits
// for it.
import { FLAGS_OFFSET, Flag, FrameType, HEADER_BYTES, LENGTH_BYTES, TYPE_OFFSET, viewOf } from '@floodnet/core'
import { move } from 'piscina'
import { ProofOfWork } from './proof-of-work.ts'

/** A slab whose packets lack their nonces. */
export interface WorkTask {
  readonly buffer: ArrayBuffer
  /** Bytes of whole frames in it. */
  readonly bytes: number
  readonly networkId: Uint8Array
  readonly bits: number
}

/** Returns the slab, with the nonces filled in. */
export default function solve({ buffer, bytes, networkId, bits }: WorkTask): ArrayBuffer {
  const frames = new Uint8Array(buffer, 0, bytes)
  const view = viewOf(frames)
  const work = new ProofOfWork(networkId, bits)
  for (let start = 0; start < bytes; ) {
    const end = start + LENGTH_BYTES + view.getUint32(start)
    const data = frames[start + TYPE_OFFSET] === FrameType.stem ? start + HEADER_BYTES : start
    if ((frames[data + FLAGS_OFFSET]! & Flag.work) !== 0) work.solve(frames, data, end)
    start = end
  }
  return move(buffer) as ArrayBuffer
}

// Thread: walks over the frames of each slab and hands it back.
import { parentPort, workerData } from 'node:worker_threads'
import { LENGTH_BYTES } from '../../packages/core/src/index.ts'
import type { SlabFrames, SlabReturn } from '../../packages/transport/src/threads/slab-sender.ts'

const read = workerData as BigUint64Array
const port = parentPort!

port.on('message', ({ buffer, bytes }: SlabFrames) => {
  const view = new DataView(buffer)
  let frames = 0
  for (let start = 0; start < bytes; start += LENGTH_BYTES + view.getUint32(start)) frames++
  Atomics.add(read, 0, BigInt(frames))
  const back: SlabReturn = { kind: 'slab', buffer }
  port.postMessage(back, [buffer])
})

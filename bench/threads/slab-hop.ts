// Program: writes frames to another thread through lent slabs, for the time it is told, and says how many were read.
import { Worker } from 'node:worker_threads'
import { FrameType, writeHeader } from '../../packages/core/src/index.ts'
import { type SlabFrames, type SlabReturn, SlabSender } from '../../packages/transport/src/threads/slab-sender.ts'
import { answerCalls } from '../run/calls.ts'
import { ownUsage } from '../run/usage.ts'
import { sleep } from '../run/wait.ts'
import type { HopCalls } from './calls.ts'

const FRAME_BYTES = 128
/** Frames between two looks at the port, as a chunk from a socket holds them. */
const FRAMES_A_TURN = 512

answerCalls<HopCalls>({
  async run({ warmUpMs, timedMs }) {
    const read = new BigUint64Array(new SharedArrayBuffer(8))
    const worker = new Worker(new URL('slab-receiver.js', import.meta.url), { workerData: read })
    const stop = pour(worker)
    await sleep(warmUpMs)
    const [before, start] = [Atomics.load(read, 0), ownUsage()]
    await sleep(timedMs)
    const [after, end] = [Atomics.load(read, 0), ownUsage()]
    stop()
    await worker.terminate()
    const frames = Number(after - before)
    const ns = end.atNs - start.atNs
    return {
      msgs_per_s: (frames / ns) * 1e9,
      cpu_s_per_million_msgs: (end.cpuUs - start.cpuUs) / frames,
      cores_threads: ((end.cpuUs - start.cpuUs) * 1_000) / ns,
      peak_rss_mib: end.peakRssMib,
      peak_rss_all_mib: end.peakRssMib
    }
  }
})

/** Writes until the returned function is called. Without a free slab it waits for one, as a link does. */
function pour(worker: Worker): () => void {
  const sender = new SlabSender({
    postMessage: (message: SlabFrames | SlabReturn, transfer) => worker.postMessage(message, [...transfer])
  })
  const frame = new Uint8Array(FRAME_BYTES)
  const header = { type: FrameType.data, flags: 0, hops: 0, origin: new Uint8Array(32), incarnation: 1, seq: 1 }
  writeHeader(frame, new DataView(frame.buffer), 0, FRAME_BYTES, header)
  let stopped = false
  let waiting = false
  const turn = (): void => {
    waiting = false
    for (let i = 0; i < FRAMES_A_TURN; i++) {
      if (sender.write(frame, 0, FRAME_BYTES)) continue
      waiting = true
      return
    }
    if (!stopped) setImmediate(turn)
  }
  worker.on('message', ({ buffer }: SlabReturn) => {
    sender.onReturn(buffer)
    if (waiting && !stopped) turn()
  })
  turn()
  return () => {
    stopped = true
  }
}

// core.batch: messages of 100 bytes into packets in a slab, and out of them again.
import {
  BATCH_PREFIX_BYTES,
  batchMessageEnd,
  countBatch,
  LENGTH_BYTES,
  PacketWriter,
  readPacket,
  viewOf
} from '../../packages/core/src/index.ts'
import { keyOf, NOW_MS } from './frames.ts'
import type { Operation } from './measure.ts'

const SLAB_BYTES = 1_048_576
const MESSAGE_BYTES = 100
/** Fit one slab. */
const MESSAGES = 2_048

export function encodeOperation(): Operation<Uint8Array> {
  const slab = new Uint8Array(SLAB_BYTES)
  const message = new Uint8Array(MESSAGE_BYTES)
  const writer = new PacketWriter(keyOf(0), NOW_MS / 1_000, true, NOW_MS)
  return {
    items: MESSAGES,
    prepare: () => slab,
    run(target) {
      writer.attach(target)
      for (let i = 0; i < MESSAGES; i++) {
        if (writer.append(message, NOW_MS) === null) throw new Error('the slab is too small')
      }
      writer.detach()
    }
  }
}

export function decodeBatchOperation(): Operation<Uint8Array> {
  const slab = new Uint8Array(SLAB_BYTES)
  const writer = new PacketWriter(keyOf(0), NOW_MS / 1_000, true, NOW_MS)
  writer.attach(slab)
  for (let i = 0; i < MESSAGES; i++) writer.append(new Uint8Array(MESSAGE_BYTES), NOW_MS)
  const frames = slab.subarray(0, writer.detach())
  return {
    items: MESSAGES,
    prepare: () => frames,
    run(bytes) {
      const count = readAll(bytes)
      if (count !== MESSAGES) throw new Error(`${count} messages of ${MESSAGES}`)
    }
  }
}

/** Walks over all messages as a reader does, each as a view of its bytes. */
function readAll(bytes: Uint8Array): number {
  const view = viewOf(bytes)
  let count = 0
  for (let start = 0; start < bytes.length; ) {
    const end = start + LENGTH_BYTES + view.getUint32(start)
    const { bodyStart, bodyEnd } = readPacket(bytes, view, start, end)
    const body = bytes.subarray(bodyStart, bodyEnd)
    if (countBatch(body) < 0) throw new Error('a batch is malformed')
    const bodyView = viewOf(body)
    for (let offset = 0; offset < body.length; ) {
      const messageEnd = batchMessageEnd(bodyView, offset)
      const payload = body.subarray(offset + BATCH_PREFIX_BYTES, messageEnd)
      if (payload.length === MESSAGE_BYTES) count++
      offset = messageEnd
    }
    start = end
  }
  return count
}

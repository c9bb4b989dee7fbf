// Program: makes DATA frames that hold one message each, and writes them as fast as the socket takes them.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { FrameType, HEADER_BYTES, SEQ_OFFSET, writeHeader } from '../../packages/core/src/index.ts'
import { answerCalls } from '../run/calls.ts'
import { ownUsage } from '../run/usage.ts'
import { rawByte } from './body.ts'
import type { SourceCalls } from './calls.ts'
import { connect, type Neighbour } from './neighbour.ts'

const WRITE_BYTES = 65_536
/** Buffers with the system at one time. */
const BUFFERS = 16

interface Block {
  readonly bytes: Uint8Array
  readonly view: DataView
}

let sent = 0
let stopped = false
let done: Promise<void> = Promise.resolve()

answerCalls<SourceCalls>({
  async start({ port, handshake, frameBytes }) {
    const neighbour = await connect(port, handshake, () => undefined)
    done = pour(neighbour, frameBytes)
    return null
  },
  async stop() {
    stopped = true
    await done
    return sent
  },
  mark: () => ownUsage()
})

async function pour(neighbour: Neighbour, frameBytes: number): Promise<void> {
  const free = Array.from({ length: BUFFERS }, () => blockOf(neighbour, frameBytes))
  const { socket } = neighbour
  while (!stopped) {
    const block = free.pop()
    if (block === undefined) await once(socket, 'freed')
    else send(socket, block, frameBytes, free)
  }
}

function send(socket: Socket, block: Block, frameBytes: number, free: Block[]): void {
  const { bytes, view } = block
  for (let start = 0; start < bytes.length; start += frameBytes) view.setUint32(start + SEQ_OFFSET, ++sent)
  socket.write(bytes, () => {
    free.push(block)
    socket.emit('freed')
  })
}

function blockOf({ author }: Neighbour, frameBytes: number): Block {
  const bytes = new Uint8Array(Math.floor(WRITE_BYTES / frameBytes) * frameBytes)
  const view = new DataView(bytes.buffer)
  for (let start = 0; start < bytes.length; start += frameBytes) {
    writeHeader(bytes, view, start, frameBytes, { type: FrameType.data, flags: 0, hops: 0, seq: 0, ...author })
    for (let i = HEADER_BYTES; i < frameBytes; i++) bytes[start + i] = rawByte(i)
  }
  return { bytes, view }
}

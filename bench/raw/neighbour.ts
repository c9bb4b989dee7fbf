// A neighbour that speaks floodnet/1 with the least there is: HELLO, one request to be let in, echoes of probes.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import {
  bodyOf,
  type ControlOrigin,
  decodeJoin,
  decodeProbe,
  encodeHello,
  encodeJoin,
  encodeProbe,
  type FrameFault,
  FrameReader,
  FrameType,
  SEQ_OFFSET,
  TYPE_OFFSET,
  toHex
} from '../../packages/core/src/index.ts'
import { within } from '../run/wait.ts'

const ADMITTED_MS = 10_000
/** SHA-256 of the default name. */
const NETWORK_ID = createHash('sha256').update('floodnet').digest()

export interface Neighbour {
  readonly socket: net.Socket
  readonly author: ControlOrigin
}

/** Connects to 127.0.0.1. `onData` gets each DATA frame. With `handshake` resolves when the other end has let us in. */
export async function connect(
  port: number,
  handshake: boolean,
  onData: (bytes: Uint8Array, view: DataView, start: number, end: number) => void
): Promise<Neighbour> {
  const author = { origin: randomBytes(32), incarnation: Math.floor(Date.now() / 1_000) }
  const socket = net.connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  let onAdmitted = (): void => undefined
  const admitted = new Promise<void>((resolve) => {
    onAdmitted = resolve
  })
  const reader = new FrameReader({
    onFrame(bytes, view, start, end) {
      const type = bytes[start + TYPE_OFFSET]!
      if (type === FrameType.data) onData(bytes, view, start, end)
      else return onControl(type, bytes.slice(start, end))
      return null
    },
    onChunkEnd() {}
  })
  const onControl = (type: number, frame: Uint8Array): FrameFault | null => {
    if (type === FrameType.hello) askToJoin(socket, author)
    if (type === FrameType.ping) socket.write(echoOf(frame, author))
    const join = decodeJoin(frame)
    if (join?.kind === 'join-ack' && join.nonce === null) onAdmitted()
    if (type === FrameType.leave || join?.kind === 'join-no') throw new Error('the relay does not want us')
    return null
  }
  socket.on('data', (chunk) => {
    const fault = reader.push(chunk)
    if (fault !== null) throw new Error(`the relay sent a ${fault}`)
  })
  if (handshake) {
    socket.write(helloOf(author))
    await within(admitted, ADMITTED_MS, 'the relay lets us in')
  }
  return { socket, author }
}

function helloOf(author: ControlOrigin): Uint8Array {
  const none = new Uint8Array(32)
  return encodeHello(author, {
    version: 1,
    signed: false,
    degree: 0,
    work: 0,
    networkId: NETWORK_ID,
    keyProof: none,
    advertised: null,
    observed: null
  })
}

function askToJoin(socket: net.Socket, author: ControlOrigin): void {
  const request = {
    kind: 'join-request',
    origin: toHex(author.origin),
    request: 1,
    hops: 0,
    degree: 0,
    address: null
  } as const
  socket.write(encodeJoin(author, request, false))
}

function echoOf(ping: Uint8Array, author: ControlOrigin): Uint8Array {
  const probe = new DataView(ping.buffer, ping.byteOffset).getUint32(SEQ_OFFSET)
  return encodeProbe(FrameType.pong, author, probe, decodeProbe(bodyOf(ping)) ?? 0)
}

// One link to a peer: a secured socket, its frames in and out, and its life: hello, open (control frames only), active
// (takes part in the flood), closing, ended. Decides nothing about neighbours; that is the join actor's.
import type { Socket } from 'node:net'
import {
  bodyOf,
  type CloseReason,
  decodeHello,
  decodeLeave,
  decodeProbe,
  encodeLeave,
  encodeProbe,
  type FrameFault,
  FrameReader,
  type FrameSink,
  FrameType,
  type Hello,
  INCARNATION_OFFSET,
  isRoutedType,
  MAX_CONTROL_FRAME_BYTES,
  ORIGIN_OFFSET,
  SEQ_OFFSET,
  TYPE_OFFSET,
  toHex
} from '@floodnet/core'
import type { Inlet, Outlet } from './congestion.ts'
import type { LinkContext, LinkOrigin } from './link-context.ts'
import { SendQueue } from './send-queue.ts'

/** Bytes given to the socket at one time; the rest waits in our queue, where control frames can overtake it. */
const WRITE_WINDOW_BYTES = 262_144
/** How long a closing link may take to flush and to hear the other end's farewell. A guess: some round trips. */
const LINGER_MS = 2_000
/** Share of the queue that local messages may fill. A guess: an eighth leaves seven for what neighbours send through us. */
const LOCAL_SHARE = 8

type LinkState = 'hello' | 'open' | 'active' | 'closing' | 'ended'

export class SocketLink implements FrameSink, Inlet, Outlet {
  readonly local = false
  blockers = 0
  readonly waiters = new Set<Inlet>()
  lagging = false
  stall: NodeJS.Timeout | null = null
  takenBytes = 0
  /** Public key, 64 hex digits; null until HELLO. */
  peer: string | null = null
  incarnation = 0
  droppedWhileLagging = 0
  readonly id: number
  readonly origin: LinkOrigin
  readonly #context: LinkContext
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #queue = new SendQueue()
  #state: LinkState = 'hello'
  /** A peer that broke the protocol is not listened to any more. */
  #deaf = false
  /** A dialled peer may admit us and speak before our actor has heard of it; an accepted one speaks when admitted. */
  #bringsData: boolean
  #lastHeardMs: number
  #probeSentMs = 0
  #lastTakenMs: number
  #probe = 0
  #linger: NodeJS.Timeout | null = null

  constructor(id: number, origin: LinkOrigin, context: LinkContext) {
    this.id = id
    this.origin = origin
    this.#context = context
    this.#socket = origin.secured.socket
    this.#reader = new FrameReader(this, MAX_CONTROL_FRAME_BYTES)
    this.#bringsData = origin.dial !== null
    const now = context.now()
    this.#lastHeardMs = now
    this.#lastTakenMs = now
    this.#socket.on('data', (chunk: Buffer) => this.#onChunk(chunk))
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('error', () => this.destroy('connection-lost'))
    this.#socket.on('close', () => this.destroy('connection-lost'))
  }

  get state(): LinkState {
    return this.#state
  }

  get isActive(): boolean {
    return this.#state === 'active'
  }

  get queuedBytes(): number {
    return this.#queue.bytes + this.#socket.writableLength
  }

  isFullFor(inlet: Inlet): boolean {
    return this.queuedBytes >= this.#limitFor(inlet)
  }

  hasRoomFor(inlet: Inlet): boolean {
    return this.queuedBytes <= this.#limitFor(inlet) / 2
  }

  onLagging(lagging: boolean): void {
    this.#context.onLagging(this, lagging)
    if (!lagging) this.droppedWhileLagging = 0
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Takes part in the flood from now on. False: the link is closing already. */
  activate(): boolean {
    if (this.#state !== 'open') return false
    this.#state = 'active'
    this.#bringsData = true
    return true
  }

  /** Queues `frames` whole data frames that nobody changes any more; `flush` sends them. A lagging link drops them. */
  sendData(bytes: Uint8Array, frames: number): void {
    if (this.lagging) {
      this.droppedWhileLagging += frames
      this.#context.losses.add('lagging', this.id, frames)
      return
    }
    if (this.#queue.bytes === 0) this.#lastTakenMs = this.#context.now()
    this.#context.totals.packetsOut += frames
    this.#queue.pushData(bytes, frames)
  }

  /** Queues a control frame ahead of all data and sends. */
  sendControl(frame: Uint8Array): void {
    if (this.#state === 'ended') return
    this.#queue.pushControl(frame)
    this.flush()
  }

  /** Gives the socket as much as its window takes. */
  flush(): void {
    while (this.#socket.writableLength < WRITE_WINDOW_BYTES && this.#queue.bytes > 0)
      this.#write(this.#queue.take(WRITE_WINDOW_BYTES))
    if (this.#state === 'closing' && this.queuedBytes === 0) this.#socket.end()
  }

  /** Tells the peer why, after everything queued, and ends. Data that the peer still sends is taken until it ends too. */
  close(reason: CloseReason, by: 'us' | 'peer' = 'us'): void {
    if (this.#state === 'closing' || this.#state === 'ended') return
    this.#report(reason, by)
    if (by === 'us') this.#queue.pushData(encodeLeave(this.#context.author, reason), 0)
    this.#linger = setTimeout(() => this.destroy(reason), LINGER_MS)
    this.flush()
  }

  /** Ends at once; what was queued is lost and counted. */
  destroy(reason: CloseReason): void {
    if (this.#state === 'ended') return
    if (this.#state !== 'closing') this.#report(reason, 'us')
    this.#state = 'ended'
    if (this.#linger !== null) clearTimeout(this.#linger)
    this.#context.losses.add('link-down', this.id, this.#queue.dropData())
    this.#socket.destroy()
    this.#context.onEnded(this)
  }

  /** Keep-alive and dead-link detection; called a few times in each period. */
  tick(now: number): void {
    if (this.#state !== 'open' && this.#state !== 'active') return
    const { pingMs, deadMs, stuckMs } = this.#context.limits
    // A link that we do not read from at the moment is not dead for bringing nothing.
    if (this.blockers > 0) this.#lastHeardMs = now
    if (now - this.#lastHeardMs >= deadMs) return this.destroy('dead')
    if (this.queuedBytes > 0 && now - this.#lastTakenMs >= stuckMs) return this.destroy('stuck')
    if (now - this.#probeSentMs >= pingMs) this.probe()
  }

  probe(): void {
    this.#probe = (this.#probe + 1) >>> 0
    this.#probeSentMs = this.#context.now()
    this.sendControl(encodeProbe(FrameType.ping, this.#context.author, this.#probe, this.#context.degree))
  }

  onFrame(bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    if (this.#deaf) return null
    const type = bytes[start + TYPE_OFFSET]!
    if (type === FrameType.data) return this.#onData(bytes, view, start, end)
    return this.#onControl(type, bytes.subarray(start, end), view.getUint32(start + SEQ_OFFSET))
  }

  onChunkEnd(): void {
    this.#context.onChunkEnd(this)
  }

  #limitFor(inlet: Inlet): number {
    const { linkQueueBytes } = this.#context.limits
    return inlet.local ? linkQueueBytes / LOCAL_SHARE : linkQueueBytes
  }

  #onChunk(chunk: Buffer): void {
    if (this.#deaf || this.#state === 'ended') return
    this.#lastHeardMs = this.#context.now()
    this.#context.totals.bytesIn += chunk.length
    const fault = this.#reader.push(chunk)
    if (fault !== null) this.#onFault(fault)
  }

  #onFault(fault: FrameFault): void {
    this.#deaf = true
    this.close(fault)
  }

  #onEnd(): void {
    if (this.#state === 'closing') {
      if (this.queuedBytes === 0) this.destroy('connection-lost')
      return
    }
    this.destroy('connection-lost')
  }

  #onData(bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    if (this.#state === 'hello') return 'hello-expected'
    if (!this.#bringsData) return 'data-before-join'
    this.#context.totals.packetsIn++
    return this.#context.onData(this, bytes, view, start, end)
  }

  #onControl(type: number, frame: Uint8Array, seq: number): FrameFault | null {
    if (this.#state === 'hello') {
      if (type === FrameType.leave) return this.#onLeave(frame)
      return type === FrameType.hello ? this.#onHello(frame) : 'hello-expected'
    }
    switch (type) {
      case FrameType.hello:
        return 'hello-repeated'
      case FrameType.ping:
      case FrameType.pong:
        return this.#onProbe(type, frame, seq)
      case FrameType.leave:
        return this.#onLeave(frame)
      default:
        return this.#onJoin(type, frame)
    }
  }

  #onHello(frame: Uint8Array): FrameFault | null {
    const hello = decodeHello(bodyOf(frame))
    if (hello === null) return 'malformed-frame'
    const key = frame.subarray(ORIGIN_OFFSET, ORIGIN_OFFSET + 32)
    const refusal = this.#context.judge(this, hello, key)
    this.peer = toHex(key)
    if (refusal !== null) {
      this.#deaf = true
      this.close(refusal)
      return null
    }
    this.incarnation = new DataView(frame.buffer, frame.byteOffset).getUint32(INCARNATION_OFFSET)
    this.#open(hello)
    return null
  }

  #open(hello: Hello): void {
    this.#state = 'open'
    this.#reader.maxFrameBytes = this.#context.limits.maxFrameBytes
    this.#context.onOpen(this, hello)
    this.probe()
  }

  #onProbe(type: number, frame: Uint8Array, seq: number): FrameFault | null {
    const degree = decodeProbe(bodyOf(frame))
    if (degree === null) return 'malformed-frame'
    if (type === FrameType.ping) {
      this.sendControl(encodeProbe(FrameType.pong, this.#context.author, seq, this.#context.degree))
      this.#context.onProbe(this, null, degree)
    } else if (seq === this.#probe) {
      this.#context.onProbe(this, this.#context.now() - this.#probeSentMs, degree)
    }
    return null
  }

  #onLeave(frame: Uint8Array): FrameFault | null {
    const reason = decodeLeave(bodyOf(frame))
    if (reason === null) return 'malformed-frame'
    this.close(reason, 'peer')
    return null
  }

  #onJoin(type: number, frame: Uint8Array): FrameFault | null {
    const copy = frame.slice()
    if (isRoutedType(type) && !this.#context.isGenuine(copy)) return 'bad-signature'
    return this.#context.onJoin(this, copy) ? null : 'malformed-frame'
  }

  #write(buffers: Uint8Array[]): void {
    let bytes = 0
    this.#socket.cork()
    buffers.forEach((buffer, i) => {
      bytes += buffer.length
      if (i < buffers.length - 1) this.#socket.write(buffer)
      else this.#socket.write(buffer, () => this.#onTaken(bytes))
    })
    this.#socket.uncork()
  }

  #onTaken(bytes: number): void {
    if (this.#state === 'ended') return
    this.takenBytes += bytes
    this.#lastTakenMs = this.#context.now()
    this.#context.totals.bytesOut += bytes
    this.flush()
    this.#context.onTaken(this)
  }

  #report(reason: CloseReason, by: 'us' | 'peer'): void {
    const before = this.#state
    this.#state = 'closing'
    this.#context.onClosing(this, before === 'hello', reason, by)
  }
}

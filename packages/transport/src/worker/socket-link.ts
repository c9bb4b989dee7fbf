// One link to a peer: a secured socket, its frames in and out, and its life: hello, open (control frames only), active
// (takes part in the flood), closing, ended. Decides nothing about neighbours; that is the join actor's.
import type { Socket } from 'node:net'
import {
  bodyOf,
  type CloseReason,
  decodeLeave,
  decodeProbe,
  encodeLeave,
  encodeProbe,
  type FrameFault,
  FrameReader,
  type FrameSink,
  FrameType,
  isRoutedType,
  MAX_CONTROL_FRAME_BYTES,
  SEQ_OFFSET,
  TYPE_OFFSET
} from '@floodnet/core'
import type { Inlet, Outlet, Stall } from './congestion.ts'
import { type Greeting, readGreeting } from './handshake.ts'
import { KeepAlive } from './keep-alive.ts'
import type { LinkContext, LinkOrigin } from './link-context.ts'
import { SocketWriter } from './socket-writer.ts'
import { controlBudget, type TokenBucket } from './token-bucket.ts'

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
  stall: Stall | null = null
  stalls = 0
  /** Public key, 64 hex digits; null until HELLO. */
  peer: string | null = null
  droppedWhileLagging = 0
  /** A dialled peer may admit us and speak before our actor has heard of it; an accepted one speaks when it has our JOIN_ACK. */
  bringsData: boolean
  readonly id: number
  readonly origin: LinkOrigin
  readonly #context: LinkContext
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #writer: SocketWriter
  readonly #keepAlive: KeepAlive
  readonly #controlBudget: TokenBucket
  #peerDegree = -1
  #state: LinkState = 'hello'
  /** A peer that broke the protocol is not listened to any more. */
  #deaf = false
  #linger: NodeJS.Timeout | null = null

  constructor(id: number, origin: LinkOrigin, context: LinkContext) {
    this.id = id
    this.origin = origin
    this.#context = context
    this.#socket = origin.secured.socket
    this.#reader = new FrameReader(this, MAX_CONTROL_FRAME_BYTES)
    this.bringsData = origin.dial !== null
    const now = context.now()
    this.#controlBudget = controlBudget(now)
    this.#keepAlive = new KeepAlive(context.limits.pingMs, context.limits.deadMs, now)
    this.#writer = new SocketWriter(this.#socket, context.now, (bytes) => this.#onTaken(bytes))
    this.#socket.on('data', (chunk: Buffer) => this.#onChunk(chunk))
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('error', () => this.destroy('connection-lost'))
    this.#socket.on('close', () => this.destroy('connection-lost'))
  }

  get state(): LinkState {
    return this.#state
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes
  }

  get takenBytes(): number {
    return this.#writer.takenBytes
  }

  isFullFor(inlet: Inlet): boolean {
    return this.queuedBytes >= this.#limitFor(inlet)
  }

  /** Relayed frames wait for a little room only: while they do, the peer that sends them is held up. */
  hasRoomFor(inlet: Inlet): boolean {
    return this.queuedBytes <= this.#limitFor(inlet) * (inlet.local || this.lagging ? 1 / 2 : 15 / 16)
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
    return true
  }

  /** Queues `frames` whole data frames that nobody changes any more; `flush` sends them. A lagging link drops them. */
  sendData(bytes: Uint8Array, frames: number): void {
    if (this.lagging) {
      this.droppedWhileLagging += frames
      this.#context.losses.add('lagging', this.id, frames)
      return
    }
    this.#context.totals.packetsOut += frames
    this.#writer.pushData(bytes, frames)
  }

  /** Queues a control frame ahead of all data and sends. */
  sendControl(frame: Uint8Array): void {
    if (this.#state === 'ended') return
    this.#writer.pushControl(frame)
    if (this.#writer.isOverrun) return this.destroy('stuck')
    this.flush()
  }

  flush(): void {
    this.#writer.flush()
  }

  /** Tells the peer why, after everything queued, and ends. Data that the peer still sends is taken until it ends too. */
  close(reason: CloseReason, by: 'us' | 'peer' = 'us'): void {
    if (this.#state === 'closing' || this.#state === 'ended') return
    this.#report(reason, by)
    if (by === 'us') this.#writer.pushData(encodeLeave(this.#context.author, reason), 0)
    this.#linger = setTimeout(() => this.destroy(reason), LINGER_MS)
    this.#writer.end()
  }

  /** Ends at once; what was queued is lost and counted. */
  destroy(reason: CloseReason): void {
    if (this.#state === 'ended') return
    if (this.#state !== 'closing') this.#report(reason, 'us')
    this.#state = 'ended'
    if (this.#linger !== null) clearTimeout(this.#linger)
    this.#context.losses.add('link-down', this.id, this.#writer.drop())
    this.#socket.destroy()
    this.#context.onEnded(this)
  }

  /** Keep-alive and dead-link detection; called a few times in each period. */
  tick(now: number): void {
    if (this.#state !== 'open' && this.#state !== 'active') return
    // A link that we do not read from at the moment is not dead for bringing nothing.
    if (this.blockers > 0) this.#keepAlive.heard(now)
    if (this.#keepAlive.isDead(now)) return this.destroy('dead')
    if (this.#writer.isStuck(this.#context.limits.stuckMs)) return this.destroy('stuck')
    if (this.#keepAlive.isProbeDue(now)) this.probe()
  }

  probe(): void {
    const probe = this.#keepAlive.nextProbe(this.#context.now())
    this.sendControl(encodeProbe(FrameType.ping, this.#context.author, probe, this.#context.degree))
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
    return this.#context.limits.linkQueueBytes / (inlet.local ? LOCAL_SHARE : 1)
  }

  #onChunk(chunk: Buffer): void {
    if (this.#deaf || this.#state === 'ended') return
    this.#keepAlive.heard(this.#context.now())
    this.#context.totals.bytesIn += chunk.length
    const fault = this.#reader.push(chunk)
    if (fault !== null) this.#refuse(fault)
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
    if (!this.bringsData) return 'data-before-join'
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
    const greeting = readGreeting(frame)
    if (greeting === null) return 'malformed-frame'
    this.peer = greeting.id
    const refusal = this.#context.judge(this, greeting)
    if (refusal === null) this.#open(greeting)
    else this.#refuse(refusal)
    return null
  }

  #refuse(reason: CloseReason): void {
    this.#deaf = true
    this.close(reason)
  }

  #open(greeting: Greeting): void {
    this.#state = 'open'
    this.#reader.maxFrameBytes = this.#context.limits.maxFrameBytes
    this.#context.onOpen(this, greeting)
    this.probe()
  }

  #onProbe(type: number, frame: Uint8Array, seq: number): FrameFault | null {
    const degree = decodeProbe(bodyOf(frame))
    if (degree === null) return 'malformed-frame'
    if (type === FrameType.pong) {
      const rttMs = this.#keepAlive.roundTrip(seq, this.#context.now())
      if (rttMs !== null) this.#context.onProbe(this, rttMs, degree)
      return null
    }
    this.sendControl(encodeProbe(FrameType.pong, this.#context.author, seq, this.#context.degree))
    if (degree !== this.#peerDegree && this.#mayTell()) this.#context.onProbe(this, null, degree)
    this.#peerDegree = degree
    return null
  }

  #onLeave(frame: Uint8Array): FrameFault | null {
    const reason = decodeLeave(bodyOf(frame))
    if (reason === null) return 'malformed-frame'
    this.close(reason, 'peer')
    return null
  }

  /** Within the rate at which a peer may occupy the node's thread; what is beyond it is counted and ignored. */
  #mayTell(): boolean {
    const may = this.#controlBudget.take(this.#context.now())
    if (!may) this.#context.losses.add('control-rate', this.id, 1)
    return may
  }

  #onJoin(type: number, frame: Uint8Array): FrameFault | null {
    if (!this.#mayTell()) return null
    const copy = frame.slice()
    if (isRoutedType(type) && !this.#context.isGenuine(copy)) return 'bad-signature'
    return this.#context.onJoin(this, copy) ? null : 'malformed-frame'
  }

  #onTaken(bytes: number): void {
    if (this.#state === 'ended') return
    this.#context.totals.bytesOut += bytes
    this.#context.onTaken(this)
  }

  #report(reason: CloseReason, by: 'us' | 'peer'): void {
    const before = this.#state
    this.#state = 'closing'
    this.#context.onClosing(this, before === 'hello', reason, by)
  }
}

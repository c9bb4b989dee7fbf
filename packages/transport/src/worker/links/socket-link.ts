// One link to a peer: a secured socket, what goes out on it, and its life: hello, open (sends control frames only),
// active (takes part in the flood), closing, ended. It decides nothing about neighbours; the join actor does.
import type { Socket } from 'node:net'
import {
  type CloseReason,
  encodeLeave,
  encodeProbe,
  FrameReader,
  FrameType,
  MAX_CONTROL_FRAME_BYTES
} from '@floodnet/core'
import { NO_TRAFFIC, type Traffic } from '../../threads/messages.ts'
import type { ConnectedSocket } from '../connect/connected-socket.ts'
import type { Greeting } from '../connect/handshake.ts'
import type { Inlet, Outlet, TimedWait } from '../flood/backpressure.ts'
import type { OriginMatch } from '../flood/origin-frames.ts'
import { Patience } from '../flood/patience.ts'
import { KeepAlive } from './keep-alive.ts'
import type { LinkContext } from './link-context.ts'
import { LinkProtocol } from './link-protocol.ts'
import type { Portion } from './send-queue.ts'
import { SocketWriter } from './socket-writer.ts'

/** How often a closing link checks whether its peer is still alive. A guess: some round trips. */
const LINGER_MS = 2_000
/**
 * How long we keep the socket of a link that said goodbye, for what it still has to send. A neighbour may have
 * megabytes on a slow path; a guest has a few control frames.
 */
const GUEST_LINGER_MS = 2_000
/**
 * Share of the queue that local messages may fill. A guess: an eighth leaves seven for what neighbours send through us.
 */
const LOCAL_SHARE = 8

type LinkState = 'hello' | 'open' | 'active' | 'closing' | 'ended'

export class SocketLink implements Inlet, Outlet {
  readonly local = false
  waitingFor = 0
  readonly waitingInlets = new Set<Inlet>()
  lagging = false
  behind = false
  treeBit = 0
  roundTripMs = 0
  timedWait: TimedWait | null = null
  stalls = 0
  readonly patience: Patience
  /** Public key, 64 hex digits; null until HELLO. */
  peer: string | null = null
  droppedWhileLagging = 0
  /** Whether it has taken part in the flood. */
  flooded = false
  readonly traffic: Traffic = { ...NO_TRAFFIC }
  readonly id: number
  readonly origin: ConnectedSocket
  readonly #context: LinkContext<SocketLink>
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #writer: SocketWriter
  readonly #keepAlive: KeepAlive
  readonly #protocol: LinkProtocol
  #state: LinkState = 'hello'
  /** Whether a HELLO has come. */
  #greetedOnce = false
  /** Whether anything has come. */
  #heard = false
  #linger: NodeJS.Timeout | null = null
  #lingerUntilMs = 0

  constructor(id: number, origin: ConnectedSocket, context: LinkContext<SocketLink>) {
    this.id = id
    this.origin = origin
    this.#context = context
    this.#socket = origin.secured.socket
    this.patience = new Patience(context.now())
    this.#keepAlive = new KeepAlive(context.limits.pingMs, context.limits.deadMs, context.now())
    const host = {
      onGreeting: (greeting: Greeting) => this.#onGreeting(greeting),
      onLeave: (reason: CloseReason) => this.close(reason, 'peer')
    }
    this.#protocol = new LinkProtocol(this, host, context, this.#keepAlive)
    this.#reader = new FrameReader(this.#protocol, MAX_CONTROL_FRAME_BYTES, context.memory)
    this.#writer = new SocketWriter(this.#socket, context.memory, context.now, (portion) => this.#onTaken(portion))
    origin.secured.receive((bytes) => this.#onBytes(bytes))
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('error', () => this.destroy('connection-lost'))
    this.#socket.on('close', () => this.destroy('connection-lost'))
  }

  get dialled(): boolean {
    return this.origin.dial !== null
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

  /** Relayed frames wait for a little room only: while they wait, they hold up the peer that sends them. */
  hasRoomFor(inlet: Inlet): boolean {
    return this.queuedBytes <= this.#limitFor(inlet) * (inlet.local || this.lagging ? 1 / 2 : 15 / 16)
  }

  onLagging(lagging: boolean): void {
    this.#context.onLagging(this, lagging)
    if (!lagging) this.droppedWhileLagging = 0
  }

  onBrought(fresh: number, duplicates: number): void {
    for (const traffic of [this.#context.totals, this.traffic]) {
      traffic.fresh += fresh
      traffic.duplicates += duplicates
    }
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** We admit the peer or ask it to admit us, so we accept its data. */
  expectData(): void {
    this.#protocol.bringsData = true
  }

  /** Takes part in the flood from now on. False: the link is closing already. */
  activate(): boolean {
    if (this.#state !== 'open') return false
    this.#state = 'active'
    this.flooded = true
    return true
  }

  /** Queues `frames` whole data frames that nobody changes while they are held; `flush` sends them. */
  sendData(bytes: Uint8Array, frames: number): void {
    this.#writer.pushData(bytes, frames)
  }

  onMissed(_: Uint8Array, frames: number): void {
    this.droppedWhileLagging += frames
    this.#context.losses.add('lagging', this.id, frames)
  }

  /**
   * Queues a control frame ahead of all data and sends. Nothing follows a LEAVE: a peer far behind still probes us, and
   * a write after the end would be an error that destroys what is on its way with it.
   */
  sendControl(frame: Uint8Array): void {
    if (this.#state === 'closing' || this.#state === 'ended') return
    this.#writer.pushControl(frame)
    this.flush()
  }

  /** The same without sending. */
  queueControl(frame: Uint8Array): void {
    if (this.#state === 'closing' || this.#state === 'ended') return
    this.#writer.pushControl(frame)
  }

  /** Queues a control frame that we carry for others, unless too much waits already. */
  carryControl(frame: Uint8Array): void {
    if (!this.#writer.isCrowded) return this.sendControl(frame)
    this.#context.losses.add('control-rate', this.id, 1)
  }

  flush(): void {
    if (this.#writer.isOverrun) return this.destroy('stuck')
    this.#writer.flush()
  }

  /** Drops the queued frames of `gone` that have not begun to leave. Returns the lowest number among them; 0: none. */
  purge(gone: OriginMatch): number {
    return this.#writer.purge(gone)
  }

  /**
   * Tells the peer why, after everything queued, and ends. We take the data that the peer still sends until it ends
   * too.
   */
  close(reason: CloseReason, by: 'us' | 'peer' = 'us'): void {
    if (this.#state === 'closing' || this.#state === 'ended') return
    // We still take what a neighbour had on its way. We take nothing from anybody else, so that nobody can say goodbye
    // and carry on.
    if (!this.flooded || by === 'peer') this.#protocol.isSilenced = true
    this.#report(reason, by)
    if (by === 'us') this.#writer.pushData(encodeLeave(this.#context.author, reason), 0)
    const { limits } = this.#context
    this.#lingerUntilMs =
      this.#context.now() + (this.flooded ? limits.stuckMs : Math.min(limits.stuckMs, GUEST_LINGER_MS))
    this.#linger = setInterval(() => this.#onLinger(reason), LINGER_MS)
    this.#writer.end()
  }

  /** A living peer may be far behind on a slow path: what the system still has for it would be lost with the socket. */
  #onLinger(reason: CloseReason): void {
    const now = this.#context.now()
    if (this.#protocol.deaf || now >= this.#lingerUntilMs || this.#keepAlive.isSilent(now, LINGER_MS))
      this.destroy(reason)
  }

  /** Ends at once; what was queued is lost and counted. */
  destroy(reason: CloseReason): void {
    if (this.#state === 'ended') return
    if (this.#state !== 'closing') this.#report(reason, 'us')
    this.#state = 'ended'
    if (this.#linger !== null) clearInterval(this.#linger)
    this.#context.losses.add('link-down', this.id, this.#writer.drop())
    this.#socket.destroy()
    this.#context.onEnded(this)
  }

  /** Sends probes and detects dead links; called a few times in each period. */
  tick(now: number): void {
    if (this.#state !== 'open' && this.#state !== 'active') return
    // A link that we are not reading from is not dead because it brings nothing.
    if (this.waitingFor > 0) this.#keepAlive.heard(now)
    if (this.#keepAlive.isDead(now)) return this.destroy('dead')
    if (this.#writer.isStuck(this.#context.limits.stuckMs)) return this.destroy('stuck')
    if (this.patience.isOver) return this.close('too-slow')
    if (this.#keepAlive.isProbeDue(now)) this.probe()
  }

  probe(): void {
    const probe = this.#keepAlive.nextProbe(this.#context.now())
    this.sendControl(encodeProbe(FrameType.ping, this.#context.timedAuthor, probe, this.#context.degree))
  }

  #limitFor(inlet: Inlet): number {
    return this.#context.limits.linkQueueBytes / (inlet.local ? LOCAL_SHARE : 1)
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#protocol.deaf || this.#state === 'ended') return
    this.#keepAlive.heard(this.#context.now())
    if (!this.#heard && this.origin.secured.peerKey === null && isTlsRecord(bytes))
      return this.#refuse('peer-speaks-tls')
    this.#heard = true
    this.#context.totals.bytesIn += bytes.length
    this.traffic.bytesIn += bytes.length
    const fault = this.#reader.push(bytes)
    if (fault !== null) this.#refuse(fault)
  }

  #onEnd(): void {
    if (this.#state === 'closing') {
      if (this.queuedBytes === 0) this.destroy('connection-lost')
      return
    }
    this.destroy('connection-lost')
  }

  #onGreeting(greeting: Greeting): void {
    this.peer = greeting.id
    const waits = !this.#greetedOnce && this.#context.isUnproved(this, greeting)
    this.#greetedOnce = true
    if (waits) return
    const refusal = this.#context.judge(this, greeting)
    if (refusal === null) this.#open(greeting)
    else this.#refuse(refusal)
  }

  #refuse(reason: CloseReason): void {
    this.#protocol.deaf = true
    this.close(reason)
  }

  #open(greeting: Greeting): void {
    this.#state = 'open'
    this.#protocol.greet(this.origin.dial !== null)
    this.#reader.maxFrameBytes = this.#context.limits.maxFrameBytes
    this.#context.onOpen(this, greeting)
    this.probe()
  }

  #onTaken({ bytes, frames }: Portion): void {
    if (this.#state === 'ended') return
    for (const traffic of [this.#context.totals, this.traffic]) {
      traffic.bytesOut += bytes
      traffic.packetsOut += frames
    }
    this.#context.onTaken(this)
  }

  #report(reason: CloseReason, by: 'us' | 'peer'): void {
    const before = this.#state
    this.#state = 'closing'
    this.#context.onClosing(this, before === 'hello', reason, by)
  }
}

/**
 * Whether the first byte is the type of a TLS record (RFC 8446, 5.1). As a frame, it would announce a HELLO of more
 * than 300 MB.
 */
function isTlsRecord(bytes: Uint8Array): boolean {
  return bytes[0]! >= 20 && bytes[0]! <= 24
}

// What a peer may say on a link, and in which order: HELLO first, then control frames, and data once it is admitted.
// Returns faults, and tells the link what a frame means for its life.
import {
  bodyOf,
  type CloseReason,
  copyBytes,
  decodeDialBack,
  decodeDialBackReply,
  decodeJoin,
  decodeLeave,
  decodeProbe,
  encodeProbe,
  type FrameFault,
  type FrameSink,
  FrameType,
  INCARNATION_OFFSET,
  isRoutedType,
  type JoinPacket,
  SEQ_OFFSET,
  type TokenBucket,
  TYPE_OFFSET,
  viewOf
} from '@floodnet/core'
import { type Greeting, readGreeting } from '../connect/handshake.ts'
import { controlBudget, guestBudget, probeBudget, treeBudget } from './budgets.ts'
import type { KeepAlive } from './keep-alive.ts'
import type { LinkContext, LinkHandle } from './link-context.ts'

/** What the protocol tells its link. */
export interface ProtocolHost {
  onGreeting(greeting: Greeting): void
  onLeave(reason: CloseReason): void
}

export class LinkProtocol implements FrameSink {
  /**
   * A dialled peer may admit us and send data before our actor has heard of it; an accepted peer, once it has our
   * JOIN_ACK or our JOIN_REQ.
   */
  bringsData = false
  /** We stop listening to a peer that broke the protocol. */
  deaf = false
  /** A peer that said goodbye has nothing more to say, and we stop listening to a guest after a goodbye. */
  isSilenced = false
  readonly #link: LinkHandle
  readonly #host: ProtocolHost
  readonly #context: LinkContext
  readonly #keepAlive: KeepAlive
  readonly #budget: TokenBucket
  readonly #treeBudget: TokenBucket
  readonly #guestBudget: TokenBucket
  readonly #probes: TokenBucket
  #greeted = false
  #peerDegree = -1
  /** From the peer's HELLO. */
  #incarnation = 0

  constructor(link: LinkHandle, host: ProtocolHost, context: LinkContext, keepAlive: KeepAlive) {
    this.#link = link
    this.#host = host
    this.#context = context
    this.#keepAlive = keepAlive
    this.#budget = controlBudget(context.now())
    this.#treeBudget = treeBudget(context.now())
    this.#guestBudget = guestBudget(context.now())
    this.#probes = probeBudget(context.now())
  }

  onFrame(bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    if (this.deaf || this.isSilenced) return null
    const type = bytes[start + TYPE_OFFSET]!
    if (type === FrameType.data || type === FrameType.stem) return this.#onData(type, bytes, view, start, end)
    const frame = bytes.subarray(start, end)
    return this.#greeted ? this.#onControl(type, frame, view.getUint32(start + SEQ_OFFSET)) : this.#onFirst(type, frame)
  }

  onChunkEnd(): void {
    this.#context.flood.chunkEnd()
  }

  /** Another node's limit may allow it: an honest peer passes it on, and we do not take it. */
  onPassedOver(): FrameFault | null {
    if (this.deaf || this.isSilenced) return null
    if (!this.#greeted) return 'frame-too-large'
    if (!this.bringsData) return 'data-before-join'
    this.#context.losses.add('frame-too-large', this.#link.id, 1)
    return null
  }

  /** We accept the peer. `dialled`: we dialled. */
  greet(dialled: boolean): void {
    this.#greeted = true
    this.bringsData = dialled
  }

  #onData(type: number, bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    if (!this.#greeted) return 'hello-expected'
    if (!this.bringsData) return 'data-before-join'
    this.#context.totals.packetsIn++
    this.#link.traffic.packetsIn++
    if (type === FrameType.stem) return this.#context.flood.offerStem(this.#link, bytes, view, start, end)
    return this.#context.flood.offer(this.#link, bytes, view, start, end)
  }

  /** A peer that leaves without saying who it is has nothing more to say. */
  #onFirst(type: number, frame: Uint8Array): FrameFault | null {
    if (type === FrameType.hello) return this.#onHello(frame)
    if (type !== FrameType.leave) return 'hello-expected'
    const fault = this.#onLeave(frame)
    this.deaf = true
    return fault
  }

  #onControl(type: number, frame: Uint8Array, seq: number): FrameFault | null {
    switch (type) {
      case FrameType.hello:
        return 'hello-repeated'
      case FrameType.ping:
      case FrameType.pong:
        return this.#onProbe(type, frame, seq)
      case FrameType.leave:
        return this.#onLeave(frame)
      case FrameType.prune:
      case FrameType.iHave:
      case FrameType.graft:
      case FrameType.none:
        return this.#onTree(frame)
      case FrameType.dialBack:
        return this.#onDialBack(frame, seq)
      case FrameType.dialBackReply:
        return this.#onDialBackReply(frame, seq)
      default:
        return this.#onJoin(type, frame)
    }
  }

  #onHello(frame: Uint8Array): FrameFault | null {
    const greeting = readGreeting(frame)
    if (greeting === null) return 'malformed-frame'
    this.#incarnation = greeting.incarnation
    this.#host.onGreeting(greeting)
    return null
  }

  /** The sender's time; an earlier version repeats the incarnation of its HELLO. */
  #clockIn(frame: Uint8Array): number | null {
    const told = viewOf(frame).getUint32(INCARNATION_OFFSET)
    return told === this.#incarnation ? null : told
  }

  #onProbe(type: number, frame: Uint8Array, seq: number): FrameFault | null {
    const degree = decodeProbe(bodyOf(frame))
    if (degree === null) return 'malformed-frame'
    const clockS = this.#clockIn(frame)
    if (type === FrameType.pong) {
      const rttMs = this.#keepAlive.roundTrip(seq, this.#context.now())
      if (rttMs !== null) this.#context.onProbe(this.#link, rttMs, degree, clockS)
      return null
    }
    if (!this.#probes.take(this.#context.now())) return this.#tooMany()
    this.#link.sendControl(encodeProbe(FrameType.pong, this.#context.timedAuthor, seq, this.#context.degree))
    if (degree !== this.#peerDegree && this.#mayTell()) this.#context.onProbe(this.#link, null, degree, clockS)
    this.#peerDegree = degree
    return null
  }

  #onLeave(frame: Uint8Array): FrameFault | null {
    const reason = decodeLeave(bodyOf(frame))
    if (reason === null) return 'malformed-frame'
    this.#host.onLeave(reason)
    return null
  }

  #onTree(frame: Uint8Array): FrameFault | null {
    if (this.#treeBudget.take(this.#context.now())) return this.#context.flood.onTreeFrame(this.#link, frame)
    this.#context.losses.add('control-rate', this.#link.id, 1)
    return null
  }

  #onDialBack(frame: Uint8Array, question: number): FrameFault | null {
    if (!this.#mayTell()) return null
    const port = decodeDialBack(frame)
    if (port === null) return 'malformed-frame'
    this.#context.onDialBack(this.#link, question, port)
    return null
  }

  #onDialBackReply(frame: Uint8Array, question: number): FrameFault | null {
    if (!this.#mayTell()) return null
    const outcome = decodeDialBackReply(frame)
    if (outcome === null) return 'malformed-frame'
    this.#context.onDialBackReply(this.#link, question, outcome)
    return null
  }

  #onJoin(type: number, frame: Uint8Array): FrameFault | null {
    if (!this.#mayTell()) return null
    const copy = copyBytes(frame)
    const packet = decodeJoin(copy)
    if (packet === null) return 'malformed-frame'
    if (!this.#mayBring(packet)) return this.#tooMany()
    const verdict = isRoutedType(type) ? this.#context.judgeAuthor(this.#link, copy) : null
    if (verdict !== null) return verdict === 'dropped' ? null : verdict
    this.#context.onJoin(this.#link, packet)
    return null
  }

  /**
   * Only neighbours carry requests for others. A guest has nobody to carry for, and a recorded request would cost a
   * verification each time.
   */
  #mayBring(packet: JoinPacket): boolean {
    if (packet.kind !== 'join-request' && packet.kind !== 'shuffle') return true
    return this.bringsData || packet.origin === this.#link.peer
  }

  /** Limits the rate at which a peer may occupy the node's thread. We count and ignore what exceeds it. */
  #mayTell(): boolean {
    const budget = this.bringsData ? this.#budget : this.#guestBudget
    if (budget.take(this.#context.now())) return true
    this.#tooMany()
    return false
  }

  #tooMany(): null {
    this.#context.losses.add('control-rate', this.#link.id, 1)
    return null
  }
}

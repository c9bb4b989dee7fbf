// One I/O worker: its links, its part of the flood, and its messages to and from the node's thread. Runs the whole data
// plane, so that a busy program never stalls relaying.
import { randomBytes } from 'node:crypto'
import type { MessagePort } from 'node:worker_threads'
import {
  countBatch,
  encodeDialBack,
  encodeDialBackReply,
  encodeJoin,
  Flag,
  INCARNATION_OFFSET,
  isRoutedType,
  type JoinPacket,
  LENGTH_BYTES,
  ORIGIN_BYTES,
  ORIGIN_OFFSET,
  readPacket,
  SEQ_OFFSET,
  type StemEnd,
  TYPE_OFFSET,
  toHex,
  viewOf,
  withHops
} from '@floodnet/core'
import { FrameCrypto } from '../identity/frame-crypto.ts'
import { LossTally } from '../threads/counters.ts'
import { LinkCounts } from '../threads/link-counts.ts'
import type { Endpoint, FromWorker, ToWorker, WorkerControl, WorkerStart, WorkerStats } from '../threads/messages.ts'
import { SharedMemory } from '../threads/shared-memory.ts'
import type { SlabFrames, SlabReturn } from '../threads/slab-sender.ts'
import { Connector } from './connect/connector.ts'
import { BufferPool } from './flood/buffer-pool.ts'
import { FloodRouter } from './flood/flood-router.ts'
import { isPacketLink, PROGRAM_LINK, packetLink, siblingLink } from './flood/link-ids.ts'
import { PortLink, type PortLinkHost } from './flood/port-link.ts'
import { LinkTable } from './links/link-table.ts'
import { ProofOfWork } from './work/proof-of-work.ts'

/** Shortest and longest period of the housekeeping timer, in ms. */
const MIN_TICK_MS = 10
const MAX_TICK_MS = 1_000
/**
 * Least time between two reports of authors that write too much. It is below a second because the timer may fire a
 * little early.
 */
const SUPPRESSED_PERIOD_MS = 990

export class IoWorker implements WorkerControl, PortLinkHost {
  readonly #start: WorkerStart
  readonly #losses = new LossTally()
  readonly #memory = new BufferPool()
  readonly #crypto: FrameCrypto | null
  readonly #router: FloodRouter
  readonly #links: LinkTable
  readonly #connector: Connector
  readonly #program: PortLink | null
  readonly #siblings = new Map<number, { link: PortLink; port: MessagePort }>()
  readonly #timer: NodeJS.Timeout
  readonly #done: () => void
  #flushes: number[] = []
  #suppressedToldMs = 0

  /** `done` is called when the worker has stopped and nothing keeps its thread alive. */
  constructor(start: WorkerStart, done: () => void) {
    this.#start = start
    this.#done = done
    const { identity, certificate, authority, limits, networkId } = start
    this.#crypto = certificate === null ? null : new FrameCrypto(networkId, identity.privateKeyPem)
    const linkCounts = new LinkCounts(start.linkCounts, start.index)
    const work = limits.workBits === 0 ? null : new ProofOfWork(networkId, limits.workBits)
    const seed = randomBytes(4).readUInt32LE()
    this.#router = new FloodRouter(
      limits,
      this.#crypto,
      this.#losses,
      linkCounts,
      this.#memory,
      toHex(identity.publicKey),
      seed,
      work
    )
    this.#router.onGone = (gone) => this.#post(gone)
    this.#router.onStemEnded = (frame, why) => this.#tellStemEnded(frame, why)
    this.#links = new LinkTable(start, this.#crypto, this.#router, this.#losses, this.#memory, {
      post: (message) => this.#post(message),
      settled: (origin) => this.#connector.settled(origin),
      onTaken: () => this.#answerFlushes()
    })
    const security = certificate === null ? null : { key: identity.privateKeyPem, certificate, authority }
    this.#connector = new Connector(toHex(identity.publicKey), security, limits, this.#links)
    this.#program =
      start.index === 0
        ? this.#addPortLink(PROGRAM_LINK, start.data, start.deliver, new SharedMemory(start.program))
        : null
    for (const { index, port } of start.siblings) this.#addSibling(index, port)
    start.data.on('message', (message: ToWorker) => this.#onMessage(message))
    const tickMs = Math.min(
      MAX_TICK_MS,
      Math.max(MIN_TICK_MS, Math.min(limits.pingMs, limits.deadMs, limits.stuckMs) / 4)
    )
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  listen(endpoint: { host: string; port: number }, reusePort: boolean): Promise<{ host: string; port: number }> {
    return this.#connector.listen(endpoint, reusePort)
  }

  advertise(address: string | null): void {
    this.#links.advertised = address
  }

  dial(dial: number, endpoints: readonly Endpoint[], expect: string | null): void {
    this.#connector.dial(dial, endpoints, expect)
  }

  cancelDial(dial: number): void {
    this.#connector.cancelDial(dial)
  }

  answersAt(endpoint: Endpoint, expect: string): Promise<boolean> {
    return this.#connector.answersAt(endpoint, expect)
  }

  stats(): WorkerStats {
    this.#router.tallyRefusals()
    return {
      traffic: { ...this.#links.totals },
      links: this.#links.stats(),
      drops: { ...this.#losses.totals },
      closes: { ...this.#links.closes },
      trees: { ...this.#router.trees?.counts },
      closing: this.#links.closing,
      stems: { ...this.#router.stems.counts },
      origins: this.#router.origins.size,
      oneTimeOrigins: this.#router.oneTime.size,
      busyMs: performance.eventLoopUtilization().active
    }
  }

  async stop(): Promise<WorkerStats> {
    await Promise.all([this.#connector.close(), this.#links.closeAll('leaving')])
    clearInterval(this.#timer)
    this.#router.stop()
    this.#reportLosses()
    for (const { link, port } of this.#siblings.values()) {
      this.#router.remove(link)
      port.close()
    }
    this.#done()
    return this.stats()
  }

  onFrames(link: PortLink, bytes: Uint8Array): void {
    if (isPacketLink(link.id)) this.#losses.add('packet-link-fault', null, this.#router.offerForeign(link, bytes))
    else this.#router.offerOwn(link, bytes, link.local && this.#crypto !== null)
  }

  onLagging(link: PortLink, lagging: boolean): void {
    if (link.local) this.#post({ kind: 'lagging', link: null, lagging, dropped: link.droppedWhileLagging })
  }

  onDropped(link: PortLink, bytes: Uint8Array, frames: number): void {
    if (link.local) this.#losses.add('inbox-full', null, countMessages(bytes))
    else this.#losses.add(isPacketLink(link.id) ? 'packet-link-lagging' : 'sibling-lagging', null, frames)
  }

  onTaken(link: PortLink): void {
    this.#router.backpressure.relieve(link)
    this.#answerFlushes()
  }

  #onMessage(message: ToWorker): void {
    if (typeof message === 'number') return this.#program?.onNote(message)
    switch (message.kind) {
      case 'frames':
        return this.#program?.onFrames(message)
      case 'slab':
        return this.#program?.onReturn(message.buffer)
      case 'join-packet':
        return this.#sendJoin(message.link, message.packet)
      case 'activate':
        return this.#links.activate(message.link)
      case 'close':
        return this.#links.get(message.link)?.close(message.reason)
      case 'dial-back': {
        const { link, question, port } = message
        return this.#links.get(link)?.sendControl(encodeDialBack(this.#links.author, question, port))
      }
      case 'dial-back-reply': {
        const { link, question, outcome } = message
        return this.#links.get(link)?.sendControl(encodeDialBackReply(this.#links.author, question, outcome))
      }
      case 'degree':
        this.#links.degree = message.degree
        return
      case 'known':
        return this.#router.origins.know(message.keys)
      case 'flush':
        this.#flushes.push(message.token)
        // One turn later, so that everything siblings posted before has arrived.
        setImmediate(() => this.#answerFlushes())
        return
      case 'sibling':
        return this.#addSibling(message.index, message.port)
      case 'packet-link':
        return this.#addPacketLink(message.index, message.port)
    }
  }

  #sendJoin(id: number, packet: JoinPacket): void {
    const link = this.#links.get(id)
    if (link === undefined) return
    // We admit the peer or ask it to admit us, so it may send data as soon as it has this.
    if (packet.kind === 'join-ack' || packet.kind === 'join-request') link.expectData()
    const frame = this.#encode(packet)
    if ('frame' in packet && packet.frame !== undefined) link.carryControl(frame)
    else link.sendControl(frame)
  }

  /** A packet that we pass on keeps its author's bytes and signature. We sign our own here, where the key is. */
  #encode(packet: JoinPacket): Uint8Array {
    if ('frame' in packet && packet.frame !== undefined) {
      const walks = packet.kind === 'join-request' || packet.kind === 'shuffle'
      return walks ? withHops(packet.frame, packet.hops) : packet.frame
    }
    const frame = encodeJoin(this.#links.author, packet, this.#crypto !== null)
    if (isRoutedType(frame[TYPE_OFFSET]!)) this.#crypto?.sign(frame, 0, frame.length)
    return frame
  }

  #addPortLink(id: number, port: MessagePort, outlet: boolean, program: SharedMemory | null): PortLink {
    const link = new PortLink(id, port, this.#memory, this, program)
    if (outlet) this.#router.add(link)
    return link
  }

  #addSibling(index: number, port: MessagePort): void {
    const old = this.#siblings.get(index)
    if (old !== undefined) {
      this.#router.remove(old.link)
      old.link.close()
      old.port.close()
    }
    const link = this.#addPortLink(siblingLink(index), port, true, null)
    this.#siblings.set(index, { link, port })
    // The sibling has crashed, or we are stopping.
    port.once('close', () => this.#forgetPortLink(link))
    port.on('message', onSlabs(link))
  }

  #addPacketLink(index: number, port: MessagePort): void {
    const link = this.#addPortLink(packetLink(index), port, true, null)
    port.once('close', () => this.#forgetPortLink(link))
    port.on('message', onSlabs(link))
  }

  #forgetPortLink(link: PortLink): void {
    this.#router.remove(link)
    this.#router.forget(link)
    link.close()
    this.#answerFlushes()
  }

  #tick(): void {
    this.#links.tick()
    this.#router.tick()
    this.#router.stems.tick()
    this.#reportLosses()
    this.#reportSuppressed()
    this.#answerFlushes()
  }

  #reportSuppressed(): void {
    const now = performance.now()
    if (now - this.#suppressedToldMs < SUPPRESSED_PERIOD_MS) return
    this.#suppressedToldMs = now
    this.#router.reportSuppressed((origin, count) => this.#post({ kind: 'suppressed', origin, count }))
  }

  #tellStemEnded(frame: Uint8Array, why: StemEnd): void {
    const view = viewOf(frame)
    const origin = toHex(frame, ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES)
    const [incarnation, seq] = [view.getUint32(INCARNATION_OFFSET), view.getUint32(SEQ_OFFSET)]
    this.#post({ kind: 'stem-ended', origin, incarnation, seq, reason: why })
  }

  #reportLosses(): void {
    this.#router.tallyRefusals()
    this.#losses.report((loss) => this.#post({ kind: 'dropped', ...loss }))
  }

  /**
   * Flushed: nothing that the program wrote waits here, in a sibling's slabs or in a link's queue. We do not wait for
   * lagging links.
   */
  #answerFlushes(): void {
    if (this.#flushes.length === 0) return
    if (this.#program?.hasWaiting || !this.#links.isDrained) return
    for (const { link } of this.#siblings.values()) if (!link.isDrained) return
    for (const token of this.#flushes) this.#post({ kind: 'flushed', token })
    this.#flushes = []
  }

  #post(message: FromWorker): void {
    this.#start.data.postMessage(message)
  }
}

function onSlabs(link: PortLink): (message: SlabFrames | SlabReturn) => void {
  return (message) => {
    if (message.kind === 'frames') link.onFrames(message)
    else link.onReturn(message.buffer)
  }
}

/** Messages in whole DATA frames: what a reader loses with the frames. */
function countMessages(bytes: Uint8Array): number {
  const view = viewOf(bytes)
  let messages = 0
  for (let start = 0; start < bytes.length; ) {
    const end = start + LENGTH_BYTES + view.getUint32(start)
    const { flags, bodyStart, bodyEnd } = readPacket(bytes, view, start, end)
    messages += (flags & Flag.batch) === 0 ? 1 : Math.max(1, countBatch(bytes.subarray(bodyStart, bodyEnd)))
    start = end
  }
  return messages
}

// The flood inside one worker: every fresh frame goes to each outlet but the one it came from. Sockets, the program and
// sibling workers are all links, and one rule serves them all.
import {
  assert,
  copyBytes,
  FLAGS_OFFSET,
  Flag,
  Flood,
  type FloodHost,
  type FrameFault,
  FrameType,
  HEADER_BYTES,
  HOPS_OFFSET,
  LENGTH_BYTES,
  type Limits,
  MAX_HOPS,
  OneTimeTable,
  type Origin,
  OriginTable,
  RateLimits,
  type StemEnd,
  stemmedStart,
  TYPE_OFFSET,
  viewOf,
  windowPacketsFor
} from '@floodnet/core'
import type { FrameCrypto } from '../../identity/frame-crypto.ts'
import type { LossTally } from '../../threads/counters.ts'
import { FLOOD_LOSSES } from '../../threads/drop-reasons.ts'
import type { LinkCounts } from '../../threads/link-counts.ts'
import type { GonePackets } from '../../threads/messages.ts'
import type { ProofOfWork } from '../work/proof-of-work.ts'
import { Backpressure } from './backpressure.ts'
import type { BufferPool } from './buffer-pool.ts'
import { CatchUp } from './catch-up.ts'
import type { FloodLink } from './flood-link.ts'
import { PROGRAM_LINK, STEM_LINK_ID, siblingOf } from './link-ids.ts'
import { type StemHost, StemRelay } from './stem-relay.ts'
import { type TreePeer, TreeRelay, type TreeRelayHost } from './tree-relay.ts'
import { UnsentFrames } from './unsent-frames.ts'

/** A run that fills less of its chunk than this is copied, so that a long queue does not keep whole chunks alive. */
const PIN_SHARE = 4

/** Most authors named in one report. A guess: more than anybody reads in a second. */
const MAX_SUPPRESSED_TOLD = 64

export class FloodRouter implements FloodHost, StemHost, TreeRelayHost {
  readonly backpressure: Backpressure<FloodLink>
  readonly catchUp: CatchUp<FloodLink>
  readonly flood: Flood
  readonly origins: OriginTable
  readonly oneTime: OneTimeTable
  readonly stems: StemRelay
  /** Null: every packet is flooded. */
  readonly trees: TreeRelay | null
  /** Set this to hear of packets that no neighbour has any more. */
  onGone: (gone: GonePackets) => void = () => undefined
  readonly #links = new Map<number, FloodLink>()
  readonly #rates: RateLimits | null
  readonly #crypto: FrameCrypto | null
  readonly #losses: LossTally
  readonly #linkCounts: LinkCounts
  readonly #unsent: UnsentFrames
  readonly #tallied = Object.fromEntries(FLOOD_LOSSES.map((reason) => [reason, 0])) as Record<
    (typeof FLOOD_LOSSES)[number],
    number
  >
  /** Called with a packet of the program whose flood was to begin elsewhere but begins here. */
  onStemEnded: (frame: Uint8Array, why: StemEnd) => void = () => undefined
  #outlets: FloodLink[] = []
  #source: FloodLink | null = null
  /** Whether we are between the first frame of a chunk and its end. */
  #dirty = false
  #nowMs = 0
  /** What the flood had counted before this chunk. */
  #freshBefore = 0
  #duplicatesBefore = 0
  /** Whether the chunk held DATA frames from a peer. */
  #broughtData = false
  /** Links removed within a chunk. */
  #leaving: FloodLink[] = []

  /**
   * `crypto` null: packets are not signed. `work` null: packets need no work. `seed`: random bits for the table of
   * authors.
   */
  constructor(
    limits: Limits,
    crypto: FrameCrypto | null,
    losses: LossTally,
    linkCounts: LinkCounts,
    memory: BufferPool,
    own: string,
    seed: number,
    work: ProofOfWork | null = null
  ) {
    const { recentBytes, recentMs, parents } = limits
    this.#unsent = new UnsentFrames(memory, limits.holdBytes)
    this.catchUp = new CatchUp(memory, recentBytes, recentMs, (link, behind) => this.#onBehind(link, behind))
    this.backpressure = new Backpressure(limits.stallMs, limits.stuckMs, this.catchUp)
    this.origins = new OriginTable(limits.maxOrigins, seed, { windowPackets: windowPacketsFor(limits) })
    this.oneTime = new OneTimeTable(limits.maxOneTimeOrigins, seed)
    this.stems = new StemRelay(this, limits.stemTimeoutMs)
    this.#rates = rateLimitsOf(limits)
    this.flood = new Flood(
      this,
      this.origins,
      crypto !== null,
      this.oneTime,
      this.#rates,
      work && ((...frame) => work.isDone(...frame))
    )
    this.trees = parents === 0 ? null : new TreeRelay(this, this.origins, this.catchUp.recent, own, parents)
    this.flood.trees = this.trees?.trees ?? null
    this.#crypto = crypto
    this.#losses = losses
    this.#linkCounts = linkCounts
  }

  get links(): readonly FloodLink[] {
    return this.#outlets
  }

  /** `peer`: the same link, if it leads to a peer. */
  add(link: FloodLink, peer: TreePeer | null = null): void {
    this.#links.set(link.id, link)
    this.#onLinks()
    if (peer !== null) this.trees?.add(peer)
    this.#sendUnsent()
  }

  remove(link: FloodLink): void {
    this.catchUp.forget(link)
    // A worker that comes back has the number of the one that crashed, and we may hear of the crash after the return.
    if (this.#links.get(link.id) !== link) return
    this.#links.delete(link.id)
    this.#onLinks()
    this.trees?.remove(link.id)
    // Inlets that wait for it go on with frames of their own, which must not land among those of this chunk.
    if (this.#dirty) this.#leaving.push(link)
    else this.backpressure.forgetOutlet(link)
  }

  /** Lets go of recent frames that are too old, even if nothing arrives. */
  tick(): void {
    this.catchUp.recent.expire(performance.now())
    // Another worker may have a link by now.
    this.#sendUnsent()
  }

  /** No more links will come: whatever waited for one is lost. */
  stop(): void {
    this.trees?.stop()
    this.#unsent.release(({ frames }) => this.#losses.add('no-link', null, frames))
  }

  /** The link will bring nothing more. */
  forget(link: FloodLink): void {
    this.backpressure.forgetInlet(link, this.#outlets)
    this.#rates?.forget(link.id)
  }

  /** Whether the worker behind a sibling's link has peers. */
  leadsToPeers(sibling: FloodLink): boolean {
    return this.#linkCounts.hasLinks(siblingOf(sibling.id))
  }

  /** Takes one DATA frame from a peer. Call `chunkEnd` after the last frame of a chunk. */
  offer(source: FloodLink, bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    if (!this.#dirty) this.#begin(source)
    this.#broughtData = true
    return this.flood.offer(source.id, bytes, view, start, end, false)
  }

  /** Takes one STEM frame from a peer. Call `chunkEnd` after the last frame of a chunk. */
  offerStem(source: FloodLink, bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    if (!this.#dirty) this.#begin(source)
    const data = stemmedStart(bytes, view, start, end)
    if (data < 0) return 'malformed-frame'
    const verdict = this.flood.examine(source.id, bytes, view, data, end)
    if (verdict === null) this.stems.onStem(source.id, copyBytes(bytes, data, end))
    return verdict === 'known' ? null : verdict
  }

  /** Takes a PRUNE, IHAVE, GRAFT or NONE from a peer. */
  onTreeFrame(source: FloodLink, frame: Uint8Array): FrameFault | null {
    if (this.trees === null) return null
    if (!this.#dirty) this.#begin(source)
    return this.trees.onFrame(source.id, frame)
  }

  /**
   * Takes whole frames from the node itself. With `sign`, they are the program's and still lack signatures, unless a
   * one-time key made them.
   */
  offerOwn(source: FloodLink, bytes: Uint8Array, sign: boolean): void {
    const view = viewOf(bytes)
    this.#begin(source)
    for (let start = 0; start < bytes.length; ) {
      const end = start + LENGTH_BYTES + view.getUint32(start)
      const stems = bytes[start + TYPE_OFFSET] === FrameType.stem
      const data = stems ? start + HEADER_BYTES : start
      if (sign && lacksSignature(bytes, data)) this.#crypto?.sign(bytes, data, end)
      if (stems) this.stems.start(source.id, copyBytes(bytes, data, end))
      else this.#floodOwn(source.id, bytes, view, start, end)
      start = end
    }
    this.chunkEnd()
  }

  /**
   * Takes whole DATA frames that the program brings from elsewhere, and judges each like a peer's. Returns how many
   * were refused for a fault; there is no link to close for it.
   */
  offerForeign(source: FloodLink, bytes: Uint8Array): number {
    const view = viewOf(bytes)
    this.#begin(source)
    let faults = 0
    for (let start = 0; start < bytes.length; ) {
      const end = start + LENGTH_BYTES + view.getUint32(start)
      const verdict = this.flood.examine(source.id, bytes, view, start, end)
      if (verdict === null) this.#floodForeign(source.id, bytes, view, start, end)
      else if (verdict !== 'known') faults++
      start = end
    }
    this.chunkEnd()
    return faults
  }

  /** The frame has just been verified. The path from elsewhere counts as one link. */
  #floodForeign(source: number, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (bytes[start + HOPS_OFFSET]! < MAX_HOPS) bytes[start + HOPS_OFFSET]!++
    this.flood.offer(source, bytes, view, start, end, true)
    this.flood.chargeOrigin(bytes, view, start, end)
  }

  /**
   * A packet at the end of its stem is trusted, since it was verified on its way. It counts against its author's rate
   * like a packet from a link.
   */
  #floodOwn(source: number, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.flood.offer(source, bytes, view, start, end, true)
    if (source === STEM_LINK_ID) this.flood.chargeOrigin(bytes, view, start, end)
  }

  /** Whether nobody has flooded the DATA frame to us yet. */
  isFresh(frame: Uint8Array): boolean {
    return this.flood.isNews(frame, viewOf(frame), 0)
  }

  /** Floods a DATA frame that reached the end of its stem, as if it were the node's own. */
  inject(source: FloodLink, frame: Uint8Array): void {
    this.offerOwn(source, frame, false)
  }

  /** Sends on what the chunk brought. */
  chunkEnd(): void {
    if (!this.#dirty) return
    this.flood.flush()
    this.#dirty = false
    this.#tellBrought()
    for (const link of this.#outlets) link.flush()
    this.#settleTrees()
    const source = this.#source
    for (const link of this.#outlets) if (source !== null && link !== source) this.backpressure.check(source, link)
    for (const link of this.#leaving.splice(0)) this.backpressure.forgetOutlet(link)
  }

  /** Adds to the losses what the flood has refused since the last call. */
  tallyRefusals(): void {
    const { counts } = this.flood
    for (const reason of FLOOD_LOSSES) {
      this.#losses.add(reason, null, counts[reason] - this.#tallied[reason])
      this.#tallied[reason] = counts[reason]
    }
    this.#rates?.reportRefused((link, count) => this.#losses.add('neighbour-rate', link, count))
  }

  /** Reports which authors wrote too much since the last call. */
  reportSuppressed(tell: (origin: string, count: number) => void): void {
    this.#rates?.reportSuppressed(MAX_SUPPRESSED_TOLD, tell)
  }

  verify(origin: Origin | null, bytes: Uint8Array, start: number, end: number): boolean {
    return this.#crypto === null || this.#crypto.verify(origin, bytes, start, end)
  }

  sendGathered(): void {
    this.flood.flush()
  }

  onGap(origin: string, incarnation: number, from: number, to: number): void {
    this.onGone({ kind: 'gone', origin, incarnation, from, to })
  }

  forward(source: number, bytes: Uint8Array, start: number, end: number, frames: number, pruned: number): void {
    let run = bytes.subarray(start, end)
    if (run.length * PIN_SHARE < bytes.buffer.byteLength) run = copyBytes(run)
    const isOurs = this.#source?.local === true
    if ((isOurs || source === STEM_LINK_ID) && this.#linkCounts.isEmpty) {
      const isKept = isOurs && this.#unsent.keep(run, frames)
      if (!isKept) this.#losses.add('no-link', null, frames)
      if (isOurs) return
    }
    this.#send(run, frames, source, pruned)
  }

  #send(run: Uint8Array, frames: number, source: number, pruned: number): void {
    for (const link of this.#outlets)
      if (link.id !== source && !link.behind && (link.treeBit & pruned) === 0) link.sendData(run, frames)
    this.catchUp.recent.add(run, frames, source, pruned, this.#nowMs)
  }

  #tellBrought(): void {
    const { fresh, duplicate } = this.flood.counts
    this.#source?.onBrought?.(fresh - this.#freshBefore, duplicate - this.#duplicatesBefore)
  }

  /** A link has appeared: it gets what the program wrote while there was none. */
  #sendUnsent(): void {
    if (this.#unsent.isEmpty || this.#linkCounts.isEmpty) return
    this.#nowMs = performance.now()
    this.#unsent.release(({ bytes, frames }) => this.#send(bytes, frames, PROGRAM_LINK, 0))
    for (const link of this.#outlets) link.flush()
  }

  #settleTrees(): void {
    if (this.trees === null) return
    if (this.#broughtData && this.#source !== null) this.trees.trees.onData(this.#source.id)
    this.#broughtData = false
    this.trees.settle()
  }

  #onBehind(link: FloodLink, behind: boolean): void {
    if (link.id > 0) this.trees?.onLagging(link.id, behind)
  }

  #onLinks(): void {
    this.#outlets = [...this.#links.values()]
    this.#linkCounts.tell(this.#outlets.filter(({ id }) => id > 0).length)
  }

  #begin(source: FloodLink): void {
    assert(!this.#dirty, 'a chunk is offered whole before the next one')
    this.#dirty = true
    this.#source = source
    this.#freshBefore = this.flood.counts.fresh
    this.#duplicatesBefore = this.flood.counts.duplicate
    this.#nowMs = performance.now()
    this.flood.tick(Date.now(), this.#nowMs)
    this.trees?.tick()
  }
}

function lacksSignature(bytes: Uint8Array, start: number): boolean {
  return bytes[start + TYPE_OFFSET] === FrameType.data && (bytes[start + FLAGS_OFFSET]! & Flag.oneTime) === 0
}

/** Null if nothing is limited, so that frames cost nothing extra. */
function rateLimitsOf(limits: Limits): RateLimits | null {
  const origin = {
    bytes: limits.maxOriginBytesPerSecond,
    packets: limits.maxOriginPacketsPerSecond,
    messages: limits.maxOriginMessagesPerSecond,
    origins: 0
  }
  const neighbour = {
    bytes: limits.maxNeighbourBytesPerSecond,
    packets: limits.maxNeighbourPacketsPerSecond,
    messages: limits.maxNeighbourMessagesPerSecond,
    origins: limits.maxNeighbourOriginsPerSecond
  }
  const isLimited = [...Object.values(origin), ...Object.values(neighbour)].some((rate) => rate > 0)
  return isLimited ? new RateLimits(origin, neighbour, limits.rateBurstMs) : null
}

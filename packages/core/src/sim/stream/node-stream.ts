// One simulated node's part in the stream: its windows, its trees, what it sends. The trees are the node's own code
// (tree/trees.ts).
import { ReplayWindow } from '../../flood/replay-window.ts'
import { type Announced, BUSY, LOCAL, observe, type TreeHost, Trees } from '../../tree/index.ts'
import { MAX_SEQ } from '../../wire/layout.ts'
import type { SeqRange } from '../../wire/tree-codec.ts'
import { latencyTo, otherEnd } from '../ends.ts'
import { Event } from '../events.ts'
import { sendOn } from '../links.ts'
import type { SimNode } from '../sim-node.ts'
import { bytesOf, type TreeFrame } from './frames.ts'
import { announcedMark, passesOn } from './hostile.ts'
import type { HostileNode, NodeWorld, StreamNode } from './node-world.ts'
import { authorOf, packetOf, seqOf } from './speaker.ts'
import type { Uplink, Waiting } from './uplink.ts'

/** The length of a newcomer's first phase. */
const FIRST_MS = 1_000

export class NodeStream implements TreeHost, HostileNode, StreamNode {
  readonly world: NodeWorld
  readonly node: SimNode
  readonly trees: Trees
  readonly startedMs: number
  readonly hostile: boolean
  readonly uplink: Uplink | null
  /** Measured packets delivered here, by author, and DATA frames sent while it was measured. */
  got: number[] = []
  sent = 0
  /** Copies and packets that came within FIRST_MS of the first one. */
  readonly first = { atMs: 0, copies: 0, packets: 0 }
  /** The earliest wake under way. */
  wakeAt = Number.POSITIVE_INFINITY
  /** By author. */
  readonly windows: (ReplayWindow | undefined)[] = []
  readonly passed: number[] = []
  /** Of the last packet: replayed packets count as having come the same way. */
  readonly #hops: number[] = []
  readonly #observed: number[] = []
  readonly #pruned: number[] = []
  /** By slot: this end's number of the link; 0 when there is none. */
  readonly links: number[] = []
  /** By slot that lags: the first number of each author that was dropped. */
  readonly #dropped: (Map<number, number> | undefined)[] = []

  constructor(world: NodeWorld, node: SimNode, hostile: boolean, uplink: Uplink | null) {
    this.world = world
    this.node = node
    this.hostile = hostile
    this.uplink = uplink
    this.startedMs = world.sim.now
    this.trees = new Trees(this, world.sim.random, world.options.trees)
  }

  linkUp(link: number): number {
    const { sim } = this.world
    const slot = this.trees.linkUp((link & 1) === 0, 2 * latencyTo(sim, link), sim.now)
    if (slot < 0) return slot
    this.links[slot] = link
    this.trees.announceAll(slot)
    return slot
  }

  linkDown(slot: number): void {
    this.links[slot] = 0
    this.#dropped[slot] = undefined
    this.uplink?.purge(slot, -1)
    this.trees.linkDown(slot, this.world.sim.now)
  }

  /** The author's own packet. */
  write(author: number, seq: number): void {
    const window = this.#windowOf(author)
    window.commit(seq)
    if (this.trees.isOpen(author)) this.trees.onFresh(author, LOCAL, seq, this.world.sim.now)
    this.#forward(-1, packetOf(author, seq), 0)
  }

  /** Whether it was new. */
  onPacket(slot: number, packet: number, hops: number): boolean {
    const { now } = this.world.sim
    const [author, seq] = [authorOf(packet), seqOf(packet)]
    this.trees.onData(slot, now)
    const window = this.#windowOf(author)
    const isFresh = window.check(seq) === 'fresh'
    this.#noteFirst(isFresh, now)
    if (!isFresh) {
      this.#onDuplicate(author, slot, seq)
      return false
    }
    window.commit(seq)
    this.#hops[author] = hops
    this.world.deliver(this, packet, hops)
    if (this.trees.isOpen(author)) this.trees.onFresh(author, slot, seq, now)
    this.#forward(slot, packet, hops)
    return true
  }

  onFrame(slot: number, frame: TreeFrame): void {
    const { now } = this.world.sim
    const { trees } = this
    if (frame.kind === 'iHave') return this.#onIHave(slot, frame.authors, frame.marks)
    if (frame.kind === 'none') return trees.onNone(frame.author, slot, frame.lowest, now)
    if (!trees.isOpen(frame.author) && !this.#openKnown(frame.author)) return
    if (frame.kind === 'prune') trees.onPrune(frame.author, slot, now)
    else trees.onGraft(frame.author, slot, frame.ranges, now)
  }

  /** The frame at the head of the narrow uplink has left. */
  depart(): void {
    const { uplink, world } = this
    const frame = uplink?.take()
    if (!uplink || !frame) {
      if (uplink) uplink.busy = false
      return
    }
    this.#transmit(frame.slot, frame.packet, frame.hops)
    this.#catchUp(frame.slot)
    world.planDeparture(this, uplink.nextDepartureMs(world.sim.now))
  }

  has(author: number, seq: number): boolean {
    return this.windows[author]?.check(seq) !== 'fresh' && this.windows[author] !== undefined
  }

  setPruned(author: number, pruned: number): void {
    this.#pruned[author] = pruned
  }

  sendPrune(slot: number, author: number): void {
    this.sendFrame(slot, { kind: 'prune', author })
  }

  sendGraft(slot: number, author: number, ranges: readonly SeqRange[]): void {
    this.sendFrame(slot, { kind: 'graft', author, ranges })
  }

  sendNone(slot: number, author: number, lowest: number): void {
    this.sendFrame(slot, { kind: 'none', author, lowest })
  }

  sendIHave(slot: number, announced: readonly Announced[]): void {
    const authors = announced.map(({ author }) => author)
    const marks = announced.map(({ contiguous }) => announcedMark(this, contiguous))
    const bit = 1 << slot
    let named = 0
    for (const one of announced) if ((one.named & bit) === 0) named++
    this.sendFrame(slot, { kind: 'iHave', authors, marks, named })
  }

  purge(slot: number, author: number): number {
    return this.uplink?.purge(slot, author) ?? 0
  }

  replay(slot: number, author: number, ranges: readonly SeqRange[]): number {
    let lowest = 0
    const highest = this.windows[author]?.highest ?? 0
    for (const { from, to } of ranges) {
      for (let seq = from; seq <= Math.min(to, highest); seq++) {
        if (!this.#holds(author, seq)) continue
        if (lowest === 0) lowest = seq
        this.#send(slot, packetOf(author, seq), this.#hops[author] ?? 0, true)
      }
    }
    return lowest
  }

  onGap(_author: number, from: number, to: number): void {
    this.world.noteGap(this, to - from + 1)
  }

  onForget(): void {}

  sendFrame(slot: number, frame: TreeFrame): void {
    const { sim } = this.world
    const bytes = bytesOf(frame)
    this.world.noteFrame(this, frame, bytes)
    this.uplink?.spend(bytes, sim.now)
    sendOn(sim, otherEnd(this.links[slot]!), Event.streamFrame, 0, frame)
  }

  /** Whether it can still send a packet that it had. */
  #holds(author: number, seq: number): boolean {
    const { sim, speakers, options } = this.world
    if (this.windows[author]?.check(seq) !== 'duplicate') return false
    return sim.now - (speakers[author]?.writtenMs[seq] ?? 0) <= options.recentMs
  }

  #forward(source: number, packet: number, hops: number): void {
    const pruned = this.#pruned[authorOf(packet)] ?? 0
    for (let slot = 0; slot < this.links.length; slot++) {
      if (this.links[slot] === 0 || slot === source || (pruned & (1 << slot)) !== 0) continue
      this.#send(slot, packet, hops, false)
    }
  }

  #send(slot: number, packet: number, hops: number, isReplay: boolean): void {
    if (this.hostile && !passesOn(this, packet)) return
    const { uplink, world } = this
    if (uplink === null) return this.#transmit(slot, packet, hops)
    if (this.#drops(slot, packet, isReplay)) return
    uplink.add({ slot, author: authorOf(packet), packet, hops } satisfies Waiting, isReplay)
    if (uplink.busy) return
    uplink.busy = true
    world.planDeparture(this, uplink.nextDepartureMs(world.sim.now))
  }

  #transmit(slot: number, packet: number, hops: number): void {
    const link = this.links[slot]
    if (!link) return
    if (this.world.measure !== null) this.sent++
    sendOn(this.world.sim, otherEnd(link), Event.streamData, packet, hops + 1)
  }

  /** A link whose queue is full lags: what comes for it is dropped until the queue is short again. */
  #drops(slot: number, packet: number, isReplay: boolean): boolean {
    const queued = this.uplink?.queuedMs(slot) ?? 0
    const dropped = this.#dropped[slot]
    if (isReplay || (dropped === undefined && queued < this.world.options.linkQueueMs)) return false
    if (dropped === undefined) this.trees.onLagging(slot, true, this.world.sim.now)
    const first = dropped ?? new Map<number, number>()
    this.#dropped[slot] = first
    if (!first.has(authorOf(packet))) first.set(authorOf(packet), seqOf(packet))
    return true
  }

  #catchUp(slot: number): void {
    const dropped = this.#dropped[slot]
    const { options, sim } = this.world
    if (dropped === undefined || (this.uplink?.queuedMs(slot) ?? 0) > options.linkQueueMs / 4) return
    this.#dropped[slot] = undefined
    this.trees.onLagging(slot, false, sim.now)
    const bit = 1 << slot
    for (const [author, from] of dropped) {
      if (((this.#pruned[author] ?? 0) & bit) === 0) this.replay(slot, author, [{ from, to: MAX_SEQ }])
    }
  }

  #noteFirst(isFresh: boolean, nowMs: number): void {
    const { first } = this
    if (first.atMs === 0) first.atMs = nowMs
    if (nowMs - first.atMs >= FIRST_MS) return
    first.copies++
    if (isFresh) first.packets++
  }

  #onDuplicate(author: number, slot: number, seq: number): void {
    const { sim, options, floods } = this.world
    if (floods) return
    if (!this.trees.isOpen(author)) {
      const word = observe(this.#observed[author] ?? 0, seq, options.payloadBytes, Math.floor(sim.now / 1_000))
      if (word !== BUSY) {
        this.#observed[author] = word
        return
      }
      this.#openKnown(author)
    }
    this.trees.onDuplicate(author, slot, sim.now)
  }

  #onIHave(slot: number, authors: readonly number[], marks: readonly number[]): void {
    const { now } = this.world.sim
    for (let i = 0; i < authors.length; i++) {
      const author = authors[i]!
      if (!this.trees.isOpen(author) && !this.#openKnown(author)) this.trees.openHeardOf(author, slot, now)
      this.trees.onIHave(author, slot, marks[i]!, now)
    }
  }

  #openKnown(author: number): boolean {
    const window = this.windows[author]
    const { sim, speakers } = this.world
    return (
      window !== undefined && this.trees.open(author, window.contiguous, speakers[author]?.node === this.node, sim.now)
    )
  }

  #windowOf(author: number): ReplayWindow {
    this.windows[author] ??= new ReplayWindow()
    return this.windows[author]
  }
}

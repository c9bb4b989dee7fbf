// Busy authors on a simulated network: every packet, every copy and every tree frame is an event. Each node has the
// windows and the trees of a real one.

import { isFlooding, isUp, latencyTo, otherEnd, placeOf, setSlot, slotOf } from '../ends.ts'
import { Event } from '../events.ts'
import { callAt } from '../host.ts'
import { sample } from '../random.ts'
import type { SimNode } from '../sim-node.ts'
import type { SimStream } from '../state.ts'
import { aliveNodes, type Sim } from '../state.ts'
import { Measure, type SteadyFigures } from './figures.ts'
import type { TreeFrame } from './frames.ts'
import { graftAll, hostileEveryMs, onHostilePacket } from './hostile.ts'
import { NodeStream } from './node-stream.ts'
import type { NodeWorld, StreamNode } from './node-world.ts'
import { type StreamOptions, streamDefaults } from './options.ts'
import { authorOf, type Speaker, seqOf } from './speaker.ts'
import { Uplink } from './uplink.ts'

/**
 * A copy of a packet that has come over a link: indexes of the nodes, hops until there, the path's delay, whether it
 * was new.
 */
export interface Copy {
  readonly from: number
  readonly to: number
  readonly author: number
  readonly seq: number
  readonly hops: number
  readonly delayMs: number
  readonly fresh: boolean
}

/** Header and signature of a packet. */
const PACKET_OVERHEAD_BYTES = 112

export class Stream implements SimStream, NodeWorld {
  readonly sim: Sim
  readonly options: StreamOptions
  readonly speakers: Speaker[] = []
  readonly floods: boolean
  measure: Measure | null = null
  /** Is called for every copy, for code that draws or counts copies. */
  onCopy: ((copy: Copy) => void) | null = null
  readonly #nodes: (NodeStream | undefined)[] = []
  /** By node; a node that comes back is what it was before. */
  readonly #hostile = new Set<number>()
  readonly #narrow = new Set<number>()

  /** Begins with the nodes that are up, some of which write. */
  constructor(sim: Sim, given: Partial<StreamOptions> = {}) {
    this.sim = sim
    this.options = { ...streamDefaults, ...given }
    this.floods = this.options.trees.parents === 0
    sim.stream = this
    const { speakers, hostileShare, uplinkShare } = this.options
    const alive = sample(sim.random, aliveNodes(sim), aliveNodes(sim).length)
    const others = alive.slice(speakers)
    for (const node of others.slice(0, Math.round(hostileShare * alive.length))) this.#hostile.add(node.index)
    for (const node of sample(sim.random, alive, Math.round(uplinkShare * alive.length))) this.#narrow.add(node.index)
    for (const node of alive.slice(0, speakers)) this.#addSpeaker(node)
    for (const node of alive) this.#begin(node)
    for (const speaker of this.speakers) this.#planWrite(speaker, sim.random() * this.#everyMs())
  }

  nodeStream(node: SimNode): NodeStream | undefined {
    return this.#nodes[node.index]
  }

  isHostile(node: SimNode): boolean {
    return this.#hostile.has(node.index)
  }

  /** Writes a packet of this node at once, besides what authors write. The node is an author from now on. */
  writeFrom(node: SimNode): { readonly author: number; readonly seq: number } | null {
    if (node.state === null) return null
    const isOurs = (one: Speaker) => one.node === node && one.incarnation === node.incarnation
    const speaker = this.speakers.find(isOurs) ?? this.#addSpeaker(node)
    if (!this.#writeNow(speaker)) return null
    return { author: speaker.author, seq: speaker.written }
  }

  /** From now on packets are measured. */
  startMeasure(): void {
    this.measure = new Measure(this.sim.now)
    for (const node of this.#nodes) if (node) [node.got, node.sent] = [[], 0]
  }

  /** Packets written from now on are not measured. */
  stopMeasure(): void {
    if (this.measure !== null) this.measure.toMs = this.sim.now
  }

  /** Of the nodes that were up all the time, without the hostile ones and those for which `counts` is false. */
  figures(counts: (node: SimNode) => boolean = () => true): SteadyFigures {
    const measure = this.measure ?? new Measure(0)
    // A node that cannot be reached cannot be heard either.
    const written = this.speakers.map((speaker) => (counts(speaker.node) ? this.#measuredOf(speaker).length : 0))
    let [due, got] = [0, 0]
    for (const one of this.#nodes) {
      if (!one || one.hostile || one.startedMs >= measure.fromMs || !counts(one.node)) continue
      for (const { node, author } of this.speakers) {
        if (node === one.node || written[author] === 0) continue
        due += written[author]!
        got += one.got[author] ?? 0
      }
    }
    return measure.figures(due, got, this.#lastHops(), this.#mostSent(), this.options.payloadBytes)
  }

  deliver(to: StreamNode, packet: number, hops: number): void {
    const { measure, sim } = this
    if (measure === null) return
    const speaker = this.speakers[authorOf(packet)]!
    const seq = seqOf(packet)
    if (!to.hostile) measure.fresh++
    speaker.lastMs[seq] = sim.now
    speaker.lastHops[seq] = hops
    if (!measure.isMeasured(speaker.writtenMs[seq]!) || to.startedMs >= measure.fromMs || to.hostile) return
    to.got[speaker.author] = (to.got[speaker.author] ?? 0) + 1
    measure.deliver(speaker.writtenMs[seq]!, sim.now)
  }

  noteGap(node: StreamNode, packets: number): void {
    if (this.measure === null || node.hostile) return
    this.measure.gaps++
    this.measure.lost += packets
  }

  noteFrame(node: StreamNode, frame: TreeFrame, bytes: number): void {
    if (this.measure === null || node.hostile) return
    this.measure.controlBytes += bytes
    if (frame.kind === 'graft') this.measure.grafts++
    else if (frame.kind === 'prune') this.measure.prunes++
  }

  planDeparture(node: StreamNode, at: number): void {
    this.sim.queue.add(at, Event.streamDepart, node.node.index, 0, null)
  }

  onNodeUp(node: SimNode): void {
    this.#begin(node)
  }

  onNodeDown(node: SimNode): void {
    this.#nodes[node.index] = undefined
  }

  onLinkUp(node: SimNode, link: number): void {
    const one = this.#nodes[node.index]
    if (!one || slotOf(this.sim, link) >= 0) return
    setSlot(this.sim, link, one.linkUp(link))
    this.#planWake(one)
  }

  onLinkDown(node: SimNode, link: number): void {
    const one = this.#nodes[node.index]
    const slot = slotOf(this.sim, link)
    if (!one || slot < 0 || one.links[slot] !== link) return
    one.linkDown(slot)
    this.#planWake(one)
  }

  onArrival(kind: number, link: number, b: number, what: unknown): void {
    if (!isUp(this.sim, link) || !isFlooding(this.sim, link)) return
    const one = this.#nodes[placeOf(this.sim, link)]
    const slot = slotOf(this.sim, link)
    if (!one || slot < 0 || one.links[slot] !== link) return
    if (kind === Event.streamData) this.#onData(one, slot, b, what as number)
    else one.onFrame(slot, what as TreeFrame)
    this.#planWake(one)
  }

  onOwn(kind: number, a: number): void {
    if (kind === Event.streamWrite) return this.#write(this.speakers[a]!)
    const one = this.#nodes[a]
    if (!one) return
    if (kind === Event.streamDepart) one.depart()
    else if (this.sim.now === one.wakeAt) {
      one.wakeAt = Number.POSITIVE_INFINITY
      one.trees.wake(this.sim.now)
    }
    this.#planWake(one)
  }

  #onData(one: NodeStream, slot: number, packet: number, hops: number): void {
    if (this.measure !== null && !one.hostile) this.measure.copies++
    if (one.hostile) onHostilePacket(one, slot, packet)
    const fresh = one.onPacket(slot, packet, hops)
    if (this.onCopy !== null) this.onCopy(this.#copyOf(one, slot, packet, hops, fresh))
  }

  #copyOf({ node, links }: NodeStream, slot: number, packet: number, hops: number, fresh: boolean): Copy {
    const link = links[slot]!
    const from = placeOf(this.sim, otherEnd(link))
    const [author, seq, delayMs] = [authorOf(packet), seqOf(packet), latencyTo(this.sim, link)]
    return { from, to: node.index, author, seq, hops, delayMs, fresh }
  }

  #begin(node: SimNode): void {
    const hostile = this.#hostile.has(node.index)
    const one = new NodeStream(this, node, hostile, this.#narrow.has(node.index) ? this.#uplink() : null)
    this.#nodes[node.index] = one
    for (const link of node.ends) {
      if (isFlooding(this.sim, link) && isUp(this.sim, link)) setSlot(this.sim, link, one.linkUp(link))
    }
    if (hostile && hostileEveryMs(one) < Number.POSITIVE_INFINITY) this.#annoy(one)
    this.#planWake(one)
  }

  #annoy(one: NodeStream): void {
    callAt(this.sim, this.sim.now + hostileEveryMs(one) * (0.5 + this.sim.random()), () => {
      if (this.#nodes[one.node.index] !== one) return
      graftAll(one)
      this.#annoy(one)
    })
  }

  #uplink(): Uplink {
    const { speakers, rate, payloadBytes, uplinkLoad } = this.options
    const frameBytes = payloadBytes + PACKET_OVERHEAD_BYTES
    return new Uplink((speakers * rate * frameBytes * uplinkLoad) / 1_000, frameBytes)
  }

  #addSpeaker(node: SimNode): Speaker {
    const author = this.speakers.length
    const marks = { written: 0, writtenMs: [], lastMs: [], lastHops: [] }
    const speaker: Speaker = { author, node, incarnation: node.incarnation, ...marks }
    this.speakers.push(speaker)
    return speaker
  }

  #everyMs(): number {
    return 1_000 / this.options.rate
  }

  /** Evenly within half the time, before or after. */
  #planWrite(speaker: Speaker, afterMs: number): void {
    this.sim.queue.add(this.sim.now + afterMs, Event.streamWrite, speaker.author, 0, null)
  }

  #write(speaker: Speaker): void {
    if (!this.#writeNow(speaker) || speaker.written >= this.options.packets) return
    this.#planWrite(speaker, this.#everyMs() * (0.75 + this.sim.random() / 2))
  }

  /** False: the author has gone. */
  #writeNow(speaker: Speaker): boolean {
    const { node, author, incarnation } = speaker
    const one = this.#nodes[node.index]
    if (!one || node.incarnation !== incarnation) return false
    const seq = ++speaker.written
    speaker.writtenMs[seq] = this.sim.now
    speaker.lastMs[seq] = this.sim.now
    speaker.lastHops[seq] = 0
    one.write(author, seq)
    this.#planWake(one)
    return true
  }

  #planWake(one: NodeStream): void {
    const { wakeMs } = one.trees
    if (wakeMs >= one.wakeAt) return
    one.wakeAt = wakeMs
    this.sim.queue.add(Math.max(wakeMs, this.sim.now), Event.streamWake, one.node.index, 0, null)
  }

  #measuredOf({ writtenMs }: Speaker): number[] {
    return writtenMs.filter((at) => at !== undefined && this.measure?.isMeasured(at))
  }

  /** All packets written since then, measured or not, because nodes have sent those as well. */
  #mostSent(): number {
    const from = this.measure?.fromMs ?? 0
    const written = this.speakers.reduce((sum, { writtenMs }) => sum + writtenMs.filter((at) => at >= from).length, 0)
    const most = this.#nodes.reduce((max, one) => (one && !one.hostile ? Math.max(max, one.sent) : max), 0)
    return most / Math.max(1, written)
  }

  #lastHops(): number {
    let [sum, count] = [0, 0]
    for (const { writtenMs, lastHops } of this.speakers) {
      lastHops.forEach((hops, seq) => {
        if (!this.measure?.isMeasured(writtenMs[seq]!)) return
        sum += hops
        count++
      })
    }
    return sum / Math.max(1, count)
  }
}

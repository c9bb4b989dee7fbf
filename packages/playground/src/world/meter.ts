// The live figures of one network: the cost of its packets, whom they reach, and how long they take. It takes a sample
// every half second of simulated time.
import type { Copy, Sim, Stream } from '@floodnet/core/sim'

/** Null if there was nothing to measure. */
export interface Sample {
  /** Copies that arrived for each packet that was new to its node, in the last two seconds. */
  readonly copies: number | null
  /** Share of the nodes that should have a packet which had it a second after it was written, 0 to 1. */
  readonly reach: number | null
  /** The longest time that a packet took to reach a node, in ms. */
  readonly delayMs: number | null
  /** Links that a packet crossed on its way to a node, on average over the last two seconds. */
  readonly hops: number | null
}

export const SAMPLE_MS = 500
/** Samples in two seconds: in a shorter time, much depends on how many packets were under way. */
const WINDOW = 4
/** By then a packet should be everywhere. */
const DUE_MS = 1_000

interface Counts {
  copies: number
  fresh: number
  hops: number
}

interface Watched {
  readonly writtenMs: number
  /** By node: the incarnation that should get it; 0: none. */
  readonly wanted: Uint32Array
  readonly has: Uint8Array
}

export class Meter {
  readonly #sim: Sim
  readonly #stream: Stream
  /** By author and number. */
  readonly #watched = new Map<number, Map<number, Watched>>()
  readonly #written: number[] = []
  #counts = newCounts()
  /** Of the last samples. */
  readonly #recent: Counts[] = []
  #slowestMs = 0
  #reach = { sum: 0, count: 0 }

  constructor(sim: Sim, stream: Stream) {
    this.#sim = sim
    this.#stream = stream
  }

  onCopy({ to, author, seq, hops, fresh }: Copy): void {
    const counts = this.#counts
    counts.copies++
    if (!fresh) return
    counts.fresh++
    counts.hops += hops
    const writtenMs = this.#stream.speakers[author]?.writtenMs[seq] ?? this.#sim.now
    this.#slowestMs = Math.max(this.#slowestMs, this.#sim.now - writtenMs)
    this.#watchUpTo(author, seq)
    const watched = this.#watched.get(author)?.get(seq)
    if (watched !== undefined) watched.has[to] = 1
  }

  /**
   * Call this often, and before anything is done to the network: the nodes that are there now should get what was
   * written since.
   */
  look(): void {
    for (const { author, written } of this.#stream.speakers) this.#watchUpTo(author, written)
    this.#judge()
  }

  /** Begins the next one. */
  sample(): Sample {
    const isSilent = this.#counts.fresh === 0
    this.#recent.push(this.#counts)
    if (this.#recent.length > WINDOW) this.#recent.shift()
    const [copies, fresh, hops] = (['copies', 'fresh', 'hops'] as const).map((name) => this.#sumOf(name))
    const sample = {
      copies: ratioOf(copies, fresh),
      reach: ratioOf(this.#reach.sum, this.#reach.count),
      delayMs: isSilent ? null : this.#slowestMs,
      hops: ratioOf(hops, fresh)
    }
    this.#counts = newCounts()
    this.#slowestMs = 0
    this.#reach = { sum: 0, count: 0 }
    return sample
  }

  #sumOf(name: keyof Counts): number {
    return this.#recent.reduce((sum, counts) => sum + counts[name], 0)
  }

  /** A packet may arrive somewhere before anybody looks. */
  #watchUpTo(author: number, written: number): void {
    for (let seq = (this.#written[author] ?? 0) + 1; seq <= written; seq++) {
      this.#watch(author, seq)
      this.#written[author] = seq
    }
  }

  #watch(author: number, seq: number): void {
    const { nodes, now } = this.#sim
    const speaker = this.#stream.speakers[author]
    const wanted = new Uint32Array(nodes.length)
    for (const node of nodes) {
      const counts = node.state !== null && !this.#stream.isHostile(node) && node !== speaker?.node
      wanted[node.index] = counts ? node.incarnation : 0
    }
    const ofAuthor = this.#watched.get(author) ?? new Map<number, Watched>()
    this.#watched.set(author, ofAuthor)
    ofAuthor.set(seq, { writtenMs: speaker?.writtenMs[seq] ?? now, wanted, has: new Uint8Array(nodes.length) })
  }

  #judge(): void {
    for (const ofAuthor of this.#watched.values()) {
      for (const [seq, watched] of ofAuthor) {
        if (this.#sim.now - watched.writtenMs < DUE_MS) break
        ofAuthor.delete(seq)
        this.#count(watched)
      }
    }
  }

  /** Nodes that have died since need nothing any more. */
  #count({ wanted, has }: Watched): void {
    let [due, got] = [0, 0]
    for (const { index, state, incarnation } of this.#sim.nodes) {
      if (state === null || wanted[index] !== incarnation) continue
      due++
      got += has[index] ?? 0
    }
    if (due === 0) return
    this.#reach.sum += got / due
    this.#reach.count++
  }
}

function newCounts(): Counts {
  return { copies: 0, fresh: 0, hops: 0 }
}

function ratioOf(sum = 0, count = 0): number | null {
  return count > 0 ? sum / count : null
}

// Packets that travel along a stem before they flood, so that nobody can tell the author from the first node that
// floods: Dandelion++ (Fanti and others, 2018). For each epoch, a node draws whether it floods packets from stems or
// passes them on; what comes from one link in an epoch goes to one neighbour. Nothing counts the links. A node that
// passes a packet on floods it itself if it does not see it flooded.
import { toHex } from '../bytes.ts'
import { ORIGIN_OFFSET, SEQ_OFFSET } from '../wire/layout.ts'

/**
 * Share of epochs in which a node floods what comes on a stem: a stem goes over six links on average, and ten or more
 * in every sixth case. A guess between the tutorial's 0 to 10 and Dandelion++'s 10.
 */
const END_CHANCE = 1 / 6
/** Mean length of an epoch: Dandelion++ has 10 minutes. */
const EPOCH_MS = 600_000
/**
 * Packets watched at one time, and their bytes: of others, and as many of the node's own. Guesses: two of the largest
 * messages. What finds no room floods at once.
 */
const MAX_STEMS = 512
const MAX_STEM_BYTES = 33_554_432
/** Share of these that the packets of one link may take. A guess: half of one of the largest messages. */
const STEM_SOURCE_SHARE = 4
/**
 * A stem that comes back goes on over another random link, so that in a small network its author is not always the one
 * that floods it. The node floods it when it comes back once more than this: half of the time no node there ends stems.
 * A guess.
 */
const MAX_RETURNS = 4
/** Source of the node's own packets. */
const OWN = -1

export interface StemPhaseHost {
  /** Links over which a packet from `source` may go on. */
  routes(source: number): readonly number[]
  send(link: number, frame: Uint8Array): void
  /** Floods the DATA frame to every neighbour and the program. */
  flood(frame: Uint8Array): void
  /** Whether nobody has flooded the DATA frame to us yet. */
  isNews(frame: Uint8Array): boolean
  /** A DATA frame of the node's own, which floods from here after all. */
  onOwnEnded(frame: Uint8Array, why: StemEnd): void
}

/** Why a node floods its own packet at the end. */
export type StemEnd = 'looped' | 'timed-out' | 'crowded' | 'stranded'

/**
 * Outcomes of stems: own ones begun; passed on; flooded because the epoch says so, because it came back again and
 * again, because nobody else flooded it, for lack of room, for lack of a neighbour.
 */
export interface StemCounts {
  started: number
  passed: number
  ended: number
  looped: number
  'timed-out': number
  crowded: number
  stranded: number
}

interface Stem {
  readonly frame: Uint8Array
  /** When we flood it ourselves. */
  readonly deadlineMs: number
  /** Whose share of the room it takes: a link's, or that of the node's own packets. */
  readonly payer: number
  /** How often it has come back. */
  readonly returns: number
}

export class StemPhase {
  readonly counts: StemCounts = { started: 0, passed: 0, ended: 0, looped: 0, 'timed-out': 0, crowded: 0, stranded: 0 }
  readonly #host: StemPhaseHost
  readonly #timeoutMs: number
  readonly #random: () => number
  readonly #stems = new Map<string, Stem>()
  /** The room that each payer's stems take. */
  readonly #taken = new Map<number, { stems: number; bytes: number }>()
  /** Where packets from a link go in this epoch. */
  readonly #routes = new Map<number, number>()
  #endsHere = false
  #epochEndMs = 0

  /**
   * `timeoutMs`: the least time, and the mean of a random time on top of it, after which a packet that nobody has
   * flooded floods here. `random`: nobody may guess it.
   */
  constructor(host: StemPhaseHost, timeoutMs: number, random: () => number) {
    this.#host = host
    this.#timeoutMs = timeoutMs
    this.#random = random
  }

  get size(): number {
    return this.#stems.size
  }

  /** Sends a packet of the node's own on its stem: over at least one link. */
  start(frame: Uint8Array, nowMs: number): void {
    this.counts.started++
    this.#renew(nowMs)
    this.#go(this.#routeOf(OWN), frame, nowMs, OWN, 0)
  }

  /**
   * A packet of the node's own whose stem began in another of its threads, and which comes over `source`: also over at
   * least one link.
   */
  goOn(source: number, frame: Uint8Array, nowMs: number): void {
    this.#renew(nowMs)
    this.#go(this.#routeOf(source), frame, nowMs, OWN, 0)
  }

  /** A packet, checked and not seen flooded, comes to us on a stem over `source`. */
  onStem(source: number, frame: Uint8Array, nowMs: number): void {
    this.#renew(nowMs)
    const known = this.#stems.get(nameOf(frame))
    if (known !== undefined) return this.#onReturn(source, known, nowMs)
    if (this.#endsHere) return this.#end('ended', frame, source)
    this.counts.passed++
    this.#go(this.#routeOf(source), frame, nowMs, source, 0)
  }

  /** Forgets what others flooded, and floods what was not flooded in time. */
  expire(nowMs: number): void {
    for (const { frame, deadlineMs, payer } of [...this.#stems.values()]) {
      if (!this.#host.isNews(frame)) this.#forget(frame)
      else if (nowMs >= deadlineMs) this.#end('timed-out', frame, payer)
    }
  }

  /** Every node passes on what has come back, its author too, so nothing tells them apart. */
  #onReturn(source: number, { frame, payer, returns }: Stem, nowMs: number): void {
    if (returns === MAX_RETURNS) return this.#end('looped', frame, payer)
    this.#go(this.#drawn(source), frame, nowMs, payer, returns + 1)
  }

  #go(route: number | null, frame: Uint8Array, nowMs: number, payer: number, returns: number): void {
    if (route === null) return this.#end('stranded', frame, payer)
    this.#forget(frame)
    if (!this.#hasRoom(payer, frame.length)) return this.#end('crowded', frame, payer)
    // Memoryless, so the first to flood need not be the one that has waited longest.
    const deadlineMs = nowMs + this.#timeoutMs * (1 - Math.log(1 - this.#random()))
    this.#stems.set(nameOf(frame), { frame, deadlineMs, payer, returns })
    this.#charge(payer, 1, frame.length)
    this.#host.send(route, frame)
  }

  /** Own packets find room whatever others bring; otherwise a neighbour could make them flood from here. */
  #hasRoom(payer: number, bytes: number): boolean {
    const own = this.#taken.get(OWN) ?? NOTHING
    const taken = this.#taken.get(payer) ?? NOTHING
    if (payer === OWN) return own.stems < MAX_STEMS && own.bytes + bytes <= MAX_STEM_BYTES
    if (taken.stems >= MAX_STEMS / STEM_SOURCE_SHARE) return false
    if (taken.bytes + bytes > MAX_STEM_BYTES / STEM_SOURCE_SHARE) return false
    return this.#stems.size - own.stems < MAX_STEMS && this.#othersBytes() + bytes <= MAX_STEM_BYTES
  }

  #othersBytes(): number {
    let sum = 0
    for (const [payer, { bytes }] of this.#taken) if (payer !== OWN) sum += bytes
    return sum
  }

  #charge(payer: number, stems: number, bytes: number): void {
    const taken = this.#taken.get(payer) ?? NOTHING
    const left = { stems: taken.stems + stems, bytes: taken.bytes + bytes }
    if (left.stems === 0) this.#taken.delete(payer)
    else this.#taken.set(payer, left)
  }

  #end(why: StemEnd | 'ended', frame: Uint8Array, payer: number): void {
    this.counts[why]++
    this.#forget(frame)
    if (payer === OWN && why !== 'ended') this.#host.onOwnEnded(frame, why)
    this.#host.flood(frame)
  }

  #forget(frame: Uint8Array): void {
    const name = nameOf(frame)
    const stem = this.#stems.get(name)
    if (stem === undefined) return
    this.#stems.delete(name)
    this.#charge(stem.payer, -1, -stem.frame.length)
  }

  #renew(nowMs: number): void {
    if (nowMs < this.#epochEndMs) return
    this.#epochEndMs = nowMs + EPOCH_MS * (0.5 + this.#random())
    this.#endsHere = this.#random() < END_CHANCE
    this.#routes.clear()
  }

  /**
   * The same during an epoch, as long as the link stands: somebody who can try many paths would learn more from many
   * packets.
   */
  #routeOf(source: number): number | null {
    const known = this.#routes.get(source)
    if (known !== undefined && this.#host.routes(source).includes(known)) return known
    const drawn = this.#drawn(source)
    if (drawn !== null) this.#routes.set(source, drawn)
    return drawn
  }

  #drawn(source: number): number | null {
    const links = this.#host.routes(source)
    return links[Math.floor(this.#random() * links.length)] ?? null
  }
}

const NOTHING = { stems: 0, bytes: 0 } as const

/** Author, incarnation and number. */
function nameOf(frame: Uint8Array): string {
  return toHex(frame, ORIGIN_OFFSET, SEQ_OFFSET + 4)
}

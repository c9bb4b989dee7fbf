// Packets that pass a stem before they flood, so that nobody can tell who wrote them by who floods them first:
// Dandelion++ (Fanti and others, 2018). Each node passes them on to one neighbour, the same one for all that comes from
// a link in an epoch, or floods them, as it has drawn for the epoch; nothing counts the links. Whoever passes one on
// floods it itself when it does not see it flooded.
import { toHex } from '../bytes.ts'
import { ORIGIN_OFFSET, SEQ_OFFSET } from '../wire/layout.ts'

/**
 * Share of epochs in which a node floods what comes on a stem: a stem goes over six links on average, ten and more in
 * every sixth case. A guess between the tutorial's 0 to 10 and Dandelion++'s 10.
 */
const END_CHANCE = 1 / 6
/** Mean length of an epoch: Dandelion++ has 10 minutes. */
const EPOCH_MS = 600_000
/**
 * Packets watched at one time, and their bytes. Guesses: two of the largest messages. What finds no room floods at
 * once.
 */
const MAX_STEMS = 512
const MAX_STEM_BYTES = 33_554_432
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
}

/**
 * What became of stems: own ones begun; passed on; flooded since the epoch says so, since it came back, since nobody
 * else did, for want of room, of a neighbour.
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
}

export class StemPhase {
  readonly counts: StemCounts = { started: 0, passed: 0, ended: 0, looped: 0, 'timed-out': 0, crowded: 0, stranded: 0 }
  readonly #host: StemPhaseHost
  readonly #timeoutMs: number
  readonly #random: () => number
  readonly #stems = new Map<string, Stem>()
  #bytes = 0
  /** Where what comes from a link goes in this epoch. */
  readonly #routes = new Map<number, number>()
  #endsHere = false
  #epochEndMs = 0

  /**
   * `timeoutMs`: least time, and mean of what is drawn on top of it, until a packet that nobody has flooded is flooded
   * here. `random`: nobody may guess it.
   */
  constructor(host: StemPhaseHost, timeoutMs: number, random: () => number) {
    this.#host = host
    this.#timeoutMs = timeoutMs
    this.#random = random
  }

  get size(): number {
    return this.#stems.size
  }

  /** Sends a packet of the node's own on its stem: over one link at least. */
  start(frame: Uint8Array, nowMs: number): void {
    this.counts.started++
    this.#go(OWN, frame, nowMs)
  }

  /**
   * A packet of the node's own whose stem began in another of its threads, and comes over `source`: also over one link
   * at least.
   */
  goOn(source: number, frame: Uint8Array, nowMs: number): void {
    this.#go(source, frame, nowMs)
  }

  /** A packet, checked and not seen flooded, comes to us on a stem over `source`. */
  onStem(source: number, frame: Uint8Array, nowMs: number): void {
    if (this.#stems.has(nameOf(frame))) return this.#end('looped', frame)
    this.#renew(nowMs)
    if (this.#endsHere) return this.#end('ended', frame)
    this.counts.passed++
    this.#go(source, frame, nowMs)
  }

  /** Forgets what was flooded by others, and floods what was not in time. */
  expire(nowMs: number): void {
    for (const { frame, deadlineMs } of [...this.#stems.values()]) {
      if (!this.#host.isNews(frame)) this.#forget(frame)
      else if (nowMs >= deadlineMs) this.#end('timed-out', frame)
    }
  }

  #go(source: number, frame: Uint8Array, nowMs: number): void {
    this.#renew(nowMs)
    const route = this.#routeOf(source)
    if (route === null) return this.#end('stranded', frame)
    if (this.#stems.size >= MAX_STEMS || this.#bytes + frame.length > MAX_STEM_BYTES) return this.#end('crowded', frame)
    // Without memory, so that who floods first need not be who has waited longest.
    const deadlineMs = nowMs + this.#timeoutMs * (1 - Math.log(1 - this.#random()))
    this.#forget(frame)
    this.#stems.set(nameOf(frame), { frame, deadlineMs })
    this.#bytes += frame.length
    this.#host.send(route, frame)
  }

  #end(why: keyof StemCounts, frame: Uint8Array): void {
    this.counts[why]++
    this.#forget(frame)
    this.#host.flood(frame)
  }

  #forget(frame: Uint8Array): void {
    const name = nameOf(frame)
    this.#bytes -= this.#stems.get(name)?.frame.length ?? 0
    this.#stems.delete(name)
  }

  #renew(nowMs: number): void {
    if (nowMs < this.#epochEndMs) return
    this.#epochEndMs = nowMs + EPOCH_MS * (0.5 + this.#random())
    this.#endsHere = this.#random() < END_CHANCE
    this.#routes.clear()
  }

  /** The same in an epoch as long as the link stands: who could try many ways would learn more from many packets. */
  #routeOf(source: number): number | null {
    const links = this.#host.routes(source)
    const known = this.#routes.get(source)
    if (known !== undefined && links.includes(known)) return known
    const drawn = links[Math.floor(this.#random() * links.length)] ?? null
    if (drawn !== null) this.#routes.set(source, drawn)
    return drawn
  }
}

/** Author, incarnation and number. */
function nameOf(frame: Uint8Array): string {
  return toHex(frame, ORIGIN_OFFSET, SEQ_OFFSET + 4)
}

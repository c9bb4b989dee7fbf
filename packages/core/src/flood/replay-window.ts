// Which sequence numbers of one author have been seen: the sliding bit window of RFC 6479 (the IPsec anti-replay
// window), exact within its span. It grows rather than let go of a number that is missing and may still come. Hot:
// guarded by the benchmark core.window.
import { MAX_SEQ } from '../wire/layout.ts'
import { PAGE_PACKETS, SeenPages } from './seen-pages.ts'
import { DEFAULT_WINDOW_PACKETS } from './window-packets.ts'

/** Smallest span, in packets: as long as nothing is missing, no more is needed. 256 bits are 32 bytes. */
export const MIN_WINDOW_PACKETS = 256
/** What a window has when it first grows: then it has pages, and more of them cost next to nothing. */
const FIRST_PAGES = 2
/** So far below the highest number a hole is looked for: as many numbers a neighbour may be asked for. */
const MAX_HOLE_PACKETS = 4_096

const WORD_BITS = 32

export type WindowVerdict = 'fresh' | 'duplicate' | 'stale'

// A window's numbers: three words, which its owner may keep beside others.
/** Highest number committed; 0: none. */
export const HIGHEST_WORD = 0
/**
 * The bits cover the numbers up to this one. All numbers above it, up to the highest, were seen: packets mostly come in
 * order, and then no bit is touched.
 */
const WRITTEN_WORD = 1
/** Up to this number the window lets go of nothing that is missing. */
export const CALM_WORD = 2
export const WINDOW_WORDS = 3

/**
 * The window of one author's incarnation. `check` never changes it; `commit` must follow only once the packet is proven
 * genuine. An owner that keeps the numbers may commit the number after the highest itself, as long as it is no higher
 * than the calm one.
 */
export class ReplayWindow {
  #numbers: Uint32Array
  #at: number
  readonly #maxPackets: number
  /** Of the smallest window. */
  readonly #bits = new Uint32Array(MIN_WINDOW_PACKETS / WORD_BITS)
  /** Of one that has grown. */
  #pages: SeenPages | null = null
  #packets = MIN_WINDOW_PACKETS
  /** The lowest number committed; 0 when they began with 1. */
  #first = 0
  /** Everything below it was seen or let go. */
  #missing = 1
  /** Up to this number some may have been let go that were missing; at the largest span, all that are below it. */
  #gone = 0

  /**
   * Its numbers lie at `numbers[at]` and the words after it; they are set to those of an empty window. It grows until
   * it spans `maxPackets`.
   */
  constructor(numbers: Uint32Array = new Uint32Array(WINDOW_WORDS), at = 0, maxPackets = DEFAULT_WINDOW_PACKETS) {
    this.#numbers = numbers
    this.#at = at
    this.#maxPackets = maxPackets
    numbers.fill(0, at, at + WINDOW_WORDS)
    numbers[at + CALM_WORD] = MAX_SEQ
  }

  /** For an empty window: everything up to `highest` counts as seen. */
  resume(highest: number): void {
    this.#numbers[this.#at + HIGHEST_WORD] = highest
    this.#missing = highest + 1
  }

  /** The owner has moved the numbers. */
  moved(numbers: Uint32Array, at: number): void {
    this.#numbers = numbers
    this.#at = at
  }

  /** Takes the numbers along, because another window needs their place. */
  detach(): void {
    this.moved(this.#numbers.slice(this.#at, this.#at + WINDOW_WORDS), 0)
  }

  /** Highest sequence number committed; 0: none. */
  get highest(): number {
    return this.#numbers[this.#at + HIGHEST_WORD]!
  }

  /** Packets that the window can tell apart, less the word or page that is being cleared ahead. */
  get span(): number {
    return this.#packets - (this.#pages === null ? WORD_BITS : PAGE_PACKETS)
  }

  /** Memory that it has taken to grow. */
  get bytes(): number {
    return this.#pages?.bytes ?? 0
  }

  /** The number up to which everything was seen, from the first one committed on, as far back as MAX_HOLE_PACKETS. */
  get contiguous(): number {
    const { highest } = this
    for (let seq = Math.max(1, this.#first, highest - MAX_HOLE_PACKETS); seq < highest; seq++)
      if (this.check(seq) === 'fresh') return seq - 1
    return highest
  }

  /** Sequence numbers start at 1; 0 is always stale. */
  check(seq: number): WindowVerdict {
    const { highest } = this
    if (seq > highest) return 'fresh'
    if (seq > this.#numbers[this.#at + WRITTEN_WORD]!) return 'duplicate'
    if (highest - seq >= this.span) return seq > this.#gone && this.span < this.#maxPackets ? 'duplicate' : 'stale'
    if (seq === 0) return 'stale'
    return this.#has(seq) ? 'duplicate' : 'fresh'
  }

  /** Marks `seq`, which `check` called fresh, as seen. */
  commit(seq: number): void {
    if (seq > this.#numbers[this.#at + CALM_WORD]!) this.#makeRoom(seq)
    if (seq === this.highest + 1) this.#numbers[this.#at + HIGHEST_WORD] = seq
    else this.#commitOutOfOrder(seq)
  }

  /** Back to the smallest span: what is below it counts as seen. */
  narrow(): void {
    const pages = this.#pages
    if (pages === null) return
    this.#settle()
    this.#pages = null
    this.#packets = MIN_WINDOW_PACKETS
    this.#bits.fill(0)
    const { highest } = this
    this.#gone = Math.max(0, highest - this.span)
    this.#missing = this.#gone + 1
    for (let seq = this.#missing; seq <= highest; seq++) if (pages.has(seq)) this.#set(seq)
    this.#setCalm(highest)
  }

  #has(seq: number): boolean {
    if (this.#pages !== null) return this.#pages.has(seq)
    const position = seq & (MIN_WINDOW_PACKETS - 1)
    return (this.#bits[position >>> 5]! & (1 << (position & 31))) !== 0
  }

  #commitOutOfOrder(seq: number): void {
    this.#settle()
    if (this.highest === 0 || seq < this.#first) this.#first = seq
    if (seq > this.highest) this.#skipTo(seq)
    this.#set(seq)
  }

  /** Sets the bits of the numbers that came in order since the last call. */
  #settle(): void {
    const { highest } = this
    const written = this.#numbers[this.#at + WRITTEN_WORD]!
    if (written === highest) return
    this.#clearAhead(written, highest)
    const from = Math.max(written + 1, highest - this.span + 1)
    if (this.#pages !== null) this.#pages.setRange(from, highest)
    else for (let seq = from; seq <= highest; seq++) this.#set(seq)
    this.#numbers[this.#at + WRITTEN_WORD] = highest
  }

  /** What lies between is missing; also before the first one, which somebody may have passed on early. */
  #skipTo(seq: number): void {
    const { highest } = this
    if (this.#numbers[this.#at + CALM_WORD] === MAX_SEQ) {
      this.#missing = highest + 1
      this.#makeRoom(seq)
    }
    this.#clearAhead(highest, seq)
    this.#numbers[this.#at + HIGHEST_WORD] = seq
    this.#numbers[this.#at + WRITTEN_WORD] = seq
  }

  /** Room for the numbers after `before`, up to `seq`. */
  #clearAhead(before: number, seq: number): void {
    if (this.#pages !== null) return this.#pages.advance(before, seq)
    const words = MIN_WINDOW_PACKETS / WORD_BITS
    const steps = Math.min((seq >>> 5) - (before >>> 5), words)
    for (let step = 0; step < steps; step++) this.#bits[((seq >>> 5) - step) & (words - 1)] = 0
  }

  /** Grows until nothing that is missing is let go when `seq` is taken in, as far as it may. */
  #makeRoom(seq: number): void {
    this.#settle()
    const { highest } = this
    while (this.#missing <= highest && this.check(this.#missing) !== 'fresh') this.#missing++
    while (seq - this.#missing >= this.span && this.span < this.#maxPackets) this.#grow()
    this.#setCalm(seq)
  }

  /** Where nothing is missing below `seq`, or the window cannot grow, every number is calm. */
  #setCalm(seq: number): void {
    const isWhole = this.#missing >= seq
    const calm = this.#missing + this.span - 1
    this.#numbers[this.#at + CALM_WORD] = isWhole || this.span >= this.#maxPackets ? MAX_SEQ : Math.min(MAX_SEQ, calm)
  }

  /** Widens the span and keeps what was seen; what the smaller window had already let go counts as seen. */
  #grow(): void {
    const { highest, span } = this
    const oldest = Math.max(1, highest - span + 1)
    const pages = this.#pages ?? this.#firstPages(oldest, highest)
    if (this.#pages !== null) pages.double(oldest, highest)
    pages.setRange(oldest - (oldest % PAGE_PACKETS), oldest - 1)
    this.#pages = pages
    this.#packets = pages.packets
  }

  #firstPages(oldest: number, highest: number): SeenPages {
    const pages = new SeenPages(FIRST_PAGES * PAGE_PACKETS)
    pages.clear(oldest, highest)
    for (let seq = oldest; seq <= highest; seq++) if (this.#has(seq)) pages.set(seq)
    return pages
  }

  #set(seq: number): void {
    if (this.#pages !== null) return this.#pages.set(seq)
    const position = seq & (MIN_WINDOW_PACKETS - 1)
    this.#bits[position >>> 5] = this.#bits[position >>> 5]! | (1 << (position & 31))
  }
}

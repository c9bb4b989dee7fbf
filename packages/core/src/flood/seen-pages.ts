// Which of an author's numbers were seen, over a long stretch: a ring of pages. A page of which nothing or all was seen
// takes no memory, so a hole of a hundred thousand numbers costs as little as a run of them, and a stranger pays for
// each page with a packet. Hot: guarded by the benchmark core.window.

/** Numbers of a page, in 256 bytes. A guess: small beside a packet and the objects around it. */
export const PAGE_PACKETS = 2_048
const PAGE_SHIFT = 11
const PAGE_WORDS = PAGE_PACKETS / 32
const WORD_SHIFT = 5
const ALL_SEEN = 0xffffffff
/** Of the words at least so large a part is in use. */
const SPARE_SHARE = 4

// What the directory says of a page. From FIRST_PLACE on: where its words lie.
const EMPTY = 0
const FULL = 1
const FIRST_PLACE = 2

export class SeenPages {
  #directory: Uint16Array
  #words = new Uint32Array(0)
  /** Pages that have words. */
  #used = 0
  /** Places given out since the words were last packed. */
  #given = 0

  /** Everything counts as seen. `packets`: a power of two, of whole pages. */
  constructor(packets: number) {
    this.#directory = new Uint16Array(packets / PAGE_PACKETS).fill(FULL)
  }

  /** Numbers of all pages. */
  get packets(): number {
    return this.#directory.length * PAGE_PACKETS
  }

  /** Memory taken. */
  get bytes(): number {
    return this.#directory.byteLength + this.#words.byteLength
  }

  has(seq: number): boolean {
    const page = this.#directory[this.#slotOf(seq)]!
    if (page < FIRST_PLACE) return page === FULL
    return (this.#words[wordOf(page, seq)]! & (1 << (seq & 31))) !== 0
  }

  set(seq: number): void {
    this.#setBits(seq, 1 << (seq & 31))
  }

  /** Sets `from` to `to`, both included. */
  setRange(from: number, to: number): void {
    for (let seq = from; seq <= to; ) {
      const [inPage, inWord] = [seq % PAGE_PACKETS, seq & 31]
      if (inPage === 0 && to - seq >= PAGE_PACKETS - 1) {
        this.#put(this.#slotOf(seq), FULL)
        seq += PAGE_PACKETS
      } else {
        const bits = Math.min(32 - inWord, to - seq + 1)
        this.#setBits(seq, (ALL_SEEN >>> (32 - bits)) << inWord)
        seq += bits
      }
    }
  }

  /** The pages after that of `before`, up to that of `seq`, are for new numbers, of which none was seen. */
  advance(before: number, seq: number): void {
    this.#clear((before >>> PAGE_SHIFT) + 1, seq >>> PAGE_SHIFT)
  }

  /** Nothing of the pages of `from` to `to` was seen. */
  clear(from: number, to: number): void {
    this.#clear(from >>> PAGE_SHIFT, to >>> PAGE_SHIFT)
  }

  /** As many pages again. The pages of `oldest` to `highest` stay; all before counts as seen. */
  double(oldest: number, highest: number): void {
    const old = this.#directory
    const grown = new Uint16Array(old.length * 2).fill(FULL)
    for (let page = oldest >>> PAGE_SHIFT; page <= highest >>> PAGE_SHIFT; page++) {
      grown[page & (grown.length - 1)] = old[page & (old.length - 1)]!
      old[page & (old.length - 1)] = EMPTY
    }
    this.#used -= old.filter((page) => page >= FIRST_PLACE).length
    this.#directory = grown
  }

  #clear(first: number, last: number): void {
    const pages = this.#directory.length
    for (let page = Math.max(first, last - pages + 1); page <= last; page++) this.#put(page & (pages - 1), EMPTY)
  }

  #slotOf(seq: number): number {
    return (seq >>> PAGE_SHIFT) & (this.#directory.length - 1)
  }

  #setBits(seq: number, bits: number): void {
    const slot = this.#slotOf(seq)
    let page = this.#directory[slot]!
    if (page === FULL) return
    if (page === EMPTY) page = this.#place(slot)
    const word = wordOf(page, seq)
    this.#words[word] = this.#words[word]! | bits
    if (this.#words[word] === ALL_SEEN && this.#isFull(page)) this.#put(slot, FULL)
  }

  #isFull(page: number): boolean {
    const start = (page - FIRST_PLACE) * PAGE_WORDS
    for (let word = start; word < start + PAGE_WORDS; word++) if (this.#words[word] !== ALL_SEEN) return false
    return true
  }

  /** The page is the same all over from now on. */
  #put(slot: number, page: typeof EMPTY | typeof FULL): void {
    const hadWords = this.#directory[slot]! >= FIRST_PLACE
    this.#directory[slot] = page
    if (hadWords && --this.#used * PAGE_WORDS * SPARE_SHARE < this.#words.length) this.#pack()
  }

  /** Words for an empty page. */
  #place(slot: number): number {
    this.#used++
    if (this.#given * PAGE_WORDS === this.#words.length) this.#pack()
    const page = this.#given++ + FIRST_PLACE
    this.#directory[slot] = page
    return page
  }

  /** Moves the words that are in use together, with as much room again; none when none are. */
  #pack(): void {
    const words = new Uint32Array(this.#used * 2 * PAGE_WORDS)
    this.#given = 0
    for (const [slot, page] of this.#directory.entries()) {
      if (page < FIRST_PLACE) continue
      const start = (page - FIRST_PLACE) * PAGE_WORDS
      words.set(this.#words.subarray(start, start + PAGE_WORDS), this.#given * PAGE_WORDS)
      this.#directory[slot] = this.#given++ + FIRST_PLACE
    }
    this.#words = words
  }
}

function wordOf(page: number, seq: number): number {
  return (page - FIRST_PLACE) * PAGE_WORDS + ((seq >>> WORD_SHIFT) & (PAGE_WORDS - 1))
}

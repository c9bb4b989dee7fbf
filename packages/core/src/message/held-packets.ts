// What one author's packets wait in until those before them are here. Their numbers lie sorted: most come in order, so
// one more goes to the end, and the lowest is found without a search however many are held.

export interface HeldPacket<Packet> {
  readonly packet: Packet
  readonly bytes: number
  readonly atMs: number
}

/** Numbers that were taken from the front lie there until they are half of all. */
const SHORT = 32

export class HeldPackets<Packet> {
  readonly #packets = new Map<number, HeldPacket<Packet>>()
  /** Ascending from `#front` on. */
  #numbers: number[] = []
  #front = 0

  get size(): number {
    return this.#packets.size
  }

  has(seq: number): boolean {
    return this.#packets.has(seq)
  }

  get(seq: number): HeldPacket<Packet> | undefined {
    return this.#packets.get(seq)
  }

  /** Infinity if nothing is held. */
  get lowest(): number {
    return this.#numbers[this.#front] ?? Number.POSITIVE_INFINITY
  }

  /** Keeps a packet whose number is not held yet. */
  add(seq: number, held: HeldPacket<Packet>): void {
    this.#packets.set(seq, held)
    const at = this.#placeOf(seq)
    if (at === this.#numbers.length) this.#numbers.push(seq)
    else this.#numbers.splice(at, 0, seq)
  }

  /** Takes out the lowest, if that is its number. */
  take(seq: number): HeldPacket<Packet> | undefined {
    const held = this.#packets.get(seq)
    if (held === undefined || seq !== this.lowest) return undefined
    this.#packets.delete(seq)
    this.#front++
    if (this.#front > SHORT && this.#front * 2 > this.#numbers.length) {
      this.#numbers = this.#numbers.slice(this.#front)
      this.#front = 0
    }
    return held
  }

  /** The place of the first number that is not lower. */
  #placeOf(seq: number): number {
    let [low, high] = [this.#front, this.#numbers.length]
    if (seq > (this.#numbers[high - 1] ?? -1)) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#numbers[middle]! < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}

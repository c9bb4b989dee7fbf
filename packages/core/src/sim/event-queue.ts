// What will happen, by time and then by order of entry: a heap with four children a node over typed arrays. An event is
// a kind, two numbers and sometimes an object; nothing is allocated for it. Hot: times lie in the order of the heap, so
// that those of four children share a cache line; everything else stays in the event's slot.

const firstCapacity = 1024

export class EventQueue {
  /** The event that `next` took out. */
  at = 0
  kind = 0
  a = 0
  b = 0
  what: unknown = null

  /** By place in the heap. */
  #slots = new Uint32Array(firstCapacity)
  #times = new Float64Array(firstCapacity)
  #size = 0
  /** By slot. */
  #orders = new Float64Array(firstCapacity)
  #kinds = new Uint8Array(firstCapacity)
  #as = new Int32Array(firstCapacity)
  #bs = new Int32Array(firstCapacity)
  #whats: unknown[] = []
  /** Free slots are chained through `#as`. */
  #free = -1
  #used = 0
  #order = 0

  /** An empty one, or a copy of another, with copies of its objects. */
  constructor(from?: EventQueue, copyOf: (what: unknown) => unknown = (what) => what) {
    if (!from) return
    this.#slots = from.#slots.slice()
    this.#times = from.#times.slice()
    this.#size = from.#size
    this.#orders = from.#orders.slice()
    this.#kinds = from.#kinds.slice()
    this.#as = from.#as.slice()
    this.#bs = from.#bs.slice()
    this.#whats = from.#whats.map(copyOf)
    this.#free = from.#free
    this.#used = from.#used
    this.#order = from.#order
  }

  get size(): number {
    return this.#size
  }

  /** When the next event is due; infinity if there is none. */
  get nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!
  }

  add(at: number, kind: number, a: number, b: number, what: unknown): void {
    const slot = this.#takeSlot()
    this.#orders[slot] = this.#order++
    this.#kinds[slot] = kind
    this.#as[slot] = a
    this.#bs[slot] = b
    this.#whats[slot] = what
    this.#rise(at, slot, this.#size++)
  }

  /** Takes out the first event, into the fields above. */
  next(): void {
    const slot = this.#slots[0]!
    this.at = this.#times[0]!
    this.kind = this.#kinds[slot]!
    this.a = this.#as[slot]!
    this.b = this.#bs[slot]!
    this.what = this.#whats[slot]
    this.#whats[slot] = null
    this.#as[slot] = this.#free
    this.#free = slot
    this.#size--
    if (this.#size > 0) this.#sink(this.#times[this.#size]!, this.#slots[this.#size]!)
  }

  #takeSlot(): number {
    const slot = this.#free
    if (slot >= 0) {
      this.#free = this.#as[slot]!
      return slot
    }
    if (this.#used === this.#kinds.length) this.#grow()
    return this.#used++
  }

  #rise(at: number, slot: number, from: number): void {
    const [times, slots] = [this.#times, this.#slots]
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 2
      // An event that enters now is the last of its time.
      if (at >= times[parent]!) break
      times[place] = times[parent]!
      slots[place] = slots[parent]!
      place = parent
    }
    times[place] = at
    slots[place] = slot
  }

  #sink(at: number, slot: number): void {
    const [times, slots, size] = [this.#times, this.#slots, this.#size]
    let place = 0
    for (;;) {
      const best = this.#firstOf(4 * place + 1)
      if (best >= size || !this.#isBefore(times[best]!, slots[best]!, at, slot)) break
      times[place] = times[best]!
      slots[place] = slots[best]!
      place = best
    }
    times[place] = at
    slots[place] = slot
  }

  /** The child that comes first, of the four from `first` on. */
  #firstOf(first: number): number {
    const [times, slots] = [this.#times, this.#slots]
    const end = Math.min(first + 4, this.#size)
    let best = first
    for (let child = first + 1; child < end; child++) {
      if (this.#isBefore(times[child]!, slots[child]!, times[best]!, slots[best]!)) best = child
    }
    return best
  }

  #isBefore(at: number, slot: number, otherAt: number, other: number): boolean {
    return at < otherAt || (at === otherAt && this.#orders[slot]! < this.#orders[other]!)
  }

  #grow(): void {
    this.#slots = grown(this.#slots, Uint32Array)
    this.#times = grown(this.#times, Float64Array)
    this.#orders = grown(this.#orders, Float64Array)
    this.#kinds = grown(this.#kinds, Uint8Array)
    this.#as = grown(this.#as, Int32Array)
    this.#bs = grown(this.#bs, Int32Array)
  }
}

interface Column {
  readonly length: number
  set(from: ArrayLike<number>): void
}

function grown<T extends Column & ArrayLike<number>>(column: T, Type: new (length: number) => T): T {
  const wider = new Type(column.length * 2)
  wider.set(column)
  return wider
}

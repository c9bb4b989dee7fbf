// What is to happen, by time and then by order of entry: a heap with four children a node over typed arrays. An event is
// a kind, two numbers and maybe an object; nothing is allocated for it. Hot: a run spends a third of its time here.

const firstCapacity = 1024

export class EventQueue {
  /** The event that `next` took out. */
  at = 0
  kind = 0
  a = 0
  b = 0
  what: unknown = null

  #heap = new Uint32Array(firstCapacity)
  #size = 0
  #times = new Float64Array(firstCapacity)
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
    this.#heap = from.#heap.slice()
    this.#size = from.#size
    this.#times = from.#times.slice()
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

  /** When the next event is due; infinity when there is none. */
  get nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[this.#heap[0]!]!
  }

  add(at: number, kind: number, a: number, b: number, what: unknown): void {
    const slot = this.#takeSlot()
    this.#times[slot] = at
    this.#orders[slot] = this.#order++
    this.#kinds[slot] = kind
    this.#as[slot] = a
    this.#bs[slot] = b
    this.#whats[slot] = what
    this.#rise(slot, this.#size++)
  }

  /** Takes out the first event, into the fields above. */
  next(): void {
    const slot = this.#heap[0]!
    this.at = this.#times[slot]!
    this.kind = this.#kinds[slot]!
    this.a = this.#as[slot]!
    this.b = this.#bs[slot]!
    this.what = this.#whats[slot]
    this.#whats[slot] = null
    this.#as[slot] = this.#free
    this.#free = slot
    this.#size--
    if (this.#size > 0) this.#sink(this.#heap[this.#size]!)
  }

  #takeSlot(): number {
    const slot = this.#free
    if (slot >= 0) {
      this.#free = this.#as[slot]!
      return slot
    }
    if (this.#used === this.#times.length) this.#grow()
    return this.#used++
  }

  #rise(slot: number, from: number): void {
    const heap = this.#heap
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 2
      if (!this.#isBefore(slot, heap[parent]!)) break
      heap[place] = heap[parent]!
      place = parent
    }
    heap[place] = slot
  }

  #sink(slot: number): void {
    const heap = this.#heap
    let place = 0
    for (;;) {
      const first = 4 * place + 1
      if (first >= this.#size) break
      const end = Math.min(first + 4, this.#size)
      let best = first
      for (let child = first + 1; child < end; child++) if (this.#isBefore(heap[child]!, heap[best]!)) best = child
      if (!this.#isBefore(heap[best]!, slot)) break
      heap[place] = heap[best]!
      place = best
    }
    heap[place] = slot
  }

  #isBefore(a: number, b: number): boolean {
    const [ta, tb] = [this.#times[a]!, this.#times[b]!]
    return ta < tb || (ta === tb && this.#orders[a]! < this.#orders[b]!)
  }

  #grow(): void {
    this.#heap = grown(this.#heap, Uint32Array)
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

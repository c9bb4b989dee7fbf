// core.window: whose packet it is, whether it has been seen, and that it has, for packets of many authors in a random
// order.
import {
  HEADER_BYTES,
  INCARNATION_OFFSET,
  OriginTable,
  SEQ_OFFSET,
  viewOf,
  writeHeader
} from '../../packages/core/src/index.ts'
import { INCARNATION, keyOf, mix, NOW_MS } from './frames.ts'
import type { Operation } from './measure.ts'

const PACKETS = 16_384
/** Of all authors together. It decides how far the windows grow. */
const PACKETS_PER_MS = 1_000

/** Headers as they come one after the other, the authors in a random order that is the same each time. */
export class WindowLoad {
  readonly table: OriginTable
  readonly #view: DataView
  readonly #authors: Uint32Array
  readonly #seqs: Uint32Array
  #nowMs = NOW_MS

  constructor(origins: number) {
    this.table = new OriginTable(origins, 1)
    this.#authors = Uint32Array.from({ length: PACKETS }, (_, i) => (i < origins ? i : mix(i) % origins))
    this.#seqs = new Uint32Array(origins)
    const bytes = new Uint8Array(PACKETS * HEADER_BYTES)
    this.#view = viewOf(bytes)
    const keys = Array.from({ length: origins }, (_, author) => keyOf(author))
    for (const [i, author] of this.#authors.entries()) {
      const header = { type: 1, flags: 0, hops: 0, origin: keys[author]!, incarnation: INCARNATION, seq: 0 }
      writeHeader(bytes, this.#view, i * HEADER_BYTES, HEADER_BYTES, header)
      if (i < origins) this.table.add(bytes, this.#view, i * HEADER_BYTES)
    }
  }

  /** Numbers the packets of the next call of `run`. */
  advance(packetsPerMs: number): void {
    this.#nowMs += PACKETS / packetsPerMs
    for (let i = 0; i < PACKETS; i++) {
      this.#view.setUint32(i * HEADER_BYTES + SEQ_OFFSET, ++this.#seqs[this.#authors[i]!]!)
    }
  }

  /** The next packet of each author never comes. */
  skip(): void {
    for (let author = 0; author < this.#seqs.length; author++) this.#seqs[author]!++
  }

  /** Takes the packets in. All are fresh. */
  run(): void {
    const [view, table] = [this.#view, this.table]
    table.tick(this.#nowMs)
    let fresh = 0
    // The length of a view, asked for in each round, would cost 2.5 ns of the loop's own.
    for (let start = 0, end = view.byteLength; start < end; start += HEADER_BYTES) {
      const author = table.find(view, start)
      const incarnation = view.getUint32(start + INCARNATION_OFFSET)
      const seq = view.getUint32(start + SEQ_OFFSET)
      if (table.check(author, incarnation, seq) !== 'fresh') continue
      table.commit(author, incarnation, seq)
      fresh++
    }
    if (fresh !== PACKETS) throw new Error('a fresh packet was taken for a duplicate')
  }
}

export function windowOperation(origins: number): Operation<WindowLoad> {
  const load = new WindowLoad(origins)
  return {
    items: PACKETS,
    prepare() {
      load.advance(PACKETS_PER_MS)
      return load
    },
    run: () => load.run()
  }
}

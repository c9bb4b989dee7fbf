// Holds back frames that arrive before their turn, and wakes the inbox when their turn has come or they have waited
// long enough.
import { copyBytes, type Gap, PacketOrder } from '@floodnet/core'

/**
 * Bytes of frames that may wait for an earlier one of their author. A guess: a third of a second of all that a link can
 * bring.
 */
const MAX_HELD_BYTES = 33_554_432

export class FrameOrder {
  readonly #order: PacketOrder<Uint8Array>
  readonly #onReady: () => void
  #timer: NodeJS.Timeout | null = null

  /** `onReady` is called when frames have waited long enough; get them with `takeReady`. */
  constructor(repairMs: number, onGap: (gap: Gap) => void, onReady: () => void) {
    this.#order = new PacketOrder(repairMs, MAX_HELD_BYTES, onGap)
    this.#onReady = onReady
  }

  get heldBytes(): number {
    return this.#order.heldBytes
  }

  get hasReady(): boolean {
    return this.#order.hasReady
  }

  /**
   * Whether it is the turn of the frame at `bytes[start, end)`. If not, the frame is held, or must not be delivered at
   * all.
   */
  isTurn(origin: string, incarnation: number, seq: number, bytes: Uint8Array, start: number, end: number): boolean {
    const nowMs = performance.now()
    const turn = this.#order.turnOf(origin, incarnation, seq, nowMs)
    if (turn !== 'early') return turn === 'now'
    this.#order.hold(origin, copyBytes(bytes, start, end), seq, end - start, nowMs)
    this.#arm()
    return false
  }

  /** A held frame whose turn has come. */
  takeReady(): Uint8Array | null {
    return this.#order.takeReady()
  }

  /** The worker has lost frames on the way here, and has counted them. */
  onLosses(): void {
    this.#order.onLosses()
  }

  /** No neighbour has these numbers any more. */
  onGone(origin: string, incarnation: number, from: number, to: number): void {
    this.#order.onGone(origin, incarnation, from, to)
    if (this.hasReady) this.#onReady()
  }

  /** A worker refuses packets of this author, and counts them. */
  forgive(origin: string): void {
    this.#order.forgive(origin, performance.now())
    if (this.hasReady) this.#onReady()
  }

  /** Nothing more will come, so held frames need not wait. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#order.expire(Number.POSITIVE_INFINITY)
  }

  #arm(): void {
    const { wakeMs } = this.#order
    if (this.#timer !== null || wakeMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, wakeMs - performance.now()))
  }

  #wake(): void {
    this.#timer = null
    this.#order.expire(performance.now())
    if (this.hasReady) this.#onReady()
    this.#arm()
  }
}

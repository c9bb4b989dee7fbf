// How long writes may continue before everything else on the program's thread gets its turn. A loop of awaited writes
// runs in microtasks, and slabs that come back at once would let it run forever, while every timer and socket of the
// thread waits.
import { TURN_MS } from '../inbound/slab-returns.ts'

/** Bytes between two looks at the clock: a look for each message would take a tenth of the time of writing one. */
const LOOK_BYTES = 65_536
/** What a message counts besides its bytes, so that we look at the clock for small ones too: every 256 of them. */
const MESSAGE_BYTES = 256

export class WriteTurn {
  readonly #onNext: () => void
  #beganMs: number | null = null
  #untilLook = LOOK_BYTES
  /** Whether only writes have run since the last look. */
  #unbroken = false
  #over = false

  /** `onNext`: others have had their turn after one that was over. */
  constructor(onNext: () => void) {
    this.#onNext = onNext
  }

  /**
   * Whether a message of `bytes` bytes must wait for the next turn, which `onNext` announces. Call this before each
   * write.
   */
  isOver(bytes: number): boolean {
    this.#untilLook -= bytes + MESSAGE_BYTES
    return this.#over || (this.#untilLook < 0 && this.#look())
  }

  /** A series of writes that nobody awaits ends by itself. To make those wait would fill the queue for nothing. */
  #look(): boolean {
    this.#untilLook = LOOK_BYTES
    const nowMs = performance.now()
    if (this.#beganMs === null) {
      this.#beganMs = nowMs
      setImmediate(() => this.#next())
    }
    this.#over = !this.#unbroken && nowMs - this.#beganMs >= TURN_MS
    if (!this.#unbroken) queueMicrotask(() => this.#onBreak())
    this.#unbroken = true
    return this.#over
  }

  #onBreak(): void {
    this.#unbroken = false
  }

  #next(): void {
    const wasOver = this.#over
    this.#beganMs = null
    this.#over = false
    if (wasOver) this.#onNext()
  }
}

// How long writes may go on before everything else on the program's thread has its turn: a loop of awaited writes runs
// in microtasks, and slabs that come back at once let it run for ever, with every timer and socket of the thread
// waiting.
import { TURN_MS } from '../inbound/slab-returns.ts'

/** Bytes between two looks at the clock: a look for each message would be a tenth of what writing one costs. */
const LOOK_BYTES = 65_536
/** What a message counts besides its bytes, so that small ones are looked at too: every 256 of them. */
const MESSAGE_BYTES = 256

export class WriteTurn {
  readonly #onNext: () => void
  #beganMs: number | null = null
  #untilLook = LOOK_BYTES
  /** Nothing but writes has run since the last look. */
  #unbroken = false
  #over = false

  /** `onNext`: others have had their turn after one that was over. */
  constructor(onNext: () => void) {
    this.#onNext = onNext
  }

  /**
   * Whether a message of `bytes` bytes must wait for the next turn, which `onNext` tells. Asked before each is written.
   */
  isOver(bytes: number): boolean {
    this.#untilLook -= bytes + MESSAGE_BYTES
    return this.#over || (this.#untilLook < 0 && this.#look())
  }

  /**
   * Writes that nobody awaits, one after the other, end by themselves: to make them wait would fill the queue for
   * nothing.
   */
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

// The sending end of a lane of frames between two threads. Frames travel in slabs that are lent: posted with transfer
// of ownership, and handed back once read. The fixed number of slabs bounds the lane's memory and provides its
// back-pressure. A few frames alone go as a short run, which nobody hands back.
import type { FrameRing } from './frame-ring.ts'

/** Bytes of one slab: one full batch, which lets some 10,000 messages share a hop between threads (17-50 us). */
export const SLAB_BYTES = 1_048_576
/** Slabs of one lane. Four keep both threads busy while some are on their way back. */
export const SLAB_COUNT = 4

/** `bytes` of whole frames at the start of a slab, lent until the receiver posts `SlabReturn`. */
export interface SlabFrames {
  readonly kind: 'frames'
  readonly buffer: ArrayBuffer
  readonly bytes: number
}

/** A slab handed back. */
export interface SlabReturn {
  readonly kind: 'slab'
  readonly buffer: ArrayBuffer
}

/** The bytes of the next short run in the lane's `FrameRing`. A bare number: an object takes 10 us longer. */
export type ShortRunLength = number

/** The same, for the receiver. */
export interface ShortRun {
  readonly kind: 'short-run'
  readonly bytes: ShortRunLength
}

/** Frames were lost and counted at this point. */
export interface FramesMissed {
  readonly kind: 'missed'
}

/** What the lane needs of a MessagePort. */
export interface SlabPort {
  postMessage(message: SlabFrames | FramesMissed | SlabReturn | ShortRunLength, transfer: readonly ArrayBuffer[]): void
}

const NO_TRANSFER: readonly ArrayBuffer[] = []

/** Writes frames into slabs and posts them; knows how many are lent. */
export class SlabSender {
  readonly #port: SlabPort
  readonly #free: ArrayBuffer[] = []
  readonly #ring: FrameRing | null
  #made = 0
  #lent = 0
  #slab: Uint8Array | null = null
  #used = 0

  /** `ring` null: everything goes in slabs, so that the sender can tell when everything has been read. */
  constructor(port: SlabPort, ring: FrameRing | null = null) {
    this.#port = port
    this.#ring = ring
  }

  /** Slabs that the receiver holds. */
  get lent(): number {
    return this.#lent
  }

  /** A free slab for a writer that fills it itself and posts it with `postSlab`; null if all are lent. */
  take(): ArrayBuffer | null {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#made === SLAB_COUNT) return null
    this.#made++
    // A pooled buffer cannot be transferred.
    return new ArrayBuffer(SLAB_BYTES)
  }

  /** Posts the frames in a slab that was taken. True: they went as a short run, and the slab is free again. */
  postSlab(buffer: ArrayBuffer, bytes: number): boolean {
    if (this.#ring?.write(new Uint8Array(buffer, 0, bytes)) === true) {
      this.#free.push(buffer)
      this.#port.postMessage(bytes, NO_TRANSFER)
      return true
    }
    this.#lent++
    this.#port.postMessage({ kind: 'frames', buffer, bytes }, [buffer])
    return false
  }

  /** Copies whole frames into the current slab. False: no slab has room, and nothing was copied. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start
    if (length > SLAB_BYTES) return this.#writeLarge(bytes, start, end)
    if (this.#slab !== null && this.#used + length > SLAB_BYTES) this.post()
    if (this.#slab === null) {
      const buffer = this.take()
      if (buffer === null) return false
      this.#slab = new Uint8Array(buffer)
      this.#used = 0
    }
    this.#slab.set(bytes.subarray(start, end), this.#used)
    this.#used += length
    return true
  }

  /** Sends what `write` has gathered. */
  post(): void {
    const slab = this.#slab
    if (slab === null) return
    this.#slab = null
    this.postSlab(slab.buffer as ArrayBuffer, this.#used)
  }

  /** Takes a slab back. */
  onReturn(buffer: ArrayBuffer): void {
    this.#lent--
    if (buffer.byteLength === SLAB_BYTES) this.#free.push(buffer)
    else this.#made--
  }

  /** A run that is too large for any slab takes a buffer of its own, in place of one slab. */
  #writeLarge(bytes: Uint8Array, start: number, end: number): boolean {
    this.post()
    const spare = this.#free.pop()
    if (spare === undefined && this.#made === SLAB_COUNT) return false
    if (spare === undefined) this.#made++
    const buffer = new ArrayBuffer(end - start)
    new Uint8Array(buffer).set(bytes.subarray(start, end))
    this.postSlab(buffer, end - start)
    return true
  }
}

// The sending end of a lane of frames between two threads. Frames travel in slabs that are lent: posted with transfer of
// ownership and handed back when read. A fixed number of slabs is the lane's whole memory, and its back-pressure.

/** Bytes of one slab: one full batch, so that a hop between threads (17-50 us) is shared by some 2,500 messages. */
export const SLAB_BYTES = 262_144
/** Slabs of one lane. Eight keep both threads busy while some are on the way back. */
export const SLAB_COUNT = 8

/** A slab with `bytes` of whole frames at its start. Lent to the receiver until it posts `SlabReturn`. */
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

/** What the lane needs of a MessagePort. */
export interface SlabPort {
  postMessage(message: SlabFrames | SlabReturn, transfer: readonly ArrayBuffer[]): void
}

/** Writes frames into slabs and posts them; knows how many are lent. */
export class SlabSender {
  readonly #port: SlabPort
  readonly #free: ArrayBuffer[] = []
  readonly #count: number
  #made = 0
  #lent = 0
  #slab: Uint8Array | null = null
  #used = 0

  constructor(port: SlabPort, count = SLAB_COUNT) {
    this.#port = port
    this.#count = count
  }

  /** Slabs that the receiver holds. */
  get lent(): number {
    return this.#lent
  }

  /** A free slab for a writer that fills it itself and posts it with `postSlab`; null when all are lent. */
  take(): ArrayBuffer | null {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#made === this.#count) return null
    this.#made++
    // Not from a pool: a pooled buffer cannot be transferred.
    return new ArrayBuffer(SLAB_BYTES)
  }

  postSlab(buffer: ArrayBuffer, bytes: number): void {
    this.#lent++
    this.#port.postMessage({ kind: 'frames', buffer, bytes }, [buffer])
  }

  /** Copies whole frames into the current slab. False when no slab has room: nothing was taken. */
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

  /** A run that no slab can hold goes in a buffer of its own, in place of one slab. */
  #writeLarge(bytes: Uint8Array, start: number, end: number): boolean {
    this.post()
    const spare = this.#free.pop()
    if (spare === undefined && this.#made === this.#count) return false
    if (spare === undefined) this.#made++
    const buffer = new ArrayBuffer(end - start)
    new Uint8Array(buffer).set(bytes.subarray(start, end))
    this.postSlab(buffer, end - start)
    return true
  }
}

// The sending end of a lane of frames between two threads. Frames travel in slabs that are lent: posted with transfer of
// ownership and handed back when read. A fixed number of slabs is the lane's memory, and its back-pressure. A few frames
// alone go as a note: a small copy that nobody hands back, since waking a thread for that costs as much as the note itself.

/** Bytes of one slab: one full batch, so that a hop between threads (17-50 us) is shared by some 10,000 messages. */
export const SLAB_BYTES = 1_048_576
/** Slabs of one lane. Four keep both threads busy while some are on the way back. */
export const SLAB_COUNT = 4

/** No more bytes than this go as a note. A guess: a lone message, or some. */
export const NOTE_BYTES = 4_096
/** Notes of a lane that are not taken yet; further frames go in slabs. Together they hold a quarter of a slab. */
export const MAX_NOTES = 64

/** `bytes` of whole frames at the start of `buffer`. */
export interface SlabFrames {
  readonly kind: 'frames'
  readonly buffer: ArrayBuffer
  readonly bytes: number
  /** Null: a slab, lent until the receiver posts `SlabReturn`. Else a note: the receiver keeps the buffer and says so with `takeNote`. */
  readonly taken: SharedArrayBuffer | null
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

/** Says that a note has been read: its sender sees it in memory that both share, and is not woken. */
export function takeNote(taken: SharedArrayBuffer): void {
  Atomics.add(new Int32Array(taken), 0, 1)
}

/** Writes frames into slabs and posts them; knows how many are lent. */
export class SlabSender {
  readonly #port: SlabPort
  readonly #free: ArrayBuffer[] = []
  readonly #count: number
  readonly #maxNotes: number
  /** Notes that the receiver has read, counted by it; wraps around as `#notes` does. */
  readonly #taken = new Int32Array(new SharedArrayBuffer(4))
  #notes = 0
  #made = 0
  #lent = 0
  #slab: Uint8Array | null = null
  #used = 0

  /** `maxNotes` 0: everything goes in slabs, which is for who must hear when all of it has been read. */
  constructor(port: SlabPort, { count = SLAB_COUNT, maxNotes = MAX_NOTES } = {}) {
    this.#port = port
    this.#count = count
    this.#maxNotes = maxNotes
  }

  /** Notes that the receiver has not read yet. */
  get notes(): number {
    return (this.#notes - Atomics.load(this.#taken, 0)) | 0
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

  /** Posts the frames in a slab that was taken. True: as a note, and the slab is free again. */
  postSlab(buffer: ArrayBuffer, bytes: number): boolean {
    const isNote = bytes <= NOTE_BYTES && this.notes < this.#maxNotes
    if (isNote) this.#postNote(buffer, bytes)
    else {
      this.#lent++
      this.#port.postMessage({ kind: 'frames', buffer, bytes, taken: null }, [buffer])
    }
    return isNote
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

  #postNote(slab: ArrayBuffer, bytes: number): void {
    this.#notes = (this.#notes + 1) | 0
    const buffer = slab.slice(0, bytes)
    this.#free.push(slab)
    this.#port.postMessage({ kind: 'frames', buffer, bytes, taken: this.#taken.buffer }, [buffer])
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

// Cuts a byte stream into frames, whatever the chunking. Every limit is checked on the length field alone, before
// anything is allocated for the frame. Hot: guarded by the benchmark core.decode.
import type { FrameFault } from './faults.ts'
import { viewOf } from './header.ts'
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAGS_OFFSET,
  FrameType,
  flagsOf,
  HEADER_BYTES,
  LAST_FRAME_TYPE,
  LENGTH_BYTES,
  MAX_CONTROL_FRAME_BYTES,
  TYPE_OFFSET,
  trailerBytesOf,
  ZERO_OFFSET
} from './layout.ts'

/**
 * Takes whole frames. `bytes` may be kept: the reader never writes to it again, as long as its memory is not used
 * again.
 */
export interface FrameSink {
  /** One frame at `bytes[start, end)`. A fault ends the stream. */
  onFrame(bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null
  /** No frame after the last one is in the same `bytes`. */
  onChunkEnd(): void
  /**
   * The next frame is larger than we take, and passed over unread. A fault ends the stream. Absent: its size is a
   * fault.
   */
  onPassedOver?(): FrameFault | null
}

/** Where whole frames of a chunk are copied to, and those that come in pieces are put together. */
export interface ReaderMemory {
  /** At least so many bytes; they need not be zeroed: only what has been written to them is ever handed on. */
  allocate(bytes: number): Uint8Array
  /** The reader has done with what it allocated: the frame has been handed on, and its chunk has ended. */
  release(bytes: Uint8Array): void
}

/** Fresh memory each time, left to the collector. */
const freshMemory: ReaderMemory = {
  allocate: (bytes) => new Uint8Array(bytes),
  release: () => {}
}

/** Holds the bytes of a stream that has nothing pending. */
const NOTHING = new Uint8Array(0)

/**
 * A frame that comes in pieces gets room for this many times what has come of it: a peer that only announces a large
 * one makes us hold little.
 */
const ROOM_SHARE = 16

/**
 * Largest DATA or STEM frame that any node may take (the bound of the option maxFrameBytes). One between our own limit
 * and this may come from an honest node with a higher limit, so it is passed over and no fault.
 */
export const MAX_ANY_FRAME_BYTES = 67_108_864

/** Type, flags and zero: what must be there before a frame's limit can be known. */
const PREFIX_BYTES = ZERO_OFFSET + 1

/** Reader of one stream. After a fault it takes nothing more. */
export class FrameReader {
  readonly #sink: FrameSink
  readonly #memory: ReaderMemory
  /** Largest DATA frame accepted. A host keeps it small until the peer has introduced itself. */
  maxFrameBytes: number
  #pending: Uint8Array = NOTHING
  #pendingBytes = 0
  #fault: FrameFault | null = null
  /** What is still to come of a frame that is passed over. */
  #passingBytes = 0
  /** Bytes from the beginning of the refused frame to the end of the chunk at hand. */
  #refusedBytes = 0
  /** Its whole size; 0: it is not one to pass over. */
  #oversizeBytes = 0

  constructor(sink: FrameSink, maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES, memory: ReaderMemory = freshMemory) {
    this.#sink = sink
    this.#memory = memory
    this.maxFrameBytes = maxFrameBytes
  }

  /** Bytes of an unfinished frame that are kept. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /**
   * Takes the next bytes of the stream and hands on each frame that they complete; the first fault is returned for
   * ever. What is handed on or kept is a copy: `chunk` may be used again after the call.
   */
  push(chunk: Uint8Array): FrameFault | null {
    if (this.#fault !== null) return this.#fault
    if (this.#passingBytes === 0) this.#fault = this.#read(chunk)
    else this.#passOver(chunk, chunk.length)
    if (this.#fault === 'frame-too-large' && this.#oversizeBytes > 0) this.#passOverRefused(chunk)
    return this.#fault
  }

  /** The chunk holds a frame beyond our limit which somebody else may take. */
  #passOverRefused(chunk: Uint8Array): void {
    this.#passingBytes = this.#oversizeBytes
    this.#oversizeBytes = 0
    this.#pendingBytes = 0
    if (this.#pending !== NOTHING) this.#memory.release(this.#pending)
    this.#pending = NOTHING
    this.#fault = this.#sink.onPassedOver?.() ?? null
    if (this.#fault === null) this.#passOver(chunk, this.#refusedBytes)
  }

  /**
   * Of the last `count` bytes of the chunk (or more, where the frame began before it) those of the frame are dropped,
   * and the rest is read.
   */
  #passOver(chunk: Uint8Array, count: number): void {
    const passed = Math.min(count, this.#passingBytes)
    this.#passingBytes -= passed
    if (passed < count) this.#fault = this.push(chunk.subarray(chunk.length - (count - passed)))
  }

  #read(chunk: Uint8Array): FrameFault | null {
    let offset = 0
    while (this.#pendingBytes > 0 && offset < chunk.length) {
      const taken = this.#complete(chunk, offset)
      if (typeof taken === 'string') return taken
      offset += taken
    }
    return this.#readWhole(chunk, offset)
  }

  /** Adds bytes to the frame begun in an earlier chunk. Returns how many it took. */
  #complete(chunk: Uint8Array, offset: number): number | FrameFault {
    const wanted = this.#pendingBytes < PREFIX_BYTES ? PREFIX_BYTES : frameBytesAt(viewOf(this.#pending), 0)
    const taken = Math.min(wanted - this.#pendingBytes, chunk.length - offset)
    this.#append(chunk, offset, taken, wanted)
    if (this.#pendingBytes < wanted) return taken
    if (wanted === PREFIX_BYTES) {
      this.#refusedBytes = PREFIX_BYTES + chunk.length - offset - taken
      const fault = this.#check(this.#pending, viewOf(this.#pending), 0)
      return fault ?? taken
    }
    const frame = this.#pending
    this.#pending = NOTHING
    this.#pendingBytes = 0
    const fault = this.#sink.onFrame(frame, viewOf(frame), 0, wanted)
    this.#sink.onChunkEnd()
    this.#memory.release(frame)
    return fault ?? taken
  }

  #readWhole(chunk: Uint8Array, from: number): FrameFault | null {
    const rest = chunk.length - from
    if (rest === 0) return null
    const wanted = this.#wantedAt(chunk, viewOf(chunk), from, chunk.length)
    this.#refusedBytes = rest
    if (typeof wanted === 'string') return wanted
    if (wanted > rest) {
      this.#append(chunk, from, rest, wanted)
      return null
    }
    const copy = this.#memory.allocate(rest)
    copy.set(from === 0 ? chunk : chunk.subarray(from))
    const fault = this.#handOn(copy, rest)
    this.#memory.release(copy)
    return fault
  }

  /** Hands on the whole frames in `bytes[0, count)` and keeps what is left. */
  #handOn(bytes: Uint8Array, count: number): FrameFault | null {
    const view = viewOf(bytes)
    let offset = 0
    let fault: FrameFault | null = null
    let wanted = this.#wantedAt(bytes, view, offset, count)
    while (typeof wanted === 'number' && offset + wanted <= count) {
      fault = this.#sink.onFrame(bytes, view, offset, offset + wanted)
      if (fault !== null) break
      offset += wanted
      wanted = this.#wantedAt(bytes, view, offset, count)
    }
    this.#sink.onChunkEnd()
    if (fault !== null) return fault
    this.#refusedBytes = count - offset
    if (typeof wanted === 'string') return wanted
    if (offset < count) this.#append(bytes, offset, count - offset, wanted)
    return null
  }

  /** Bytes that the frame at `offset` takes; those of a prefix as long as even that is not there before `end`. */
  #wantedAt(bytes: Uint8Array, view: DataView, offset: number, end: number): number | FrameFault {
    if (end - offset < PREFIX_BYTES) return PREFIX_BYTES
    return this.#check(bytes, view, offset) ?? frameBytesAt(view, offset)
  }

  /** Keeps bytes of a frame that is not whole yet; `wanted` is the room that all of it takes. */
  #append(chunk: Uint8Array, offset: number, count: number, wanted: number): void {
    const needed = this.#pendingBytes + count
    if (needed > this.#pending.length) {
      const grown = this.#memory.allocate(Math.min(wanted, Math.max(ROOM_SHARE * needed, HEADER_BYTES)))
      grown.set(this.#pending.subarray(0, this.#pendingBytes))
      if (this.#pending !== NOTHING) this.#memory.release(this.#pending)
      this.#pending = grown
    }
    this.#pending.set(chunk.subarray(offset, offset + count), this.#pendingBytes)
    this.#pendingBytes = needed
  }

  #check(bytes: Uint8Array, view: DataView, offset: number): FrameFault | null {
    const frameBytes = frameBytesAt(view, offset)
    const type = bytes[offset + TYPE_OFFSET]!
    const flags = bytes[offset + FLAGS_OFFSET]!
    if (type === 0 || type > LAST_FRAME_TYPE) return 'unknown-type'
    if ((flags & ~flagsOf(type)) !== 0 || bytes[offset + ZERO_OFFSET] !== 0) return 'unknown-flags'
    const isData = type === FrameType.data || type === FrameType.stem
    if (frameBytes > (isData ? this.maxFrameBytes : MAX_CONTROL_FRAME_BYTES)) {
      const passes = isData && frameBytes <= MAX_ANY_FRAME_BYTES && this.#sink.onPassedOver !== undefined
      this.#oversizeBytes = passes ? frameBytes : 0
      return 'frame-too-large'
    }
    return frameBytes < HEADER_BYTES + trailerBytesOf(flags) ? 'frame-too-short' : null
  }
}

function frameBytesAt(view: DataView, offset: number): number {
  return view.getUint32(offset) + LENGTH_BYTES
}

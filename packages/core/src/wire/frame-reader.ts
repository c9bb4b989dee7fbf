// Cuts a byte stream into frames, whatever the chunking. It checks every limit on the length field alone, before it
// allocates anything for the frame. Hot: guarded by the benchmark core.decode.
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
 * Takes whole frames. The sink may keep `bytes`: the reader does not write to them again unless their memory is reused.
 */
export interface FrameSink {
  /** One frame at `bytes[start, end)`. A fault ends the stream. */
  onFrame(bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null
  /** There is no further frame in the same `bytes`. */
  onChunkEnd(): void
  /**
   * The next frame is larger than we accept, and the reader skips it. A fault ends the stream. If absent, such a frame
   * is a fault.
   */
  onPassedOver?(): FrameFault | null
}

/** Where the reader copies the whole frames of a chunk, and assembles those that come in pieces. */
export interface ReaderMemory {
  /** At least this many bytes. They need not be zeroed: the reader only hands on what it has written to them. */
  allocate(bytes: number): Uint8Array
  /** The reader is done with what it allocated: it has handed on the frame, and the chunk has ended. */
  release(bytes: Uint8Array): void
}

/** Fresh memory each time, left to the garbage collector. */
const freshMemory: ReaderMemory = {
  allocate: (bytes) => new Uint8Array(bytes),
  release: () => {}
}

/** Holds the bytes of a stream that has nothing pending. */
const NOTHING = new Uint8Array(0)

/**
 * A frame that comes in pieces gets room for this many times what has come of it: a peer that only announces a large
 * frame makes us hold little.
 */
const ROOM_SHARE = 16

/**
 * Largest DATA or STEM frame that any node may accept (the bound of the option maxFrameBytes). A frame between our own
 * limit and this may come from an honest node with a higher limit, so the reader skips it without a fault.
 */
export const MAX_ANY_FRAME_BYTES = 67_108_864

/** Type, flags and zero: what the reader needs to know a frame's limit. */
const PREFIX_BYTES = ZERO_OFFSET + 1

/** Reads one stream. After a fault it accepts nothing more. */
export class FrameReader {
  readonly #sink: FrameSink
  readonly #memory: ReaderMemory
  /** Largest DATA frame accepted. The host keeps it small until the peer has introduced itself. */
  maxFrameBytes: number
  #pending: Uint8Array = NOTHING
  #pendingBytes = 0
  #fault: FrameFault | null = null
  /** What is still to come of a frame that the reader skips. */
  #passingBytes = 0
  /** Bytes from the beginning of the refused frame to the end of the chunk at hand. */
  #refusedBytes = 0
  /** Its whole size; 0 if it is not one to skip. */
  #oversizeBytes = 0

  constructor(sink: FrameSink, maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES, memory: ReaderMemory = freshMemory) {
    this.#sink = sink
    this.#memory = memory
    this.maxFrameBytes = maxFrameBytes
  }

  /** Bytes kept of an unfinished frame. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /**
   * Takes the next bytes of the stream and hands on each frame that they complete. After the first fault it returns
   * that fault for ever. It copies what it hands on or keeps, so the caller may reuse `chunk` after the call.
   */
  push(chunk: Uint8Array): FrameFault | null {
    if (this.#fault !== null) return this.#fault
    if (this.#passingBytes === 0) this.#fault = this.#read(chunk)
    else this.#passOver(chunk, chunk.length)
    if (this.#fault === 'frame-too-large' && this.#oversizeBytes > 0) this.#passOverRefused(chunk)
    return this.#fault
  }

  /** The chunk holds a frame beyond our limit that another node may accept. */
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
   * The last `count` bytes of the chunk hold the frame (or more, if it began before them). Drops the frame and reads
   * the rest.
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

  /** Adds bytes to the frame that began in an earlier chunk. Returns how many it took. */
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

  /** Hands on the whole frames in `bytes[0, count)` and keeps the rest. */
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

  /** Bytes that the frame at `offset` takes; those of a length prefix while not even that is there before `end`. */
  #wantedAt(bytes: Uint8Array, view: DataView, offset: number, end: number): number | FrameFault {
    if (end - offset < PREFIX_BYTES) return PREFIX_BYTES
    return this.#check(bytes, view, offset) ?? frameBytesAt(view, offset)
  }

  /** Keeps bytes of an unfinished frame; `wanted` is the room that the whole frame takes. */
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

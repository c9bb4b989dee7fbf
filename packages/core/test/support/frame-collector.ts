// A frame reader's sink that remembers everything it is told.
import type { FrameFault } from '../../src/wire/faults.ts'
import { FrameReader, type FrameSink, type ReaderMemory } from '../../src/wire/frame-reader.ts'

interface SeenFrame {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start: number
  readonly end: number
  /** How many chunk ends had been told before it. */
  readonly ends: number
}

export class Collector implements FrameSink {
  readonly reader: FrameReader
  readonly views: SeenFrame[] = []
  /** Each frame as it was when it was handed on. */
  readonly frames: Uint8Array[] = []
  ends = 0
  passedOver = 0
  /** What to answer to the next frames. */
  answer: (frame: Uint8Array) => FrameFault | null = () => null

  constructor(maxFrameBytes?: number, memory?: ReaderMemory) {
    this.reader = new FrameReader(this, maxFrameBytes, memory)
  }

  onFrame(bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null {
    this.views.push({ bytes, view, start, end, ends: this.ends })
    const frame = bytes.slice(start, end)
    this.frames.push(frame)
    return this.answer(frame)
  }

  onChunkEnd(): void {
    this.ends++
  }

  /** Passes over frames that are too large, as a link does. */
  passesOver(answer: FrameFault | null = null): this {
    Object.assign(this, {
      onPassedOver: () => {
        this.passedOver++
        return answer
      }
    })
    return this
  }

  /** Each frame as it is now. */
  kept(): Uint8Array[] {
    return this.views.map(({ bytes, start, end }) => bytes.slice(start, end))
  }
}

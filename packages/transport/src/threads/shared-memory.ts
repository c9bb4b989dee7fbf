// What the node's thread and worker 0 share besides their port: short runs both ways, and how far the program has read.
import { FrameRing } from './frame-ring.ts'
import { ReadProgress } from './read-progress.ts'

/** What the other thread makes its own from. */
export interface ProgramBuffers {
  readonly reading: SharedArrayBuffer
  readonly written: SharedArrayBuffer
  readonly delivered: SharedArrayBuffer
}

/** One thread's view of it. */
export class SharedMemory {
  readonly reading: ReadProgress
  /** Short runs of what the program writes. */
  readonly written: FrameRing
  /** Short runs of what it gets. */
  readonly delivered: FrameRing

  constructor(buffers?: ProgramBuffers) {
    this.reading = new ReadProgress(buffers?.reading)
    this.written = new FrameRing(buffers?.written)
    this.delivered = new FrameRing(buffers?.delivered)
  }

  get buffers(): ProgramBuffers {
    return { reading: this.reading.memory, written: this.written.memory, delivered: this.delivered.memory }
  }
}

// What the node's thread and worker 0 share besides their port: short runs in both directions, and how far the program
// has read.
import { FrameRing } from './frame-ring.ts'
import { ReadProgress } from './read-progress.ts'

/** What the other thread builds its own view from. */
export interface ProgramBuffers {
  readonly reading: SharedArrayBuffer
  readonly written: SharedArrayBuffer
  readonly delivered: SharedArrayBuffer
}

/** One thread's view of it. */
export class SharedMemory {
  readonly reading: ReadProgress
  /** Short runs that the program writes. */
  readonly written: FrameRing
  /** Short runs that the program reads. */
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

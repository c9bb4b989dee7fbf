// What the node's thread and worker 0 share besides their port: notes both ways, and how far the program has read.
import { NoteRing } from './frame-ring.ts'
import { ReadingMark } from './read-progress.ts'

/** What the other thread makes its own from. */
export interface ProgramBuffers {
  readonly reading: SharedArrayBuffer
  readonly written: SharedArrayBuffer
  readonly delivered: SharedArrayBuffer
}

/** One thread's view of it. */
export class ProgramMemory {
  readonly reading: ReadingMark
  /** Notes of what the program writes. */
  readonly written: NoteRing
  /** Notes of what it gets. */
  readonly delivered: NoteRing

  constructor(buffers?: ProgramBuffers) {
    this.reading = new ReadingMark(buffers?.reading)
    this.written = new NoteRing(buffers?.written)
    this.delivered = new NoteRing(buffers?.delivered)
  }

  get buffers(): ProgramBuffers {
    return { reading: this.reading.memory, written: this.written.memory, delivered: this.delivered.memory }
  }
}

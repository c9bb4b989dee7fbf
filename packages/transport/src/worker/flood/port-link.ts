// A link inside the node: to the program (worker 0 has it) or to a sibling worker. Frames travel in lent slabs, and a
// few frames to or from the program as short runs. Frames without a slab wait in a short backlog that counts as full at
// once.
import { copyBytes } from '@floodnet/core'
import type { SharedMemory } from '../../threads/shared-memory.ts'
import {
  type ShortRunLength,
  SLAB_COUNT,
  type SlabFrames,
  type SlabPort,
  SlabSender
} from '../../threads/slab-sender.ts'
import type { Inlet, Outlet, TimedWait } from './backpressure.ts'
import type { BufferPool } from './buffer-pool.ts'

/**
 * Once this many slabs are lent, we post a slab only when it is full. Otherwise a few small packets could fill the lane
 * to a side that is busy for a moment, and after `stallMs` its messages would be dropped.
 */
const GATHER_FROM = SLAB_COUNT / 2

/** What a port link asks of its worker. */
export interface PortLinkHost {
  /** Offers the frames in `bytes` to the flood. Hold them to keep them longer. */
  onFrames(link: PortLink, bytes: Uint8Array): void
  onLagging(link: PortLink, lagging: boolean): void
  onDropped(link: PortLink, bytes: Uint8Array, frames: number): void
  /** The other side has handed a slab back. */
  onTaken(link: PortLink): void
}

interface Run {
  readonly bytes: Uint8Array
  readonly frames: number
}

export class PortLink implements Inlet, Outlet {
  /** True for the program's link: its messages are the local ones. */
  readonly local: boolean
  waitingFor = 0
  readonly waitingInlets = new Set<Inlet>()
  lagging = false
  behind = false
  /** Its authors are never pruned. */
  readonly treeBit = 0
  readonly patience = null
  timedWait: TimedWait | null = null
  stalls = 0
  droppedWhileLagging = 0
  readonly id: number
  readonly #memory: BufferPool
  readonly #host: PortLinkHost
  readonly #port: SlabPort
  readonly #sender: SlabSender
  /** Null for a sibling, which has no short runs and does not report its progress. */
  readonly #program: SharedMemory | null
  #returnedBytes = 0
  #backlog: Run[] = []
  /**
   * Slabs and short runs that came while we were paused, in order. We keep their memory until then, which is the other
   * side's back-pressure.
   */
  #waiting: (SlabFrames | Uint8Array)[] = []
  #paused = false
  #closed = false
  /** Whether frames for the other side were lost since the last one that it got. */
  #missed = false

  /** `program`: shared memory if the other side is the program; null for a sibling worker. */
  constructor(id: number, port: SlabPort, memory: BufferPool, host: PortLinkHost, program: SharedMemory | null = null) {
    this.id = id
    this.local = program !== null
    this.#port = port
    this.#memory = memory
    this.#host = host
    this.#program = program
    // A flush of the program waits until siblings return their slabs; nobody waits for what the program reads.
    this.#sender = new SlabSender(port, program?.delivered ?? null)
  }

  get queuedBytes(): number {
    let bytes = 0
    for (const run of this.#backlog) bytes += run.bytes.length
    return bytes
  }

  /** Grows whenever the other side has read something, but not by how much. */
  get takenBytes(): number {
    return this.#returnedBytes + (this.#program?.reading.position ?? 0)
  }

  /** Nothing waits here, and the other side has read everything or is gone. */
  get isDrained(): boolean {
    return this.#closed || (!this.behind && this.#backlog.length === 0 && this.#sender.lent === 0)
  }

  /** Whether slabs or short runs wait to be taken in. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  isFullFor(): boolean {
    return this.#backlog.length > 0
  }

  /**
   * One free slab is enough to go on. A side that lagged must have read everything, or it would stall us again at once.
   */
  hasRoomFor(): boolean {
    return this.#backlog.length === 0 && (!this.lagging || this.#sender.lent === 0)
  }

  onLagging(lagging: boolean): void {
    this.#host.onLagging(this, lagging)
    if (!lagging) this.droppedWhileLagging = 0
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    while (!this.#paused && this.#waiting.length > 0) this.#take(this.#waiting.shift()!)
  }

  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#backlog = []
  }

  sendData(bytes: Uint8Array, frames: number): void {
    if (this.#closed) return
    if (this.#missed) this.#tellMissed()
    if (this.#backlog.length === 0 && this.#sender.write(bytes, 0, bytes.length)) return
    this.#memory.retain(bytes)
    this.#backlog.push({ bytes, frames })
  }

  onMissed(bytes: Uint8Array, frames: number): void {
    this.droppedWhileLagging += frames
    this.#missed = true
    this.#host.onDropped(this, bytes, frames)
  }

  flush(): void {
    if (!this.#closed && this.#sender.lent < GATHER_FROM) this.#sender.post()
  }

  /** Frames from the other side: a slab, or a short run's bytes. */
  onFrames(frames: SlabFrames | Uint8Array): void {
    if (this.#paused || this.#waiting.length > 0) this.#waiting.push(frames)
    else this.#take(frames)
  }

  /** A short run from the program. */
  onNote(bytes: ShortRunLength): void {
    if (this.#program !== null) this.onFrames(this.#program.written.next(bytes))
  }

  /** One of our slabs comes back. */
  onReturn(buffer: ArrayBuffer): void {
    this.#returnedBytes += buffer.byteLength
    this.#sender.onReturn(buffer)
    for (let run = this.#backlog[0]; run !== undefined; run = this.#backlog[0]) {
      if (!this.#sender.write(run.bytes, 0, run.bytes.length)) break
      this.#backlog.shift()
      this.#memory.release(run.bytes)
    }
    this.flush()
    this.#host.onTaken(this)
  }

  /** Sent in its place among the frames, so that the program does not wait for frames that will not come. */
  #tellMissed(): void {
    this.#missed = false
    if (this.#program === null) return
    this.#sender.post()
    this.#port.postMessage({ kind: 'missed' }, [])
  }

  /** Copies the frames before their memory goes back, so that sockets may keep them as long as they need. */
  #take(frames: SlabFrames | Uint8Array): void {
    if (frames instanceof Uint8Array) this.#takeShortRun(frames)
    else this.#takeSlab(frames)
  }

  #takeShortRun(shortRun: Uint8Array): void {
    this.#host.onFrames(this, copyBytes(shortRun))
    // Not earlier: frames that a crash takes with it count as lost.
    this.#program?.written.done()
  }

  #takeSlab({ buffer, bytes }: SlabFrames): void {
    const copy = this.#memory.allocate(bytes).subarray(0, bytes)
    copy.set(new Uint8Array(buffer, 0, bytes))
    this.#host.onFrames(this, copy)
    this.#memory.release(copy)
    if (!this.#closed) this.#port.postMessage({ kind: 'slab', buffer }, [buffer])
  }
}

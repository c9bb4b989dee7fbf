// What goes out on one socket. Gives the socket a window's worth at a time and keeps the rest in a queue, where control
// frames can overtake data. Knows when the peer last took anything, and what it has not taken.
import type { Socket } from 'node:net'
import type { BufferPool } from '../flood/buffer-pool.ts'
import type { OriginMatch } from '../flood/origin-frames.ts'
import { type Portion, SendQueue } from './send-queue.ts'

/**
 * Least and most bytes given to the socket at one time. The window grows while the socket is fast and shrinks when it
 * is slow. Each portion that the socket takes counts as progress, so a portion must be small enough to show progress on
 * a slow path.
 */
const MIN_WINDOW_BYTES = 16_384
const MAX_WINDOW_BYTES = 262_144
/**
 * A portion that took longer was too large for its path. A guess: several fit into the time after which a link is
 * stalled.
 */
const SLOW_PORTION_MS = 50
/**
 * Bytes of control frames that may wait for a peer that asks much and reads nothing. Some hundred times what an honest
 * peer can cause.
 */
const MAX_CONTROL_BYTES = 262_144
/** Share of these that frames carried for others may fill; otherwise anybody could fill them all. A guess. */
const CARRIED_SHARE = 2

export class SocketWriter {
  /** Bytes that the socket has taken since the start. */
  takenBytes = 0
  readonly #socket: Socket
  readonly #memory: BufferPool
  readonly #now: () => number
  readonly #onTaken: (portion: Portion) => void
  readonly #queue = new SendQueue()
  #window = MIN_WINDOW_BYTES
  /** Frames that the socket has and the system does not. */
  #givenFrames = 0
  #lastTakenMs: number
  #ending = false

  /** `onTaken` is called whenever the operating system has taken a portion. */
  constructor(socket: Socket, memory: BufferPool, now: () => number, onTaken: (portion: Portion) => void) {
    this.#socket = socket
    this.#memory = memory
    this.#now = now
    this.#onTaken = onTaken
    this.#lastTakenMs = now()
  }

  get queuedBytes(): number {
    return this.#queue.bytes + this.#socket.writableLength
  }

  /** So much waits that we drop what we only carry for others: it must not close the link of a slow peer. */
  get isCrowded(): boolean {
    return this.#queue.controlBytes > MAX_CONTROL_BYTES / CARRIED_SHARE
  }

  /** The peer makes us answer and does not read the answers. */
  get isOverrun(): boolean {
    return this.#queue.controlBytes > MAX_CONTROL_BYTES
  }

  /** Whether something waits and nothing has been taken for `stuckMs`. */
  isStuck(stuckMs: number): boolean {
    return this.queuedBytes > 0 && this.#now() - this.#lastTakenMs >= stuckMs
  }

  pushControl(frame: Uint8Array): void {
    this.#noteStart()
    this.#queue.pushControl(frame)
  }

  /** Queues `frames` whole frames that nobody changes while they are held; `flush` sends them. */
  pushData(bytes: Uint8Array, frames: number): void {
    this.#noteStart()
    this.#memory.retain(bytes)
    this.#queue.pushData(bytes, frames)
  }

  /**
   * Drops queued frames of `gone`, except those that have begun to leave. Returns the lowest number among them; 0:
   * none.
   */
  purge(gone: OriginMatch): number {
    return this.#queue.purge(gone, this.#memory)
  }

  /** Gives the socket as much as its window allows. */
  flush(): void {
    while (this.#socket.writableLength < this.#window && this.#queue.bytes > 0)
      this.#write(this.#queue.take(this.#window))
    if (this.#ending && this.queuedBytes === 0) this.#socket.end()
  }

  /** Ends our side of the socket once everything queued is out. */
  end(): void {
    this.#ending = true
    this.flush()
  }

  /**
   * Forgets what waits, without letting go of its memory: the system may still have some of it. Returns the data frames
   * not taken.
   */
  drop(): number {
    return this.#queue.drop() + this.#givenFrames
  }

  /** Starts the clock again when the queue was empty. */
  #noteStart(): void {
    if (this.queuedBytes === 0) this.#lastTakenMs = this.#now()
  }

  #write(portion: Portion): void {
    const { buffers, frames } = portion
    const sinceMs = this.#now()
    this.#givenFrames += frames
    this.#socket.cork()
    buffers.forEach((buffer, i) => {
      if (i < buffers.length - 1) this.#socket.write(buffer)
      else this.#socket.write(buffer, (error) => !error && this.#taken(portion, this.#now() - sinceMs))
    })
    this.#socket.uncork()
  }

  #taken(portion: Portion, tookMs: number): void {
    if (this.#socket.destroyed) return
    for (const run of portion.runs) this.#memory.release(run)
    this.#givenFrames -= portion.frames
    this.takenBytes += portion.bytes
    this.#lastTakenMs = this.#now()
    this.#window = tookMs > SLOW_PORTION_MS ? MIN_WINDOW_BYTES : Math.min(MAX_WINDOW_BYTES, this.#window * 2)
    this.flush()
    this.#onTaken(portion)
  }
}

// What goes out on one socket: gives the socket a window's worth at a time and keeps the rest in a queue, where control
// frames can overtake data. Knows when the peer last took anything.
import type { Socket } from 'node:net'
import { SendQueue } from './send-queue.ts'

/** Bytes given to the socket at one time. */
const WRITE_WINDOW_BYTES = 262_144
/** Control frames that wait for a peer which asks much and reads nothing. Some hundred times what an honest peer can cause. */
const MAX_CONTROL_BYTES = 262_144

export class SocketWriter {
  /** Bytes that the socket has taken since the start. */
  takenBytes = 0
  readonly #socket: Socket
  readonly #now: () => number
  readonly #onTaken: (bytes: number) => void
  readonly #queue = new SendQueue()
  #lastTakenMs: number
  #ending = false

  /** `onTaken` is called whenever the operating system has taken bytes. */
  constructor(socket: Socket, now: () => number, onTaken: (bytes: number) => void) {
    this.#socket = socket
    this.#now = now
    this.#onTaken = onTaken
    this.#lastTakenMs = now()
  }

  get queuedBytes(): number {
    return this.#queue.bytes + this.#socket.writableLength
  }

  /** The peer makes us answer and does not read the answers. */
  get isOverrun(): boolean {
    return this.#queue.controlBytes > MAX_CONTROL_BYTES
  }

  /** Something waits, and nothing has been taken for `stuckMs`. */
  isStuck(stuckMs: number): boolean {
    return this.queuedBytes > 0 && this.#now() - this.#lastTakenMs >= stuckMs
  }

  pushControl(frame: Uint8Array): void {
    this.#noteStart()
    this.#queue.pushControl(frame)
  }

  /** `frames` whole frames that nobody changes any more; `flush` sends them. */
  pushData(bytes: Uint8Array, frames: number): void {
    this.#noteStart()
    this.#queue.pushData(bytes, frames)
  }

  /** Gives the socket as much as its window takes. */
  flush(): void {
    while (this.#socket.writableLength < WRITE_WINDOW_BYTES && this.#queue.bytes > 0) this.#write()
    if (this.#ending && this.queuedBytes === 0) this.#socket.end()
  }

  /** Ends our side of the socket when everything queued is out. */
  end(): void {
    this.#ending = true
    this.flush()
  }

  /** Forgets what waits. Returns the data frames lost. */
  drop(): number {
    return this.#queue.dropData()
  }

  /** From an empty queue on, time counts anew. */
  #noteStart(): void {
    if (this.queuedBytes === 0) this.#lastTakenMs = this.#now()
  }

  #write(): void {
    const buffers = this.#queue.take(WRITE_WINDOW_BYTES)
    let bytes = 0
    this.#socket.cork()
    buffers.forEach((buffer, i) => {
      bytes += buffer.length
      if (i < buffers.length - 1) this.#socket.write(buffer)
      else this.#socket.write(buffer, () => this.#taken(bytes))
    })
    this.#socket.uncork()
  }

  #taken(bytes: number): void {
    if (this.#socket.destroyed) return
    this.takenBytes += bytes
    this.#lastTakenMs = this.#now()
    this.flush()
    this.#onTaken(bytes)
  }
}

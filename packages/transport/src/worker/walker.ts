// Walks in one I/O thread: over its own links, and where it has none over a sibling. Floods after the chunk at hand, as
// whatever comes from the node itself.
import { randomBytes } from 'node:crypto'
import { encodeWalk, viewOf, type WalkCounts, type WalkHost, Walks } from '@floodnet/core'
import type { FloodLink, Switchboard } from './switchboard.ts'

const RANDOM_BYTES = 6

/** Where walks that end here come from: no link, so that the flood goes to all. */
const WALKER_LINK = -1_000
const PROGRAM_LINK = -1

export class Walker implements WalkHost {
  readonly #board: Switchboard
  readonly #walks: Walks
  #due: Uint8Array[] = []

  constructor(board: Switchboard, timeoutMs: number) {
    this.#board = board
    this.#walks = new Walks(this, timeoutMs, secureRandom)
  }

  get counts(): Readonly<WalkCounts> {
    return this.#walks.counts
  }

  /** A whole DATA frame of the node's own, signed. */
  start(frame: Uint8Array): void {
    this.#walks.start(frame, performance.now())
  }

  onWalk(source: number, frame: Uint8Array): void {
    this.#walks.onWalk(source, frame, performance.now())
  }

  tick(): void {
    this.#walks.expire(performance.now())
  }

  routes(source: number): readonly number[] {
    const others = this.#board.links.filter(({ id }) => id !== source && id !== PROGRAM_LINK)
    const sockets = others.filter(({ id }) => id > 0)
    return (sockets.length > 0 || source > 0 ? sockets : others).map(({ id }) => id)
  }

  send(link: number, frame: Uint8Array): void {
    const outlet = this.#board.links.find(({ id }) => id === link)
    outlet?.sendData(encodeWalk(frame), 1)
    outlet?.flush()
  }

  flood(frame: Uint8Array): void {
    this.#due.push(frame)
    if (this.#due.length === 1) queueMicrotask(() => this.#floodDue())
  }

  isNews(frame: Uint8Array): boolean {
    return this.#board.flood.isNews(frame, viewOf(frame), 0)
  }

  #floodDue(): void {
    for (const frame of this.#due.splice(0)) this.#board.offerOwn(walker, frame, false)
  }
}

const NOTHING = (): void => undefined

/** Brings frames and takes none; it cannot be held up. */
const walker: FloodLink = {
  id: WALKER_LINK,
  local: false,
  blockers: 0,
  waiters: new Set(),
  lagging: false,
  stall: null,
  stalls: 0,
  takenBytes: 0,
  pause: NOTHING,
  resume: NOTHING,
  isFullFor: () => false,
  hasRoomFor: () => true,
  onLagging: NOTHING,
  sendData: NOTHING,
  flush: NOTHING
}

/** From 0 to below 1. Who could guess it would know a walk's way. */
function secureRandom(): number {
  return randomBytes(RANDOM_BYTES).readUIntBE(0, RANDOM_BYTES) / 2 ** (8 * RANDOM_BYTES)
}

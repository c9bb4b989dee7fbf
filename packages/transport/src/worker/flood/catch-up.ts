// Outlets that lagged get what they missed from the recent frames, in order and before anything new. So a slow moment is
// a delay; what recent frames hold no more is a loss, counted when it is let go.

import type { Inlet, Outlet } from './backpressure.ts'
import type { BufferPool } from './buffer-pool.ts'
import { RecentFrames, type RecentRun } from './recent-frames.ts'

/** What catches up. */
export interface Follower extends Outlet {
  readonly id: number
  sendData(bytes: Uint8Array, frames: number): void
  flush(): void
  /** Frames that it will never get. */
  onMissed(bytes: Uint8Array, frames: number): void
}

export class CatchUp<Link extends Follower> {
  readonly recent: RecentFrames
  /** The position that each one is at. */
  readonly #behind = new Map<Link, number>()

  constructor(memory: BufferPool, maxBytes: number, maxMs: number) {
    this.recent = new RecentFrames(memory, maxBytes, maxMs, (run, position) => this.#onGone(run, position))
  }

  /** From now on it gets what `feed` gives it, and nothing else. */
  fallBehind(link: Link): void {
    if (!link.behind) this.#behind.set(link, this.recent.end)
    link.behind = true
  }

  /** Gives it what it has room for. */
  feed(link: Link): void {
    let position = this.#behind.get(link)
    if (position === undefined) return
    for (; position < this.recent.end && !link.isFullFor(RELAY); position++) {
      const run = this.recent.at(position)!
      if (run.source !== link.id) link.sendData(run.bytes, run.frames)
    }
    this.#behind.set(link, position)
    if (position === this.recent.end) this.#caughtUp(link)
    link.flush()
  }

  /** It ends: what it has not got is lost to it. */
  forget(link: Link): void {
    const position = this.#behind.get(link)
    if (position === undefined) return
    for (let at = position; at < this.recent.end; at++) missed(link, this.recent.at(at)!)
    this.#caughtUp(link)
  }

  #caughtUp(link: Link): void {
    this.#behind.delete(link)
    link.behind = false
  }

  #onGone(run: RecentRun, position: number): void {
    for (const [link, at] of this.#behind) {
      if (at > position) continue
      missed(link, run)
      this.#behind.set(link, position + 1)
    }
  }
}

function missed(link: Follower, run: RecentRun): void {
  if (run.source !== link.id) link.onMissed(run.bytes, run.frames)
}

/** Stands for any inlet that relays. */
const RELAY: Inlet = { local: false, waitingFor: 0, pause: () => undefined, resume: () => undefined }

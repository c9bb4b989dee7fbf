// Gives lagging outlets what they missed from the recent frames, in order and before anything new. So a slow moment is
// only a delay. Frames that leave the recent frames first are lost, and counted then.

import type { Inlet, Outlet } from './backpressure.ts'
import type { BufferPool } from './buffer-pool.ts'
import { RecentFrames, type RecentRun } from './recent-frames.ts'

/** An outlet that can catch up. */
export interface Follower extends Outlet {
  readonly id: number
  sendData(bytes: Uint8Array, frames: number): void
  flush(): void
  /** The bit that stands for it in masks. */
  readonly treeBit: number
  /** Frames that it will never get. */
  onMissed(bytes: Uint8Array, frames: number): void
}

export class CatchUp<Link extends Follower> {
  readonly recent: RecentFrames
  /** The position that each link has reached. */
  readonly #behind = new Map<Link, number>()

  readonly #onBehind: (link: Link, behind: boolean) => void

  /** `onBehind` is called when a link falls behind, and when it has caught up. */
  constructor(
    memory: BufferPool,
    maxBytes: number,
    maxMs: number,
    onBehind: (link: Link, behind: boolean) => void = () => undefined
  ) {
    this.#onBehind = onBehind
    this.recent = new RecentFrames(memory, maxBytes, maxMs, (run, position) => this.#onGone(run, position))
  }

  /** From now on the link gets what `feed` gives it, and nothing else. */
  fallBehind(link: Link): void {
    if (link.behind) return
    this.#behind.set(link, this.recent.end)
    link.behind = true
    this.#onBehind(link, true)
  }

  /** Gives the link as much as it has room for. */
  feed(link: Link): void {
    let position = this.#behind.get(link)
    if (position === undefined) return
    for (; position < this.recent.end && !link.isFullFor(RELAY); position++) {
      const run = this.recent.at(position)!
      if (isFor(run, link)) link.sendData(run.bytes, run.frames)
    }
    this.#behind.set(link, position)
    if (position === this.recent.end) this.#caughtUp(link)
    link.flush()
  }

  /** The link ends: what it has not received is lost to it. */
  forget(link: Link): void {
    const position = this.#behind.get(link)
    if (position === undefined) return
    for (let at = position; at < this.recent.end; at++) missed(link, this.recent.at(at)!)
    this.#behind.delete(link)
    link.behind = false
  }

  #caughtUp(link: Link): void {
    this.#behind.delete(link)
    link.behind = false
    this.#onBehind(link, false)
  }

  #onGone(run: RecentRun, position: number): void {
    for (const [link, at] of this.#behind) {
      if (at > position) continue
      missed(link, run)
      this.#behind.set(link, position + 1)
    }
  }
}

function isFor({ source, pruned }: RecentRun, { id, treeBit }: Follower): boolean {
  return source !== id && (pruned & treeBit) === 0
}

function missed(link: Follower, run: RecentRun): void {
  if (isFor(run, link)) link.onMissed(run.bytes, run.frames)
}

/** Stands for any inlet that relays. */
const RELAY: Inlet = { local: false, waitingFor: 0, pause: () => undefined, resume: () => undefined }

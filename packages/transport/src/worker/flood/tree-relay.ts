// Runs the trees of one worker: sends their frames over its links, answers neighbours' requests from the recent frames,
// and wakes the trees with one timer.
import { randomBytes } from 'node:crypto'
import {
  AuthorTrees,
  type AuthorTreesHost,
  copyBytes,
  type FrameFault,
  type OriginTable,
  type SeqRange,
  type TreeCounts
} from '@floodnet/core'
import { keysIn, OriginMatch, seqAt, stretchesOf } from './origin-frames.ts'
import type { RecentFrames, RecentRun } from './recent-frames.ts'

const RANDOM_BYTES = 6
/**
 * Tree frames of a link that is active at the peer but not here yet: kept until it is. A guess: three seconds of one
 * node's announcements.
 */
const MAX_EARLY = 64
/** Longest run of the timer when there is nothing to wait for. */
const MAX_WAIT_MS = 1_000

/** A link to a peer, as the trees need it. */
export interface TreePeer {
  readonly id: number
  /** Whether we dialled it. */
  readonly dialled: boolean
  /** 0: not measured yet. */
  readonly roundTripMs: number
  /** The bit that stands for it in masks; 0: its authors are never pruned. */
  treeBit: number
  sendData(bytes: Uint8Array, frames: number): void
  /** Queues a control frame; `flush` sends it. */
  queueControl(frame: Uint8Array): void
  flush(): void
  /** Drops the queued frames of `gone` that have not begun to leave. Returns the lowest number among them; 0: none. */
  purge(gone: OriginMatch): number
}

export interface TreeRelayHost {
  /** Sends the gathered frames, ahead of what comes now. */
  sendGathered(): void
  onGap(origin: string, incarnation: number, from: number, to: number): void
}

export class TreeRelay implements AuthorTreesHost {
  readonly trees: AuthorTrees
  readonly #host: TreeRelayHost
  readonly #recent: RecentFrames
  readonly #peers = new Map<number, TreePeer>()
  readonly #early = new Map<number, Uint8Array[]>()
  readonly #unsent = new Set<TreePeer>()
  #timer: NodeJS.Timeout | null = null
  #wakeMs = Number.POSITIVE_INFINITY

  /** `own`: this node's key, 64 hex digits. */
  constructor(host: TreeRelayHost, origins: OriginTable, recent: RecentFrames, own: string, parents: number) {
    this.#host = host
    this.#recent = recent
    this.trees = new AuthorTrees(this, origins, own, secureRandom, { parents })
  }

  get counts(): Readonly<TreeCounts> {
    return this.trees.trees.counts
  }

  /** Sets the time for everything that follows. */
  tick(): void {
    this.trees.tick(nowMs())
  }

  add(peer: TreePeer): void {
    this.tick()
    this.#peers.set(peer.id, peer)
    peer.treeBit = this.trees.linkUp(peer.id, peer.dialled, peer.roundTripMs)
    const early = this.#early.get(peer.id) ?? []
    this.#early.delete(peer.id)
    for (const frame of early) this.trees.onFrame(peer.id, frame)
    this.settle()
  }

  remove(id: number): void {
    this.#early.delete(id)
    if (!this.#peers.has(id)) return
    this.tick()
    this.trees.linkDown(id)
    const peer = this.#peers.get(id)!
    peer.treeBit = 0
    this.#unsent.delete(peer)
    this.#peers.delete(id)
    this.settle()
  }

  /** Takes PRUNE, IHAVE, GRAFT or NONE. Only `settle` sends what they cause. */
  onFrame(link: number, frame: Uint8Array): FrameFault | null {
    if (!this.#peers.has(link)) return this.#keepEarly(link, frame)
    this.#host.sendGathered()
    return this.trees.onFrame(link, frame)
  }

  onLagging(link: number, lags: boolean): void {
    this.tick()
    this.trees.onLagging(link, lags)
    this.settle()
  }

  /** Sends what is queued, and sets the timer. Call it after reporting frames. */
  settle(): void {
    for (const peer of this.#unsent) peer.flush()
    this.#unsent.clear()
    const dueMs = this.trees.trees.wakeMs
    if (dueMs >= this.#wakeMs || dueMs === Number.POSITIVE_INFINITY) return
    this.#wakeMs = dueMs
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#wake(), Math.min(MAX_WAIT_MS, Math.max(1, dueMs - nowMs())))
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#wakeMs = Number.NEGATIVE_INFINITY
  }

  sendControl(link: number, frame: Uint8Array): void {
    const peer = this.#peers.get(link)
    if (peer === undefined) return
    peer.queueControl(frame)
    this.#unsent.add(peer)
  }

  purge(link: number, origin: string, incarnation: number): number {
    return this.#peers.get(link)?.purge(new OriginMatch(origin, incarnation)) ?? 0
  }

  replay(link: number, origin: string, incarnation: number, ranges: readonly SeqRange[]): number {
    const peer = this.#peers.get(link)
    const match = new OriginMatch(origin, incarnation)
    let lowest = 0
    for (let position = this.#recent.begin; position < this.#recent.end; position++) {
      const run = this.#recent.at(position)!
      if (!mayHold(run, match.key)) continue
      const isWanted = (view: DataView, start: number): boolean => {
        if (!match.matches(run.bytes, view, start)) return false
        const seq = seqAt(view, start)
        if (!ranges.some(({ from, to }) => from <= seq && seq <= to)) return false
        if (lowest === 0 || seq < lowest) lowest = seq
        return true
      }
      for (const { bytes, frames } of stretchesOf(run.bytes, isWanted)) peer?.sendData(bytes, frames)
    }
    if (peer !== undefined && lowest > 0) this.#unsent.add(peer)
    return lowest
  }

  onGap(origin: string, incarnation: number, from: number, to: number): void {
    this.#host.onGap(origin, incarnation, from, to)
  }

  #wake(): void {
    this.#timer = null
    this.#wakeMs = Number.POSITIVE_INFINITY
    this.trees.wake(nowMs())
    this.settle()
  }

  /** A peer whose end is active may speak before ours is. */
  #keepEarly(link: number, frame: Uint8Array): null {
    const early = this.#early.get(link) ?? []
    this.#early.set(link, early)
    if (early.length < MAX_EARLY) early.push(copyBytes(frame))
    return null
  }
}

function mayHold(run: RecentRun, key: number): boolean {
  run.keys ??= keysIn(run.bytes)
  return typeof run.keys === 'number' ? run.keys === key : run.keys.has(key)
}

/** From a clock that nobody sets. */
function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** From 0 to below 1. Somebody who could guess it would know whom we ask. */
function secureRandom(): number {
  return randomBytes(RANDOM_BYTES).readUIntBE(0, RANDOM_BYTES) / 2 ** (8 * RANDOM_BYTES)
}

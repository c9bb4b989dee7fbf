// Who waits for whom inside a worker. A full outlet pauses the inlets that feed it, for at most `stallMs`. After that
// it is lagging: frames for it are dropped and counted until it has caught up. So nobody waits forever, and no cycle of
// full queues can deadlock.
import { MAX_STALLS, type Patience, sharedStalls } from './patience.ts'

/** Where frames come in: from a socket, the program or a sibling worker. */
export interface Inlet {
  /** Whether it carries the program's own messages. They give way to relayed ones: see `Outlet.isFullFor`. */
  readonly local: boolean
  /** Outlets that this inlet waits for. Owned by `Backpressure`. */
  waitingFor: number
  pause(): void
  resume(): void
}

/** Where frames go out. */
export interface Outlet {
  readonly waitingInlets: Set<Inlet>
  lagging: boolean
  /** Whether it missed frames and gets them from the recent frames before anything new. Owned by `CatchUp`. */
  behind: boolean
  /** The wait for this outlet that is being timed. Owned by `Backpressure`, as is `stalls`. */
  timedWait: TimedWait | null
  /** Waits that ran out and were forgiven since it last had room; those of local messages count for less. */
  stalls: number
  /** How often others wait for it; null: always. Only a peer's link has one: a stranger decides how slow it is. */
  readonly patience: Patience | null
  /** Bytes that the other side has taken since the start. */
  readonly takenBytes: number
  /**
   * Whether `inlet` must wait. Local messages wait earlier than relayed ones: a node under full load must not fill the
   * queues that its neighbours' traffic needs, or a cycle of writers would stall each other.
   */
  isFullFor(inlet: Inlet): boolean
  /** Whether there is enough room again for a waiting `inlet` to go on. */
  hasRoomFor(inlet: Inlet): boolean
  onLagging(lagging: boolean): void
}

/** Gives lagging outlets what they missed. */
export interface Repair<Link> {
  fallBehind(outlet: Link): void
  feed(outlet: Link): void
}

/** A timed wait. */
export interface TimedWait {
  readonly timer: NodeJS.Timeout
  /** Whether relayed frames have waited since its start. */
  readonly relayed: boolean
  /** `takenBytes` at its start. */
  readonly takenBytes: number
}

/**
 * Share of `stuckMs` that local messages alone may wait for a link that takes nothing at all: 5 s. The system reports a
 * socket as writable again once a third of its buffer is free. With 4 MB in the buffer, that takes over 3 s at 400
 * KB/s, and such a link is slow rather than dead.
 */
const PATIENCE_SHARE = 6
/**
 * While an outlet catches up, waiting inlets go on each time it has taken this much. That is several times what an
 * inlet brings in a turn (64 KiB), or the outlet would never catch up; and the others still keep some speed. A guess.
 */
const CATCH_UP_BYTES = 262_144

/** Pauses and resumes inlets. */
export class Backpressure<Link extends Outlet = Outlet> {
  readonly #stallMs: number
  /** How much it counts when a wait of local messages alone runs out with nothing taken. */
  readonly #localStall: number

  readonly #repair: Repair<Link>
  readonly #shared = sharedStalls()
  readonly #now: () => number

  constructor(stallMs: number, stuckMs: number, repair: Repair<Link>, now: () => number = () => performance.now()) {
    this.#repair = repair
    this.#now = now
    this.#stallMs = stallMs
    this.#localStall = Math.min(1, (MAX_STALLS * stallMs * PATIENCE_SHARE) / stuckMs)
  }

  /** Call this after `inlet` gave frames to `outlet`. */
  check(inlet: Inlet, outlet: Link): void {
    if (outlet.lagging || outlet.waitingInlets.has(inlet) || !(outlet.behind || outlet.isFullFor(inlet))) return
    if (!inlet.local && this.#isNotWaitedFor(outlet)) {
      if (!outlet.behind) this.#setLagging(outlet, true)
      return
    }
    outlet.waitingInlets.add(inlet)
    if (inlet.waitingFor++ === 0) inlet.pause()
    // Relayed frames get their full time, even if local messages began to wait before them.
    if (outlet.timedWait === null || (!inlet.local && !outlet.timedWait.relayed)) this.#startStall(outlet, !inlet.local)
  }

  /** Call this whenever the other side has taken something. */
  relieve(outlet: Link): void {
    if (outlet.hasRoomFor(RELAY)) outlet.stalls = 0
    if (outlet.lagging && outlet.waitingInlets.size === 0 && outlet.hasRoomFor(RELAY)) this.#setLagging(outlet, false)
    if (outlet.behind && !outlet.lagging) this.#repair.feed(outlet)
    for (const inlet of [...outlet.waitingInlets]) if (mayGoOn(inlet, outlet)) this.#release(inlet, outlet)
  }

  /** An outlet is gone: nobody waits for it any more. */
  forgetOutlet(outlet: Link): void {
    // A copy: an inlet that goes on may have to wait again at once, and then it must not be released in this round.
    for (const inlet of [...outlet.waitingInlets]) this.#release(inlet, outlet)
  }

  /** An inlet is gone: it no longer waits. */
  forgetInlet(inlet: Inlet, outlets: Iterable<Link>): void {
    for (const outlet of outlets) {
      if (outlet.waitingInlets.delete(inlet) && outlet.waitingInlets.size === 0) this.#endStall(outlet)
    }
  }

  /** Whether the link has kept others waiting before, or is new while other such links do. */
  #isNotWaitedFor({ patience }: Link): boolean {
    if (patience === null) return false
    const now = this.#now()
    return patience.stalls(now) === 0 || (!patience.isProven(now) && this.#shared.waitMs(now) > 0)
  }

  #startStall(outlet: Link, relayed: boolean): void {
    this.#endStall(outlet)
    const before = outlet.takenBytes
    const timer = setTimeout(() => this.#onStalled(outlet, relayed, outlet.takenBytes > before), this.#stallMs)
    outlet.timedWait = { timer, relayed, takenBytes: before }
  }

  /**
   * A queue that moves is busy rather than slow: everybody who waits gets a share. The program gets one too, after
   * twice `stallMs` at most: a released neighbour often waits again before there is room, and without this the program
   * would wait until its neighbours are silent.
   */
  #onStalled(outlet: Link, relayed: boolean, moves: boolean): void {
    outlet.timedWait = null
    const now = this.#now()
    const patience = outlet.patience?.stalls(now) ?? MAX_STALLS
    if (relayed && outlet.patience?.isProven(now) === false) this.#shared.take(now)
    if (relayed) outlet.stalls++
    else if (!moves) outlet.stalls += this.#localStall
    if ((relayed && !moves) || outlet.stalls >= patience) this.#setLagging(outlet, true)
    // The program's own messages have filled it: no neighbour takes the program's turn, and the queue must not grow
    // forever.
    else if (!relayed && (outlet.behind || outlet.isFullFor(RELAY))) return this.#startStall(outlet, false)
    for (const inlet of [...outlet.waitingInlets]) this.#release(inlet, outlet)
  }

  #setLagging(outlet: Link, lagging: boolean): void {
    if (lagging) this.#repair.fallBehind(outlet)
    if (lagging) outlet.patience?.onLag(this.#now())
    outlet.lagging = lagging
    outlet.stalls = 0
    outlet.onLagging(lagging)
  }

  #release(inlet: Inlet, outlet: Link): void {
    outlet.waitingInlets.delete(inlet)
    if (outlet.waitingInlets.size === 0) this.#endStall(outlet)
    if (--inlet.waitingFor === 0) inlet.resume()
  }

  #endStall(outlet: Outlet): void {
    if (outlet.timedWait !== null) clearTimeout(outlet.timedWait.timer)
    outlet.timedWait = null
  }
}

/**
 * An outlet that is behind counts as full until it has everything. It releases relaying inlets as it takes bytes, and
 * local messages only at the end.
 */
function mayGoOn(inlet: Inlet, outlet: Outlet): boolean {
  if (!outlet.behind) return outlet.hasRoomFor(inlet)
  return !inlet.local && outlet.timedWait !== null && outlet.takenBytes - outlet.timedWait.takenBytes >= CATCH_UP_BYTES
}

/** Stands for any inlet that relays. */
const RELAY: Inlet = { local: false, waitingFor: 0, pause: () => undefined, resume: () => undefined }

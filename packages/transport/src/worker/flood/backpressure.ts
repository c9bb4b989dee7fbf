// Who waits for whom inside a worker. A full outlet pauses the inlets that feed it, for at most `stallMs`; then it is
// lagging: frames for it are dropped and counted until it has caught up. So nobody waits for ever, and no cycle of full
// queues can deadlock.
import { MAX_STALLS, type Patience, sharedStalls } from './patience.ts'

/** Where frames come in: a socket, the program, a sibling worker. */
export interface Inlet {
  /** The program's own messages. They give way to relayed ones: see `Outlet.isFullFor`. */
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
  /**
   * It has not got all that it should have, and gets it from the recent frames before anything new. Owned by `CatchUp`.
   */
  behind: boolean
  /** The wait for this outlet that is timed at the moment. Owned by `Backpressure`, as is `stalls`. */
  timedWait: TimedWait | null
  /** Waits that ran out, since it last had room, and were forgiven; those of local messages count for less. */
  stalls: number
  /** How often others wait for it; null: always. Of a peer's link alone: its slowness is a stranger's. */
  readonly patience: Patience | null
  /** Bytes that the other side has taken since the start. */
  readonly takenBytes: number
  /**
   * Whether `inlet` must wait. Local messages wait earlier than relayed ones: a node under full load must not fill the
   * queues that its neighbours' traffic needs to flow through, or a cycle of writers would stall each other.
   */
  isFullFor(inlet: Inlet): boolean
  /** Whether there is so much room again that a waiting `inlet` may go on. */
  hasRoomFor(inlet: Inlet): boolean
  onLagging(lagging: boolean): void
}

/** Gives outlets that lagged what they missed. */
export interface Repair<Link> {
  fallBehind(outlet: Link): void
  feed(outlet: Link): void
}

/** A timed wait. */
export interface TimedWait {
  readonly timer: NodeJS.Timeout
  /** Relayed frames wait, and have done so from its beginning. */
  readonly relayed: boolean
  /** `takenBytes` at its beginning. */
  readonly takenBytes: number
}

/**
 * Share of `stuckMs` that local messages alone may wait for a link that takes nothing at all: 5 s. The system calls a
 * socket writable again when a third of its buffer is free; with 4 MB in it that takes over 3 s at 400 KB/s, and such a
 * link is slow and not dead.
 */
const PATIENCE_SHARE = 6
/**
 * While an outlet catches up, who waits goes on each time that it has taken so much: several times what an inlet brings
 * in a turn (64 KiB), or it would never be done, and still some speed for the others. A guess.
 */
const CATCH_UP_BYTES = 262_144

/** Pauses and resumes inlets. */
export class Backpressure<Link extends Outlet = Outlet> {
  readonly #stallMs: number
  /** What a wait of local messages alone counts for that ran out with nothing taken. */
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

  /** To be called after `inlet` gave frames to `outlet`. */
  check(inlet: Inlet, outlet: Link): void {
    if (outlet.lagging || outlet.waitingInlets.has(inlet) || !(outlet.behind || outlet.isFullFor(inlet))) return
    if (!inlet.local && this.#isNotWaitedFor(outlet)) {
      if (!outlet.behind) this.#setLagging(outlet, true)
      return
    }
    outlet.waitingInlets.add(inlet)
    if (inlet.waitingFor++ === 0) inlet.pause()
    // Relayed frames have their whole time, also when local messages began to wait before them.
    if (outlet.timedWait === null || (!inlet.local && !outlet.timedWait.relayed)) this.#startStall(outlet, !inlet.local)
  }

  /** To be called whenever the other side has taken something. */
  relieve(outlet: Link): void {
    if (outlet.hasRoomFor(RELAY)) outlet.stalls = 0
    if (outlet.lagging && outlet.waitingInlets.size === 0 && outlet.hasRoomFor(RELAY)) this.#setLagging(outlet, false)
    if (outlet.behind && !outlet.lagging) this.#repair.feed(outlet)
    for (const inlet of [...outlet.waitingInlets]) if (mayGoOn(inlet, outlet)) this.#release(inlet, outlet)
  }

  /** An outlet is gone: nobody waits for it any more. */
  forgetOutlet(outlet: Link): void {
    // A copy: an inlet that goes on may have to wait again at once, and its next turn is another time.
    for (const inlet of [...outlet.waitingInlets]) this.#release(inlet, outlet)
  }

  /** An inlet is gone: it waits for nobody. */
  forgetInlet(inlet: Inlet, outlets: Iterable<Link>): void {
    for (const outlet of outlets) {
      if (outlet.waitingInlets.delete(inlet) && outlet.waitingInlets.size === 0) this.#endStall(outlet)
    }
  }

  /** It has kept others waiting before, or is new while such links do. */
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
   * A queue that moves is a busy link and no slow one: everybody who waits has a share. The program too, after two
   * times `stallMs` at most: a neighbour that is let go on often waits again before there is room, and without this the
   * program would wait until its neighbours are silent.
   */
  #onStalled(outlet: Link, relayed: boolean, moves: boolean): void {
    outlet.timedWait = null
    const now = this.#now()
    const patience = outlet.patience?.stalls(now) ?? MAX_STALLS
    if (relayed && outlet.patience?.isProven(now) === false) this.#shared.take(now)
    if (relayed) outlet.stalls++
    else if (!moves) outlet.stalls += this.#localStall
    if ((relayed && !moves) || outlet.stalls >= patience) this.#setLagging(outlet, true)
    // The program's own messages have filled it: no neighbour takes its turn away, and the queue must not grow for
    // ever.
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
 * One that is behind is never less than full until it has everything: it lets go by what it takes, and local messages
 * not before.
 */
function mayGoOn(inlet: Inlet, outlet: Outlet): boolean {
  if (!outlet.behind) return outlet.hasRoomFor(inlet)
  return !inlet.local && outlet.timedWait !== null && outlet.takenBytes - outlet.timedWait.takenBytes >= CATCH_UP_BYTES
}

/** Stands for any inlet that relays. */
const RELAY: Inlet = { local: false, waitingFor: 0, pause: () => undefined, resume: () => undefined }

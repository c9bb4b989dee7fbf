// Who waits for whom inside a worker. A full outlet pauses the inlets that feed it, for at most `stallMs`; then it is
// lagging: frames for it are dropped and counted until it has caught up. So nobody waits for ever, and no cycle of full
// queues can deadlock.

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
  /** The wait for this outlet that is timed at the moment. Owned by `Backpressure`, as is `stalls`. */
  timedWait: TimedWait | null
  /** Waits that ran out, since it last had room, and were forgiven; those of local messages count for less. */
  stalls: number
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

/** A timed wait. */
export interface TimedWait {
  readonly timer: NodeJS.Timeout
  /** Relayed frames wait, and have done so from its beginning. */
  readonly relayed: boolean
}

/**
 * Waits that may run out before an outlet counts as lagging although it takes something, or only local messages wait.
 * A guess: a healthy peer may be held up itself, once by its program and once by its own neighbours.
 */
const MAX_STALLS = 4
/**
 * Share of `stuckMs` that local messages alone may wait for a link that takes nothing at all: 5 s. The system calls a socket
 * writable again when a third of its buffer is free; with 4 MB in it that takes over 3 s at 400 KB/s, and such a link is
 * slow and not dead.
 */
const PATIENCE_SHARE = 6

/** Pauses and resumes inlets. */
export class Backpressure {
  readonly #stallMs: number
  /** What a wait of local messages alone counts for that ran out with nothing taken. */
  readonly #localStall: number

  constructor(stallMs: number, stuckMs: number) {
    this.#stallMs = stallMs
    this.#localStall = Math.min(1, (MAX_STALLS * stallMs * PATIENCE_SHARE) / stuckMs)
  }

  /** To be called after `inlet` gave frames to `outlet`. */
  check(inlet: Inlet, outlet: Outlet): void {
    if (outlet.lagging || !outlet.isFullFor(inlet) || outlet.waitingInlets.has(inlet)) return
    outlet.waitingInlets.add(inlet)
    if (inlet.waitingFor++ === 0) inlet.pause()
    // Relayed frames have their whole time, also when local messages began to wait before them.
    if (outlet.timedWait === null || (!inlet.local && !outlet.timedWait.relayed)) this.#startStall(outlet, !inlet.local)
  }

  /** To be called whenever the other side has taken something. */
  relieve(outlet: Outlet): void {
    if (outlet.hasRoomFor(RELAY)) outlet.stalls = 0
    if (outlet.lagging && outlet.waitingInlets.size === 0 && outlet.hasRoomFor(RELAY)) this.#setLagging(outlet, false)
    for (const inlet of [...outlet.waitingInlets]) if (outlet.hasRoomFor(inlet)) this.#release(inlet, outlet)
  }

  /** An outlet is gone: nobody waits for it any more. */
  forgetOutlet(outlet: Outlet): void {
    // A copy: an inlet that goes on may have to wait again at once, and its next turn is another time.
    for (const inlet of [...outlet.waitingInlets]) this.#release(inlet, outlet)
  }

  /** An inlet is gone: it waits for nobody. */
  forgetInlet(inlet: Inlet, outlets: Iterable<Outlet>): void {
    for (const outlet of outlets) {
      if (outlet.waitingInlets.delete(inlet) && outlet.waitingInlets.size === 0) this.#endStall(outlet)
    }
  }

  #startStall(outlet: Outlet, relayed: boolean): void {
    this.#endStall(outlet)
    const before = outlet.takenBytes
    const timer = setTimeout(() => this.#onStalled(outlet, relayed, outlet.takenBytes > before), this.#stallMs)
    outlet.timedWait = { timer, relayed }
  }

  /**
   * A queue that moves is a busy link and no slow one: everybody who waits has a share. The program too, after two times `stallMs` at most: a
   * neighbour that is let go on often waits again before there is room, and without this the program would wait until its neighbours are silent.
   */
  #onStalled(outlet: Outlet, relayed: boolean, moves: boolean): void {
    outlet.timedWait = null
    if (relayed) outlet.stalls++
    else if (!moves) outlet.stalls += this.#localStall
    if ((relayed && !moves) || outlet.stalls >= MAX_STALLS) this.#setLagging(outlet, true)
    // The program's own messages have filled it: no neighbour takes its turn away, and the queue must not grow for ever.
    else if (!relayed && outlet.isFullFor(RELAY)) return this.#startStall(outlet, false)
    for (const inlet of [...outlet.waitingInlets]) this.#release(inlet, outlet)
  }

  #setLagging(outlet: Outlet, lagging: boolean): void {
    outlet.lagging = lagging
    outlet.stalls = 0
    outlet.onLagging(lagging)
  }

  #release(inlet: Inlet, outlet: Outlet): void {
    outlet.waitingInlets.delete(inlet)
    if (outlet.waitingInlets.size === 0) this.#endStall(outlet)
    if (--inlet.waitingFor === 0) inlet.resume()
  }

  #endStall(outlet: Outlet): void {
    if (outlet.timedWait !== null) clearTimeout(outlet.timedWait.timer)
    outlet.timedWait = null
  }
}

/** Stands for any inlet that relays. */
const RELAY: Inlet = { local: false, waitingFor: 0, pause: () => undefined, resume: () => undefined }

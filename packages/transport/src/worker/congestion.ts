// Who waits for whom inside a worker. A full outlet pauses the inlets that feed it, for at most `stallMs`; then it is
// lagging: frames for it are dropped and counted until it has caught up. So nobody waits for ever, and no cycle of full
// queues can deadlock.

/** Where frames come in: a socket, the program, a sibling worker. */
export interface Inlet {
  /** The program's own messages. They give way to relayed ones: see `Outlet.isFullFor`. */
  readonly local: boolean
  /** Outlets that this inlet waits for. Owned by `Congestion`. */
  blockers: number
  pause(): void
  resume(): void
}

/** Where frames go out. */
export interface Outlet {
  readonly waiters: Set<Inlet>
  lagging: boolean
  stall: NodeJS.Timeout | null
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

/** Pauses and resumes inlets. */
export class Congestion {
  readonly #stallMs: number

  constructor(stallMs: number) {
    this.#stallMs = stallMs
  }

  /** To be called after `inlet` gave frames to `outlet`. */
  check(inlet: Inlet, outlet: Outlet): void {
    if (outlet.lagging || !outlet.isFullFor(inlet) || outlet.waiters.has(inlet)) return
    outlet.waiters.add(inlet)
    if (inlet.blockers++ === 0) inlet.pause()
    outlet.stall ??= this.#startStall(outlet)
  }

  /** To be called whenever the other side has taken something. */
  relieve(outlet: Outlet): void {
    if (outlet.lagging && outlet.waiters.size === 0 && outlet.hasRoomFor(RELAY)) this.#setLagging(outlet, false)
    for (const inlet of outlet.waiters) if (outlet.hasRoomFor(inlet)) this.#release(inlet, outlet)
  }

  /** An outlet is gone: nobody waits for it any more. */
  forgetOutlet(outlet: Outlet): void {
    for (const inlet of outlet.waiters) this.#release(inlet, outlet)
  }

  /** An inlet is gone: it waits for nobody. */
  forgetInlet(inlet: Inlet, outlets: Iterable<Outlet>): void {
    for (const outlet of outlets) {
      if (outlet.waiters.delete(inlet) && outlet.waiters.size === 0) this.#endStall(outlet)
    }
  }

  #startStall(outlet: Outlet): NodeJS.Timeout {
    const before = outlet.takenBytes
    return setTimeout(() => this.#onStalled(outlet, outlet.takenBytes > before), this.#stallMs)
  }

  #onStalled(outlet: Outlet, moves: boolean): void {
    outlet.stall = null
    // A queue that moves and is only too long for local messages is a busy link, not a slow one: let them have their share.
    if (!moves || outlet.isFullFor(RELAY)) this.#setLagging(outlet, true)
    this.forgetOutlet(outlet)
  }

  #setLagging(outlet: Outlet, lagging: boolean): void {
    outlet.lagging = lagging
    outlet.onLagging(lagging)
  }

  #release(inlet: Inlet, outlet: Outlet): void {
    outlet.waiters.delete(inlet)
    if (outlet.waiters.size === 0) this.#endStall(outlet)
    if (--inlet.blockers === 0) inlet.resume()
  }

  #endStall(outlet: Outlet): void {
    if (outlet.stall !== null) clearTimeout(outlet.stall)
    outlet.stall = null
  }
}

/** Stands for any inlet that relays. */
const RELAY: Inlet = { local: false, blockers: 0, pause: () => undefined, resume: () => undefined }

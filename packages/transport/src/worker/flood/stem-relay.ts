// Stems in one I/O thread: over its own links, or over a sibling if it has none. Floods after the current chunk, like
// everything that comes from the node itself.
import { encodeStem, type StemCounts, type StemEnd, StemPhase, type StemPhaseHost } from '@floodnet/core'
import { secureRandom } from '../../identity/secure-random.ts'
import type { FloodLink } from './flood-link.ts'
import { PROGRAM_LINK, STEM_LINK_ID } from './link-ids.ts'

/** What the stem relay needs of the worker's flood. */
export interface StemHost {
  readonly links: readonly FloodLink[]
  /** Whether this sibling has a peer. */
  leadsToPeers(sibling: FloodLink): boolean
  /** Whether nobody has flooded the DATA frame to us yet. */
  isFresh(frame: Uint8Array): boolean
  /** Floods the DATA frame as if it were the node's own. */
  inject(source: FloodLink, frame: Uint8Array): void
  /** A DATA frame of the program, whose flood was to begin elsewhere, floods from here. */
  onStemEnded(frame: Uint8Array, why: StemEnd): void
}

export class StemRelay implements StemPhaseHost {
  readonly #host: StemHost
  readonly #phase: StemPhase
  #due: Uint8Array[] = []

  constructor(host: StemHost, timeoutMs: number) {
    this.#host = host
    this.#phase = new StemPhase(this, timeoutMs, secureRandom)
  }

  get counts(): Readonly<StemCounts> {
    return this.#phase.counts
  }

  /**
   * Starts the stem of a whole, signed DATA frame of the node's own. `source`: the program's link, or that of the
   * sibling where its stem began.
   */
  start(source: number, frame: Uint8Array): void {
    if (source === PROGRAM_LINK) this.#phase.start(frame, performance.now())
    else this.#phase.goOn(source, frame, performance.now())
  }

  onStem(source: number, frame: Uint8Array): void {
    this.#phase.onStem(source, frame, performance.now())
  }

  tick(): void {
    this.#phase.expire(performance.now())
  }

  routes(source: number): readonly number[] {
    const sockets = this.#host.links.filter(({ id }) => id > 0 && id !== source)
    if (sockets.length > 0 || source !== PROGRAM_LINK) return sockets.map(({ id }) => id)
    // Only from its start, and not to where it would end: workers without peers would hand it to and fro.
    const siblings = this.#host.links.filter((link) => link.id < PROGRAM_LINK && this.#host.leadsToPeers(link))
    return siblings.map(({ id }) => id)
  }

  send(link: number, frame: Uint8Array): void {
    const outlet = this.#host.links.find(({ id }) => id === link)
    outlet?.sendData(encodeStem(frame), 1)
    outlet?.flush()
  }

  flood(frame: Uint8Array): void {
    this.#due.push(frame)
    if (this.#due.length === 1) queueMicrotask(() => this.#floodDue())
  }

  onOwnEnded(frame: Uint8Array, why: StemEnd): void {
    this.#host.onStemEnded(frame, why)
  }

  isNews(frame: Uint8Array): boolean {
    return this.#host.isFresh(frame)
  }

  #floodDue(): void {
    for (const frame of this.#due.splice(0)) this.#host.inject(STEM_LINK, frame)
  }
}

const NOTHING = (): void => undefined

/** It brings frames but takes none, so nothing can hold it up. */
const STEM_LINK: FloodLink = {
  id: STEM_LINK_ID,
  local: false,
  waitingFor: 0,
  waitingInlets: new Set(),
  lagging: false,
  behind: false,
  treeBit: 0,
  patience: null,
  timedWait: null,
  stalls: 0,
  takenBytes: 0,
  pause: NOTHING,
  resume: NOTHING,
  isFullFor: () => false,
  hasRoomFor: () => true,
  onLagging: NOTHING,
  sendData: NOTHING,
  onMissed: NOTHING,
  flush: NOTHING
}

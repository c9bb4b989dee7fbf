// The peers that a node remembers from one run to the next, in a file beside its identity: they bring it back if no
// entry is there any more. Losing or damaging the file costs only that, and never keeps a node from starting.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isDialable, type RememberedPeer } from '@floodnet/core'

/** Appended to the identity file's name. */
const SUFFIX = '.peers'
/** A guess: a crash loses what was learnt in the last minute. */
const SAVE_MS = 60_000
/** More than the largest passive view that anybody configures; we ignore the rest of a longer file. */
const MAX_PEERS = 1_000
const ID = /^[0-9a-f]{64}$/

export class PeerMemory {
  readonly remembered: readonly RememberedPeer[]
  readonly #file: string
  #savedMs: number
  #saved: string
  #saving: Promise<void> = Promise.resolve()

  private constructor(file: string, saved: string, nowMs: number) {
    this.#file = file
    this.#saved = saved
    this.#savedMs = nowMs
    this.remembered = peersIn(saved)
  }

  /** What the file beside `identityFile` contains; nothing if there is none. `nowMs` as for `keep`. */
  static async load(identityFile: string, nowMs: number): Promise<PeerMemory> {
    const file = identityFile + SUFFIX
    return new PeerMemory(file, await readFile(file, 'utf8').catch(() => ''), nowMs)
  }

  /** The memory as it is in the file now, for the next node. */
  again(): Promise<PeerMemory> {
    return PeerMemory.load(this.#file.slice(0, -SUFFIX.length), performance.now())
  }

  /** Writes `peers` to the file if it is time to. */
  keep(peers: () => readonly RememberedPeer[], nowMs: number): void {
    if (nowMs - this.#savedMs < SAVE_MS) return
    this.#savedMs = nowMs
    void this.save(peers())
  }

  /** Resolves when they are written, or cannot be. A node that knows nobody keeps what it remembers. */
  save(peers: readonly RememberedPeer[]): Promise<void> {
    const text = `${JSON.stringify(peers.slice(0, MAX_PEERS))}\n`
    if (peers.length === 0 || text === this.#saved) return this.#saving
    this.#saved = text
    this.#saving = this.#saving.then(() => this.#write(text))
    return this.#saving
  }

  /** Writes a new file beside it first: a crash leaves the old file or the new one. */
  async #write(text: string): Promise<void> {
    const fresh = `${this.#file}.new`
    try {
      await writeFile(fresh, text, { mode: 0o600 })
      await rename(fresh, this.#file)
    } catch {
      // The folder may have become read-only. The node does without, and tries again at the next change.
      this.#saved = ''
      // Half a file on a full disk does no harm, but takes space. Removing it may fail too.
      await rm(fresh, { force: true }).catch(() => undefined)
    }
  }
}

/** The peers in the file that can be dialled; ignores everything else. */
function peersIn(text: string): RememberedPeer[] {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return []
  }
  return Array.isArray(found) ? found.slice(0, MAX_PEERS).filter(isRemembered) : []
}

function isRemembered(value: unknown): value is RememberedPeer {
  if (typeof value !== 'object' || value === null) return false
  const { peer, address } = value as Record<string, unknown>
  return typeof peer === 'string' && ID.test(peer) && typeof address === 'string' && isDialable(address)
}

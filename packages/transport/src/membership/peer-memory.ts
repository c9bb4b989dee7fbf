// The peers that a node remembers from one run to the next, in a file beside its identity: they bring it back when no
// entry is there any more. A lost or spoilt file costs nothing but that; it is never a reason not to start.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isDialable, type RememberedPeer } from '@floodnet/core'

/** As the identity file's name, with this. */
const SUFFIX = '.peers'
/** A guess: a crash loses what was learnt in the last minute. */
const SAVE_MS = 60_000
/** More than the largest passive view that anybody configures; the rest of a longer file is ignored. */
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

  /** What the file beside `identityFile` holds; nothing when there is none. `nowMs` as for `keep`. */
  static async load(identityFile: string, nowMs: number): Promise<PeerMemory> {
    const file = identityFile + SUFFIX
    return new PeerMemory(file, await readFile(file, 'utf8').catch(() => ''), nowMs)
  }

  /** As it is in the file now, for the next node. */
  again(): Promise<PeerMemory> {
    return PeerMemory.load(this.#file.slice(0, -SUFFIX.length), performance.now())
  }

  /** Writes `peers` down if it is time to. */
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

  /** First beside it: a crash leaves the old file or the new one. */
  async #write(text: string): Promise<void> {
    const fresh = `${this.#file}.new`
    try {
      await writeFile(fresh, text, { mode: 0o600 })
      await rename(fresh, this.#file)
    } catch {
      // The folder may have become read-only: the node does well without, and tries again with the next change.
      this.#saved = ''
      // Half a file on a full disk is in nobody's way, but takes room. It may be just as impossible to remove.
      await rm(fresh, { force: true }).catch(() => undefined)
    }
  }
}

/** Those in the file that can be dialled; what else it holds is ignored. */
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

// Why this node has no neighbours, in words, for the person who waits in front of it.
import type { Network, NetworkEvents } from '@floodnet/transport'

/** How long it is normal to be alone: the time of two dials, and of what the local network brings. A guess. */
export const ALONE_MS = 10_000
/** Addresses named as the reason. */
const MAX_NAMED = 3

const WORDS: Readonly<Record<string, string>> = {
  'connection-refused': 'nobody listens there',
  timeout: 'no answer',
  'wrong-network': 'a node of another network (--name)',
  'wrong-key': 'a node of a private network with another key (--key)',
  'wrong-version': 'a node of another version',
  'wrong-security': 'a node with another --security',
  'wrong-work': 'a node of a network that asks for other work (--work)',
  'wrong-identity': 'a node with another key than was named'
}

export class Alone {
  readonly #network: Network
  /** Why the latest dials failed, by address. */
  readonly #failures = new Map<string, string>()
  #since: number | null = null
  #told = false

  constructor(network: Network) {
    this.#network = network
    network.on('dial', (dial) => this.#onDial(dial))
  }

  /**
   * Call this now and then; `nowMs` from a clock that never goes back. Returns what to tell the user, once each time
   * that all neighbours are gone.
   */
  check(nowMs: number): string | null {
    if (this.#network.peers.length > 0) {
      this.#since = null
      this.#told = false
      return null
    }
    this.#since ??= nowMs
    if (this.#told || nowMs - this.#since < ALONE_MS) return null
    this.#told = true
    return this.#words()
  }

  #onDial({ phase, address, reason = 'no link' }: NetworkEvents['dial']): void {
    this.#failures.delete(address)
    if (phase !== 'failed') return
    this.#failures.set(address, reason)
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MAX_NAMED) break
      this.#failures.delete(oldest)
    }
  }

  #words(): string {
    const tried = [...this.#failures].map(([address, reason]) => `${address}: ${WORDS[reason] ?? reason}`)
    const canBeJoined =
      this.#network.address === null ? 'and nobody can join this node, which only dials' : 'others may join you'
    if (tried.length === 0) return `you are alone so far: no address was tried, ${canBeJoined}`
    return `you are alone so far (${tried.join('; ')}); trying on, ${canBeJoined}`
  }
}

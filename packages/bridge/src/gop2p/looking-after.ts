// Looks after the members while nobody says anything: asks silent ones for a sign of life, and compares names.
import { networkInterfaces } from 'node:os'
import type { Client } from './http/client.ts'
import { SelfCheck } from './http/self-check.ts'
import type { Gop2pLimits } from './limits.ts'
import { findSilent, type Membership, takeUnaudited } from './membership/members.ts'
import type { Sender } from './sending/delivery.ts'
import type { Peer } from './wire/peer.ts'

/** How often we look at members within `probeMs`, and how much sooner after somebody came. Guesses. */
const LOOKS_PER_PROBE = 4
const SOON = 10

export class LookingAfter {
  /** Addresses of this machine's interfaces: a peer on it may speak from any of them. */
  own: ReadonlySet<string> = new Set()
  readonly selfCheck = new SelfCheck()
  readonly #limits: Gop2pLimits
  #look: (() => void) | null = null
  #timer: NodeJS.Timeout | null = null
  #soon: NodeJS.Timeout | null = null

  constructor(limits: Gop2pLimits) {
    this.#limits = limits
  }

  start(state: Membership, sender: Sender): void {
    this.#look = () => {
      this.own = ownAddresses()
      const now = performance.now()
      for (const peer of takeUnaudited(state, now)) void sender.audit(peer)
      for (const peer of findSilent(state, now)) void sender.probe(peer)
    }
    this.#look()
    // Several looks for each period, so that a member that failed is asked again soon.
    this.#timer = setInterval(this.#look, this.#limits.probeMs / LOOKS_PER_PROBE)
  }

  /** Somebody is new. */
  soon(): void {
    const look = this.#look
    if (look === null || this.#soon !== null) return
    this.#soon = setTimeout(
      () => {
        this.#soon = null
        look()
      },
      this.#limits.probeMs / LOOKS_PER_PROBE / SOON
    )
  }

  stop(): void {
    this.#look = null
    clearInterval(this.#timer ?? undefined)
    clearTimeout(this.#soon ?? undefined)
  }

  /** Whether a name that the member at the address `teller` uses is one of ours. */
  isUs(client: Client, self: Peer, peer: Peer, teller: string): Promise<boolean> {
    const { own } = this
    return this.selfCheck.isUs(peer, teller, { client, self, own, timeoutMs: this.#limits.requestTimeoutMs })
  }
}

function ownAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []))
}

// Whether a name that somebody uses leads to this node: we send a request there with a random word, and our own server
// recognises the word if it arrives.
import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { mayMeanUs } from '../membership/spellings.ts'
import { hostOf, isHere, type Peer } from '../wire/peer.ts'
import type { Client } from './client.ts'

export interface SelfCheckHost {
  readonly client: Pick<Client, 'knock'>
  readonly self: Peer
  /** Addresses of this machine's interfaces. */
  readonly own: ReadonlySet<string>
  readonly timeoutMs: number
}

export class SelfCheck {
  readonly #awaited = new Set<string>()

  /** Our server got a request with this word. */
  onKnock(word: string): void {
    this.#awaited.delete(word)
  }

  /** `teller`: the address of the member that uses the name. Resolves within twice the time limit. */
  async isUs(peer: Peer, teller: string, host: SelfCheckHost): Promise<boolean> {
    const isOnThisMachine = isHere(teller) || host.own.has(teller)
    // Our own name means another machine there: the other name is the only one that leads here.
    if (isHere(hostOf(host.self)) && !isOnThisMachine) return false
    if (!mayMeanUs(peer, teller, host.own, hostname())) return false
    return (await leadsToThisMachine(hostOf(peer), host)) && this.#leadsHere(peer, host)
  }

  async #leadsHere(peer: Peer, { client, self, timeoutMs }: SelfCheckHost): Promise<boolean> {
    const word = randomUUID()
    this.#awaited.add(word)
    await client.knock(peer, self, word, timeoutMs)
    return !this.#awaited.delete(word)
  }
}

/** A name may lead anywhere; we send nothing to another machine because of it. */
async function leadsToThisMachine(host: string, { own, timeoutMs }: SelfCheckHost): Promise<boolean> {
  if (isIP(host) !== 0 || host === 'localhost') return true
  const found = lookup(host, { all: true }).catch(() => [])
  const addresses = await Promise.race([found, sleep(timeoutMs, [], { ref: false })])
  return addresses.length > 0 && addresses.every(({ address }) => isHere(address) || own.has(address))
}

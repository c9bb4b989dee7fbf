// Whether others can dial this node: we ask a neighbour beyond our own networks to try (DIAL_BACK), and answer those
// who ask us, within a budget. We only ever dial the host at the other end of the link that asks.
import { networkInterfaces } from 'node:os'
import {
  type DialBackOutcome,
  formatAddress,
  ipBytes,
  parseAddress,
  reachOf,
  reachOfSocket,
  TokenBucket
} from '@floodnet/core'
import { addTo, type Counts } from '../threads/counters.ts'
import type { DialBackAnswer, DialBackQuestion, LinkOpen } from '../threads/messages.ts'
import type { WorkerPool } from '../threads/worker-pool.ts'
import { everyNetwork, isOn } from './lan/interfaces.ts'

/** What all neighbours together may make us dial. Guesses: a node asks when its mapping is new or has changed. */
const BURST = 4
const PER_SECOND = 1 / 10
/** The same for one neighbour. */
const PEER_PAUSE_MS = 30_000
/** A neighbour needs the time of a dial (5 s), and the question and answer each need theirs. The rest is a guess. */
const ANSWER_MS = 10_000
/** How many neighbours we ask before we give an address up. A guess: one may be behind a firewall of its own. */
const MAX_ASKED = 3

/** Where a neighbour has reached us, or why none has. */
export type DialBackResult =
  | { readonly kind: 'reached'; readonly address: string }
  | { readonly kind: 'not-reached' | 'nobody-to-ask' | 'nobody-answers' }

/** The links of this node, as dialling back sees them. */
export interface Links {
  /** The links that carry messages. */
  activeLinks(): readonly LinkOpen[]
  isActive(link: number): boolean
  openOf(link: number): LinkOpen | null
  workerOf(link: number): number | null
}

export class DialBack {
  readonly #pool: WorkerPool
  readonly #peers: Links
  readonly #counts: Counts
  readonly #budget = new TokenBucket(BURST, PER_SECOND)
  /** When we accepted each neighbour's last question. */
  readonly #asked = new Map<string, number>()
  /** Our own open questions, by number. */
  readonly #open = new Map<number, { readonly link: number; readonly settle: (outcome: DialBackOutcome) => void }>()
  #made = 0
  #closed = false

  /** `counts`: counts our answers, as `dial-back-reached`. */
  constructor(pool: WorkerPool, peers: Links, counts: Counts) {
    this.#pool = pool
    this.#peers = peers
    this.#counts = counts
  }

  /** Whether `port` of the host that others see leads here. Asks one neighbour after the other. */
  async ask(port: number): Promise<DialBackResult> {
    const fit = this.#beyondOurNetworks().slice(0, MAX_ASKED)
    const outcomes: DialBackOutcome[] = []
    for (const { link, host } of fit) {
      const outcome = await this.#askOne(link, port)
      if (outcome === 'reached') return { kind: 'reached', address: formatAddress({ host, port }) }
      outcomes.push(outcome)
    }
    if (fit.length === 0) return { kind: 'nobody-to-ask' }
    return { kind: outcomes.includes('not-reached') ? 'not-reached' : 'nobody-answers' }
  }

  onReply({ link, question, outcome }: DialBackAnswer): void {
    const open = this.#open.get(question)
    if (open?.link === link) open.settle(outcome)
  }

  onQuestion({ link, question, port }: DialBackQuestion): void {
    const nowMs = performance.now()
    const worker = this.#peers.workerOf(link)
    const refusal = this.#refusalOf(link, nowMs)
    if (worker === null) return
    if (refusal !== null) return this.#reply(link, question, refusal)
    const { peer, remote } = this.#peers.openOf(link) ?? { peer: '', remote: '' }
    const host = parseAddress(remote)?.host ?? ''
    this.#pool
      .call(worker, (control) => control.answersAt({ host, port }, peer))
      .then((isReached) => this.#reply(link, question, isReached ? 'reached' : 'not-reached'))
      // The worker is gone, and so is the link.
      .catch(() => undefined)
  }

  /** Nobody waits for an answer any more. */
  close(): void {
    this.#closed = true
    for (const { settle } of this.#open.values()) settle('unfit')
  }

  #reply(link: number, question: number, outcome: DialBackOutcome): void {
    const worker = this.#peers.workerOf(link)
    addTo(this.#counts, `dial-back-${outcome}`)
    if (worker !== null) this.#pool.post(worker, { kind: 'dial-back-reply', link, question, outcome })
  }

  #askOne(link: number, port: number): Promise<DialBackOutcome> {
    const worker = this.#peers.workerOf(link)
    if (worker === null || this.#closed) return Promise.resolve('unfit')
    const question = ++this.#made
    return new Promise((resolve) => {
      const settle = (outcome: DialBackOutcome): void => {
        clearTimeout(timer)
        this.#open.delete(question)
        resolve(outcome)
      }
      const timer = setTimeout(() => settle('busy'), ANSWER_MS)
      this.#open.set(question, { link, settle })
      this.#pool.post(worker, { kind: 'dial-back', link, question, port })
    })
  }

  /** Null: we may dial the neighbour back. */
  #refusalOf(link: number, nowMs: number): DialBackOutcome | null {
    const open = this.#peers.openOf(link)
    if (open === null || !this.#peers.isActive(link) || reachOfSocket(open.remote) !== 'network') return 'unfit'
    for (const [peer, atMs] of this.#asked) if (nowMs - atMs >= PEER_PAUSE_MS) this.#asked.delete(peer)
    if (this.#asked.has(open.peer) || !this.#budget.take(nowMs)) return 'busy'
    this.#asked.set(open.peer, nowMs)
    return null
  }

  /** Neighbours that see us from elsewhere, in random order, with the host that they see. */
  #beyondOurNetworks(): { link: number; host: string }[] {
    return this.#peers
      .activeLinks()
      .flatMap(({ link, remote, observed }) => {
        const host = observed === null ? null : (parseAddress(observed)?.host ?? null)
        // Routers map ports of IPv4 addresses: a neighbour that sees another kind would look in the wrong place.
        const isTold = host !== null && ipBytes(host)?.length === 4 && reachOf(host) === 'network'
        return isTold && isFar(remote) ? [{ link, host, at: Math.random() }] : []
      })
      .sort((a, b) => a.at - b.at)
  }
}

/** Whether a socket's other end is beyond every network that this machine is on. */
function isFar(remote: string): boolean {
  const host = parseAddress(remote)?.host ?? ''
  return reachOf(host) === 'network' && !everyNetwork(networkInterfaces()).some((network) => isOn(network, host))
}

// Brings messages to members: in separate queues, each with a deadline, and notes who answers and who does not.

import { Gop2pError, type Gop2pErrorReason } from '../errors.ts'
import type { Reply } from '../http/client.ts'
import { noteFailure, noteSign } from '../membership/members.ts'
import type { Mailing } from '../membership/requests.ts'
import { formatPeer, isHere, type Peer, peerKey } from '../wire/peer.ts'
import { type GreeterHost, greet, learnName, requestWithin } from './greeter.ts'
import { MemberQueues } from './member-queues.ts'

/** The outcome of one message: each recipient is in one of the two lists. */
export interface Delivery {
  readonly reached: readonly Peer[]
  readonly failed: readonly Gop2pError[]
}

export interface DeliveryHost extends GreeterHost {
  /** A member failed once too often and is away now. */
  onDead(peer: Peer): void
}

export interface Posting extends Mailing {
  /** From now until we stop waiting, in ms. */
  readonly withinMs: number
  readonly mark?: string | null
}

type Verdict = Peer | Gop2pError

export class Sender {
  readonly #host: DeliveryHost
  readonly #queues: MemberQueues
  readonly #probing = new Set<string>()

  constructor(host: DeliveryHost) {
    const { state } = host
    this.#host = host
    this.#queues = new MemberQueues(state.limits, (key) => (state.members.get(key)?.failures ?? 0) > 0)
  }

  /** Resolves within `withinMs`, whatever the members do. */
  async post(posting: Posting): Promise<Delivery> {
    const until = performance.now() + posting.withinMs
    const verdicts = await Promise.all(posting.peers.map((peer) => this.#postOne(peer, posting, until)))
    const failed = verdicts.filter((verdict) => verdict instanceof Gop2pError)
    const reached = verdicts.filter((verdict): verdict is Peer => !(verdict instanceof Gop2pError))
    return { reached, failed }
  }

  /** Asks for a sign of life: a member that announces itself again changes nothing. */
  probe(peer: Peer): Promise<void> {
    return this.#lookAt(peer, async (until) => {
      this.#onOutcome(peer, await greet(this.#host, peer, until))
    })
  }

  /** Compares names: under which the member knows us, and what it calls itself. */
  audit(peer: Peer): Promise<void> {
    return this.#lookAt(peer, async (until) => {
      const reply = await greet(this.#host, peer, until)
      this.#onOutcome(peer, reply)
      if (reply.kind === 'reply' && isHere(reply.host)) await learnName(this.#host, peer, until)
    })
  }

  async #lookAt(peer: Peer, look: (until: number) => Promise<void>): Promise<void> {
    const key = peerKey(peer)
    if (this.#probing.has(key)) return
    this.#probing.add(key)
    const until = performance.now() + this.#host.state.limits.requestTimeoutMs * 2
    await this.#queues.add(key, 0, () => look(until))
    this.#probing.delete(key)
  }

  stop(): void {
    this.#queues.clear()
  }

  async #postOne(peer: Peer, posting: Posting, until: number): Promise<Verdict> {
    const { timer, expired } = deadline(until, () => problem('deadline', peer))
    const done = this.#queues.add(peerKey(peer), posting.body.length, () => this.#send(peer, posting, until))
    const verdict = await Promise.race([done, expired])
    clearTimeout(timer)
    return typeof verdict === 'string' ? problem(verdict, peer) : verdict
  }

  async #send(peer: Peer, posting: Posting, until: number): Promise<Verdict> {
    const reply = await requestWithin(this.#host, peer, posting, until)
    if (reply.kind === 'failed' || reply.status !== 403) return this.#onOutcome(peer, reply)
    // It has lost us: it restarted, or considered us dead. We introduce ourselves again, and repeat.
    const greeting = await greet(this.#host, peer, until)
    if (greeting.kind === 'failed' || greeting.status !== 200) return this.#onOutcome(peer, greeting)
    return this.#onOutcome(peer, await requestWithin(this.#host, peer, posting, until))
  }

  #onOutcome(peer: Peer, reply: Reply): Verdict {
    return reply.kind === 'reply'
      ? this.#onReply(peer, reply)
      : this.#onFailure(peer, reply.reason, undefined, reply.cause)
  }

  // A gop2p node has no reason to refuse a member: a peer that answers anything else is not one, and fails like a dead
  // one.
  #onReply(peer: Peer, { status, host, label }: Reply & { kind: 'reply' }): Verdict {
    if (status !== 200) return this.#onFailure(peer, 'status', `${formatPeer(peer)} answered ${status}`)
    const member = this.#host.state.members.get(peerKey(peer))
    if (member !== undefined) noteSign(member, { host, now: performance.now(), label })
    return peer
  }

  // A message that ran out of time in its queue says nothing about the member; the request before it does.
  #onFailure(peer: Peer, reason: Gop2pErrorReason, text?: string, cause?: unknown): Gop2pError {
    if (reason !== 'deadline' && noteFailure(this.#host.state, peer)) {
      this.#queues.clear(peerKey(peer))
      this.#host.onDead(peer)
    }
    return problem(reason, peer, text, cause)
  }
}

function deadline(until: number, verdict: () => Gop2pError): { timer: NodeJS.Timeout; expired: Promise<Gop2pError> } {
  let timer: NodeJS.Timeout | null = null
  const expired = new Promise<Gop2pError>((resolve) => {
    timer = setTimeout(() => resolve(verdict()), until - performance.now())
  })
  if (timer === null) throw new Error('a promise runs its executor at once')
  return { timer, expired }
}

function problem(reason: Gop2pErrorReason, peer: Peer, text?: string, cause?: unknown): Gop2pError {
  const message = text ?? `${formatPeer(peer)} could not be reached: ${reason}`
  return new Gop2pError('connection', reason, message, { peer, cause })
}

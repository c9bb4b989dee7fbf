// Joining a network: asks the entry, then everyone it lists, and whom those list, several at a time and until a
// deadline. A dead member in a list costs only its own request.

import { Gop2pError, type Gop2pErrorReason } from './errors.ts'
import type { Reply } from './http/client.ts'
import { admit, type Membership } from './membership/members.ts'
import { beginWalk, onListed, type Walk } from './membership/requests.ts'
import { decodeMembers } from './wire/message.ts'
import { formatPeer, type Peer } from './wire/peer.ts'

/** The outcome of a join that the entry accepted. */
export interface Joined {
  readonly kind: 'connected'
  readonly entry: Peer
  /** Members after it, in the order in which they came. */
  readonly members: readonly Peer[]
  /** Listed members that did not become ours: dead, refusing, or not to be dialled. */
  readonly failed: readonly Gop2pError[]
}

export interface JoiningHost {
  readonly state: Membership
  /** Tells `peer` that we are a member, and returns its answer, until that time. */
  greet(peer: Peer, until: number): Promise<Reply>
  onJoined(peer: Peer): void
}

/** Resolves within `connectTimeoutMs`. An error: the entry did not accept us, and nothing has changed. */
export async function join(host: JoiningHost, entry: Peer): Promise<Joined | Gop2pError> {
  const { limits, self, members } = host.state
  const until = performance.now() + limits.connectTimeoutMs
  const walk = beginWalk(self, entry)
  const listed = await ask(host, entry, walk, until)
  if (listed instanceof Gop2pError) return listed
  const failed = await askAll(host, listed, walk, until)
  if (walk.skipped > 0) failed.push(skipped(entry, walk.skipped))
  return { kind: 'connected', entry, members: [...members.values()].map(({ peer }) => peer), failed }
}

async function askAll(host: JoiningHost, first: readonly Peer[], walk: Walk, until: number): Promise<Gop2pError[]> {
  const waiting = [...first]
  const failed: Gop2pError[] = []
  const asking = new Set<Promise<void>>()
  while (waiting.length > 0 || asking.size > 0) {
    const peer = asking.size < host.state.limits.maxParallel ? waiting.shift() : undefined
    if (peer === undefined) await Promise.race(asking)
    else {
      const one = ask(host, peer, walk, until).then((answer) => {
        asking.delete(one)
        if (answer instanceof Gop2pError) failed.push(answer)
        else waiting.push(...answer)
      })
      asking.add(one)
    }
  }
  return failed
}

/** Greets `peer`, which then is a member, and returns those that it lists and that nobody has asked yet. */
async function ask(
  { state, greet, onJoined }: JoiningHost,
  peer: Peer,
  walk: Walk,
  until: number
): Promise<Peer[] | Gop2pError> {
  if (until <= performance.now()) return problem('deadline', peer)
  const reply = await greet(peer, Math.min(until, performance.now() + state.limits.requestTimeoutMs))
  if (reply.kind === 'failed') return problem(reply.reason, peer, undefined, reply.cause)
  if (reply.status !== 200) return problem('rejected', peer, `${formatPeer(peer)} answered ${describe(reply)}`)
  const list = decodeMembers(reply.body, state.limits.maxMembers)
  if (list.kind === 'fault') {
    return new Gop2pError('parse', 'garbage', `${formatPeer(peer)} answered no list of members`, { peer })
  }
  const admission = admit(state, peer, { host: reply.host, now: performance.now(), label: reply.label })
  if (admission === 'full' || admission === 'self') return problem(admission === 'full' ? 'full' : 'bad-address', peer)
  if (admission === 'new') onJoined(peer)
  walk.skipped += list.skipped
  return onListed(walk, state, list.peers, reply.host)
}

function describe({ status, body }: Reply & { kind: 'reply' }): string {
  const text = Buffer.from(body.subarray(0, 80)).toString('utf8').trim()
  return text === '' ? String(status) : `${status}: ${text}`
}

function skipped(peer: Peer, count: number): Gop2pError {
  const message = `${count} members listed in the network of ${formatPeer(peer)} are not dialled: too many, or no address for us`
  return new Gop2pError('connection', 'skipped', message, { peer })
}

function problem(reason: Gop2pErrorReason, peer: Peer, text?: string, cause?: unknown): Gop2pError {
  const message = text ?? `${formatPeer(peer)} is not a member: ${reason}`
  return new Gop2pError('connection', reason, message, { peer, cause })
}

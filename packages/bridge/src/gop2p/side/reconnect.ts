// Keeps a node in its network: tries entries that are not members again and again, since a gop2p node that restarts
// looks for nobody.
import { setTimeout as sleep } from 'node:timers/promises'
import { Gop2pError } from '../errors.ts'
import type { Joined } from '../joining.ts'
import { isSamePeer, type Peer } from '../wire/peer.ts'

export interface StayingNode {
  readonly members: readonly Peer[]
  connect(entry: Peer): Promise<Joined | Gop2pError>
}

export interface StayingOptions {
  readonly entries: readonly Peer[]
  /**
   * First and longest pause between two attempts, in ms: floodnet's own, but for the longest, since a full mesh has its
   * entries near.
   */
  readonly retryMinMs: number
  readonly retryMaxMs: number
  readonly signal: AbortSignal
  onJoined(joined: Joined): void
  /** Reported once for each reason in a row. */
  onFailed(error: Gop2pError): void
}

/** Resolves when `signal` is aborted, whatever the entries do. */
export async function stay(node: StayingNode, options: StayingOptions): Promise<void> {
  await Promise.all(options.entries.map((entry) => stayWith(node, entry, options)))
}

async function stayWith(node: StayingNode, entry: Peer, options: StayingOptions): Promise<void> {
  const { retryMinMs, retryMaxMs, signal } = options
  let pauseMs = retryMinMs
  let last: string | null = null
  while (!signal.aborted) {
    const isMember = node.members.some((member) => isSamePeer(member, entry))
    const result = isMember ? null : await node.connect(entry)
    if (signal.aborted) return
    if (result instanceof Gop2pError) {
      pauseMs = Math.min(pauseMs * 2, retryMaxMs)
      if (result.reason !== last) options.onFailed(result)
      last = result.reason
    } else {
      // An entry that joined us first is a member under its own name: then we ask it again, but rarely.
      pauseMs = result === null || last !== 'joined' ? retryMinMs : retryMaxMs
      if (result !== null && last !== 'joined') options.onJoined(result)
      last = 'joined'
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

// What happened between two looks at a node. The only place where rates, shares and copies are computed.
import type { Directions, Look, PeerFigures } from './figures.ts'

/** A shorter time between two looks would make noise look like traffic. */
const MIN_SECONDS = 0.001

/** Per second, unless it says otherwise. */
export interface Rates {
  readonly packets: Directions
  readonly bytes: Directions
  readonly messages: { readonly written: number; readonly delivered: number }
  readonly fresh: number
  readonly duplicates: number
  /** How often each packet arrived, on average, 1 or more; null if none did. */
  readonly copies: number | null
  /** Losses by reason, without zeros. */
  readonly drops: Readonly<Record<string, number>>
  /** Share of the time that each thread's event loop was busy, 0 to 1. */
  readonly busy: Readonly<Record<string, number>>
  /** Processor time of the whole process, in cores. */
  readonly cores: number
  /** By the neighbours' ids. */
  readonly peers: Readonly<Record<string, PeerRates>>
}

export interface PeerRates {
  readonly bytes: Directions
  readonly fresh: number
  readonly duplicates: number
  /** Share of everything new to the node, 0 to 1; null if nothing was. */
  readonly share: number | null
}

type Counts = Readonly<Record<string, number>>

/** `before` is of the same node, and earlier than `now`. */
export function ratesBetween({ figures: before, atMs: beforeMs }: Look, { figures: now, atMs: nowMs }: Look): Rates {
  const seconds = Math.max(MIN_SECONDS, (nowMs - beforeMs) / 1000)
  // A restarted node counts from 0 again.
  const rate = (to: number, from = 0): number => Math.max(0, to - from) / seconds
  const both = (to: Directions, from: Directions) => ({ in: rate(to.in, from.in), out: rate(to.out, from.out) })
  const fresh = rate(now.fresh, before.fresh)
  const duplicates = rate(now.duplicates, before.duplicates)
  const peersBefore = new Map(before.peers.map((peer) => [peer.id, peer]))
  const peerRates = (peer: PeerFigures): PeerRates => {
    const earlier = crossedBefore(peer, peersBefore.get(peer.id))
    const news = rate(peer.fresh, earlier.fresh)
    return {
      bytes: both(peer.bytes, earlier.bytes),
      fresh: news,
      duplicates: rate(peer.duplicates, earlier.duplicates),
      share: fresh === 0 ? null : Math.min(1, news / fresh)
    }
  }
  return {
    packets: both(now.packets, before.packets),
    bytes: both(now.bytes, before.bytes),
    messages: {
      written: rate(now.messages.written, before.messages.written),
      delivered: rate(now.messages.delivered, before.messages.delivered)
    },
    fresh,
    duplicates,
    copies: fresh === 0 ? null : (fresh + duplicates) / fresh,
    drops: risen(each(now.drops, before.drops, rate)),
    busy: each(now.busySeconds, before.busySeconds, (to, from) => Math.min(1, rate(to, from))),
    cores: rate(now.process.cpuSeconds, before.process.cpuSeconds),
    peers: Object.fromEntries(now.peers.map((peer) => [peer.id, peerRates(peer)]))
  }
}

type Crossed = Pick<PeerFigures, 'bytes' | 'fresh' | 'duplicates'>

const NOTHING: Crossed = { bytes: { in: 0, out: 0 }, fresh: 0, duplicates: 0 }

/** A neighbour that came back has a new link, which counts from 0. */
function crossedBefore({ bytes }: Crossed, before: Crossed | undefined): Crossed {
  const isNew = before === undefined || bytes.in < before.bytes.in || bytes.out < before.bytes.out
  return isNew ? NOTHING : before
}

function each(now: Counts, before: Counts, rate: (to: number, from?: number) => number): Counts {
  return Object.fromEntries(Object.entries(now).map(([name, count]) => [name, rate(count, before[name])]))
}

function risen(rates: Counts): Counts {
  return Object.fromEntries(Object.entries(rates).filter(([, value]) => value > 0))
}

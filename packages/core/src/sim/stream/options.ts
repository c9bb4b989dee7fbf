// What busy authors do in a simulated network, and which faults happen meanwhile.
import type { TreeOptions } from '../../tree/index.ts'

/**
 * What a hostile node does: passes nothing on; the same and announces far too much; or too little; passes on ten
 * packets of each author and no more; passes on half of the authors; prunes everything it gets; asks for everything
 * from the beginning without end.
 */
export const HOSTILITIES = ['withhold', 'high', 'low', 'starve', 'half', 'prune', 'graft'] as const
export type Hostility = (typeof HOSTILITIES)[number]

export interface StreamOptions {
  /** Busy authors, and the packets that each writes in a second. */
  readonly speakers: number
  readonly rate: number
  /** Packets that each author writes before it falls silent. */
  readonly packets: number
  /** Bytes of a packet's payload. */
  readonly payloadBytes: number
  /** Options of the trees; `parents: 0` is the flood. */
  readonly trees: Partial<TreeOptions>
  /** Share of the nodes that are hostile, and how. Authors are not. */
  readonly hostileShare: number
  readonly hostility: Hostility
  /** Share of the nodes with a narrow uplink, and how many times all packets, once each, it carries. */
  readonly uplinkShare: number
  readonly uplinkLoad: number
  /** How much waits for one link before it lags: as much as a narrow uplink carries in this time. */
  readonly linkQueueMs: number
  /** For how long a node can send packets again. */
  readonly recentMs: number
}

export const streamDefaults: StreamOptions = {
  speakers: 20,
  rate: 2,
  packets: Number.POSITIVE_INFINITY,
  payloadBytes: 300,
  trees: {},
  hostileShare: 0,
  hostility: 'withhold',
  uplinkShare: 0,
  uplinkLoad: 2,
  linkQueueMs: 1_000,
  recentMs: 30_000
}

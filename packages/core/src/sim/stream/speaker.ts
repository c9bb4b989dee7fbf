// A busy author and its packets.
import type { SimNode } from '../sim-node.ts'

export interface Speaker {
  readonly author: number
  readonly node: SimNode
  readonly incarnation: number
  /** Packets written so far: also the number of the last one. */
  written: number
  /** By packet number: when it was written, when it was last delivered, and over how many hops. */
  readonly writtenMs: number[]
  readonly lastMs: number[]
  readonly lastHops: number[]
}

/** A packet as one number of 31 bits, because events hold no objects: 65,535 packets of each of 32,767 authors. */
const PACKET_BASE = 65_536

export function packetOf(author: number, seq: number): number {
  return author * PACKET_BASE + seq
}

export function authorOf(packet: number): number {
  return Math.floor(packet / PACKET_BASE)
}

export function seqOf(packet: number): number {
  return packet % PACKET_BASE
}

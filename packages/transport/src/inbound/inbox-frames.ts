// What arrives at the inbox: slabs and short runs of frames, in order with the reports that some were lost.
import { ORIGIN_BYTES, ORIGIN_OFFSET, toHex } from '@floodnet/core'
import type { FramesMissed, ShortRun, SlabFrames } from '../threads/slab-sender.ts'

/** What worker 0 reports of frames for the program. */
export type InboxFrames = SlabFrames | ShortRun | FramesMissed

/** A slab, or a short run. */
export interface Delivery {
  /** The slab to hand back; null for a short run. */
  readonly slab: ArrayBuffer | null
  bytes: Uint8Array
  view: DataView
  offset: number
  /** Frames before it were lost and counted. */
  readonly afterLosses: boolean
  /** Its worker is gone, so nobody waits for it. */
  orphan: boolean
}

export function isForInbox(message: { kind: string }): message is InboxFrames {
  return message.kind === 'frames' || message.kind === 'short-run' || message.kind === 'missed'
}

/** The author of the frame at `start`. */
export function originAt(bytes: Uint8Array, start: number): string {
  return toHex(bytes, start + ORIGIN_OFFSET, start + ORIGIN_OFFSET + ORIGIN_BYTES)
}

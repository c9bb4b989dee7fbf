// Tree frames between simulated nodes: what the codec would write, and how many bytes it would take.

import { HEADER_BYTES, MAX_CONTROL_FRAME_BYTES } from '../../wire/layout.ts'
import type { SeqRange } from '../../wire/tree-codec.ts'
import { ENTRY_BYTES, NAMED_ENTRY_BYTES } from '../../wire/tree-codec.ts'

export type TreeFrame =
  | { readonly kind: 'prune'; readonly author: number }
  | { readonly kind: 'graft'; readonly author: number; readonly ranges: readonly SeqRange[] }
  | { readonly kind: 'none'; readonly author: number; readonly lowest: number }
  | {
      readonly kind: 'iHave'
      readonly authors: readonly number[]
      readonly marks: readonly number[]
      /** The authors that must be named. */
      readonly named: number
    }

export function bytesOf(frame: TreeFrame): number {
  switch (frame.kind) {
    case 'graft':
      return HEADER_BYTES + 2 + 8 * frame.ranges.length
    case 'iHave': {
      const unnamed = frame.authors.length - frame.named
      const body = frame.named * NAMED_ENTRY_BYTES + unnamed * ENTRY_BYTES
      return body + HEADER_BYTES * Math.ceil(body / (MAX_CONTROL_FRAME_BYTES - HEADER_BYTES))
    }
    default:
      return HEADER_BYTES
  }
}

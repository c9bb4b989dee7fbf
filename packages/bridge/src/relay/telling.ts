// Whether and where to tell a writer that a word of theirs did not arrive. Pure; time is an argument.
import { TokenBucket } from '@floodnet/core'
import { unmarked } from '../names.ts'

/**
 * The name of the sender. We never answer what is addressed to it or comes from it: two programs might go on forever.
 */
export const TELLER = 'bridge'
/** At once, and then a second: the writer whom we tell something may be a program that answers. A guess. */
const TOLD_BURST = 8
const TOLD_PER_SECOND = 0.2
/** Stands for a name if nobody gave one: nobody reads what is addressed to it. */
const NAMELESS = /^node-[0-9a-f]{1,8}(?=@|$)/

export type Place =
  | { readonly kind: 'hub'; readonly name: string }
  | { readonly kind: 'side'; readonly side: string; readonly name: string }

export class Telling {
  readonly #allowance = new TokenBucket(TOLD_BURST, TOLD_PER_SECOND)

  /** Where the writer reads, seen from floodnet: 'bob@gob' on the side gob. Null: nobody is told. */
  placeOf(writer: string, sides: Iterable<string>, nowMs: number): Place | null {
    const own = writer.split('@')[0] ?? ''
    if (own === '' || own === TELLER || NAMELESS.test(writer) || !this.#allowance.take(nowMs)) return null
    for (const side of sides) {
      const name = unmarked(writer, side)
      if (name !== null) return { kind: 'side', side, name }
    }
    return { kind: 'hub', name: writer }
  }
}

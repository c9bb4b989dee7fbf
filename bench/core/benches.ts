// The benchmarks of the core, in this very process.
import type { Bench } from '../run/bench.ts'
import { decodeBatchOperation, encodeOperation } from './batch.ts'
import { decodeOperation } from './decode.ts'
import { floodOperation } from './flood.ts'
import { nsPerItem, type Operation } from './measure.ts'
import { windowMemory } from './memory.ts'
import { windowOperation } from './window.ts'

export const CORE_BENCHES: readonly Bench[] = [
  ...[1, 64, 4_000].map((origins) =>
    timed(`core.window.${origins}`, `find, check and commit a packet; ${origins} authors in random order`, () =>
      windowOperation(origins)
    )
  ),
  {
    name: 'core.window.memory',
    about: 'bytes held by the windows of 8 authors, at two rates and after a longer time',
    headline: 'bytes_per_origin',
    run: async () => windowMemory()
  },
  timed('core.decode', 'frames of 148 bytes out of reads of 64 KiB', decodeOperation),
  timed('core.flood.fresh', 'an offer to the flood, all fresh, 64 authors', () => floodOperation(1)),
  timed('core.flood.dup', 'an offer to the flood, 3 of 4 duplicates, 64 authors', () => floodOperation(4)),
  timed('core.batch.encode', 'a message of 100 bytes into a packet', encodeOperation),
  timed('core.batch.decode', 'a message of 100 bytes out of a packet', decodeBatchOperation)
]

function timed<T>(name: string, about: string, operation: () => Operation<T>): Bench {
  return {
    name,
    about,
    headline: 'ns_per_op',
    run: async (phases) => ({ ns_per_op: await nsPerItem(operation(), phases) })
  }
}

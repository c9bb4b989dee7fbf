// floodnet and the naive relay, as they are measured.
import type { Contestant } from './benches.ts'
import { AWAITED } from './benches.ts'

/** Above what any window system here needs to be busy all the time; bounds what its queues hold. */
const NAIVE_CREDIT = 4_096

export function floodnet(security: 'tls' | 'none'): Contestant {
  return {
    system: {
      name: 'floodnet',
      module: new URL('systems/floodnet.js', import.meta.url).href,
      settings: { security, read: 'subscribe', workers: 1 }
    },
    style: AWAITED,
    credit: null
  }
}

export function naive(): Contestant {
  return {
    // Not bundled: it lies beside the sources.
    system: { name: 'naive', module: new URL('../../bench/systems/naive.mjs', import.meta.url).href, settings: {} },
    style: { kind: 'windowed', window: 64 },
    credit: NAIVE_CREDIT
  }
}

// The authors that the program knows, in the form that workers receive: concatenated keys.
import { KNOWN_SHARE, type Limits, ORIGIN_BYTES, optionError } from '@floodnet/core'
import type { WorkerPool } from './worker-pool.ts'

export class KnownAuthors {
  #keys = new Uint8Array()

  /**
   * Replaces the list. @throws ERR_FLOODNET_OPTION if one is not an id, or if there are more than the table of authors
   * reserves places for.
   */
  replace(ids: Iterable<string>, { maxOrigins }: Pick<Limits, 'maxOrigins'>): void {
    const all = [...new Set(ids)]
    const max = Math.floor(maxOrigins / KNOWN_SHARE)
    if (all.length > max)
      throw optionError('ids', `${all.length} authors are too many to be known: a quarter of maxOrigins is ${max}`)
    const keys = new Uint8Array(all.length * ORIGIN_BYTES)
    for (const [n, id] of all.entries()) {
      if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id))
        throw optionError('ids', `an id is 64 hex digits, not ${String(id)}`)
      keys.set(Buffer.from(id, 'hex'), n * ORIGIN_BYTES)
    }
    this.#keys = keys
  }

  /** Sends the list to these workers of the pool. */
  tell(pool: WorkerPool, workers: readonly number[]): void {
    for (const worker of workers) pool.post(worker, { kind: 'known', keys: this.#keys })
  }
}

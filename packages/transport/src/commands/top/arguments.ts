// The checked settings of `floodnet top`.
import { type Address, addressError, optionError, parseAddress } from '@floodnet/core'
import type { TOP_FLAGS } from '../flags.ts'
import type { ValuesOf } from '../line/flag.ts'

export interface TopSettings {
  /** Where the node serves its metrics. */
  readonly address: Address
  readonly intervalMs: number
  /** Look once and print an object. */
  readonly json: boolean
}

/** The address that the examples of `--metrics` use. */
const DEFAULT_ADDRESS = '127.0.0.1:9464'
/** The same as other programs called top. */
const DEFAULT_INTERVAL_MS = 1_000
/** A guess: this asks the node at most ten times a second. */
const MIN_INTERVAL_MS = 100
/** An hour: nobody watches at longer intervals. */
const MAX_INTERVAL_MS = 3_600_000

/** @throws ERR_FLOODNET_OPTION or ERR_FLOODNET_ADDRESS */
export function topSettingsOf({ interval, json }: ValuesOf<typeof TOP_FLAGS>, text = DEFAULT_ADDRESS): TopSettings {
  const address = parseAddress(text.replace(/^http:\/\//, '').replace(/\/(metrics)?$/, ''))
  if (address === null || address.port === 0)
    throw addressError('top', text, 'is not the address of a metrics page; write host:port as for --metrics')
  const host = address.host === '' ? '127.0.0.1' : address.host
  return { address: { ...address, host }, intervalMs: intervalOf(interval), json: json ?? false }
}

function intervalOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_INTERVAL_MS
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value >= MIN_INTERVAL_MS && value <= MAX_INTERVAL_MS) return value
  throw optionError('--interval', `--interval takes ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS} ms, not '${text}'`)
}

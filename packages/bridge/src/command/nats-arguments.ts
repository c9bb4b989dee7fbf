// The flags of `floodnet bridge` that are about NATS.
import { optionError } from '@floodnet/core'
import { readOptionFile } from '@floodnet/transport'
import { type NatsBridgeOptions, natsSettings } from '../nats/options.ts'

export const NATS_FLAGS = {
  nats: { type: 'string', multiple: true },
  subject: { type: 'string' },
  stream: { type: 'string' },
  since: { type: 'string' },
  flood: { type: 'string' },
  'nats-creds': { type: 'string' }
} as const

/** Their values. */
export interface NatsValues {
  readonly nats?: readonly string[] | undefined
  readonly subject?: string | undefined
  readonly stream?: string | undefined
  readonly since?: string | undefined
  readonly flood?: string | undefined
  readonly 'nats-creds'?: string | undefined
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** Stands for the id that the node gets later. */
const ANY_ID = '0'.repeat(64)

/** Null: no NATS. @throws ERR_FLOODNET_OPTION naming the flag or what it sets. */
export function natsOptions(values: NatsValues): NatsBridgeOptions | null {
  const { nats, subject, stream, since, flood, 'nats-creds': credentials } = values
  if (nats === undefined) return refuseAlone(values)
  if (since !== undefined && stream === undefined)
    throw optionError('--since', '--since needs --stream: without one nobody keeps what was said')
  const given = {
    servers: nats.flatMap((text) => text.split(',')).filter((text) => text !== ''),
    subject,
    stream,
    sinceMs: since === undefined ? undefined : durationMs(since),
    flood,
    credentials: credentials === undefined ? undefined : new Uint8Array(readOptionFile('--nats-creds', credentials))
  }
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  natsSettings(options as unknown as NatsBridgeOptions, ANY_ID)
  return options as unknown as NatsBridgeOptions
}

function refuseAlone(values: NatsValues): null {
  for (const name of Object.keys(NATS_FLAGS) as (keyof NatsValues)[])
    if (values[name] !== undefined) throw optionError(`--${name}`, `--${name} needs --nats`)
  return null
}

/** '90s', '10m', '2h', '7d'. */
function durationMs(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  const unit = match?.[2] as keyof typeof UNIT_MS | undefined
  if (unit === undefined) throw optionError('--since', `--since takes a time such as 90s, 10m, 2h or 7d, not '${text}'`)
  return Number(match?.[1]) * UNIT_MS[unit]
}

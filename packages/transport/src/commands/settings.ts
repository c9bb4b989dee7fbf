// The checked settings of the commands that run a node. What only the network can judge (numbers out of bounds, names)
// is left to it.
import { addressError, isDialable, optionError, parseAddress } from '@floodnet/core'
import type { NetworkOptions } from '../api.ts'
import { parseEntry } from '../finding/entries.ts'
import { readOptionFile } from '../options/option-file.ts'
import type { NODE_FLAGS, PUB_FLAGS, SUB_FLAGS, TICKET_FLAGS } from './flags.ts'
import type { ValuesOf } from './line/flag.ts'
import { type Format, formatOf } from './message-format.ts'
import { type Pages, pagesOf } from './pages.ts'
import { STDIN_ENTRY } from './stdin-entry.ts'
import type { TicketSettings } from './ticket.ts'
import type { NetworkCommand } from './usage.ts'

export interface Settings extends Pages {
  readonly command: NetworkCommand
  readonly options: NetworkOptions
  readonly json: boolean
  /** The file that gets what would go to standard error; null: none. */
  readonly log: string | null
  /** Whether lines on standard error begin with the time. */
  readonly timestamps: boolean
  /** What `pub` sends. */
  readonly source: Source
  /** Time after which `pub` gives up. */
  readonly timeoutMs: number | null
  /** Messages after which `sub` ends. */
  readonly count: number | null
  /** Prefixes of the ids of authors that `sub` prints; empty: all authors. */
  readonly from: readonly string[]
  /** How `sub` prints a message; null: as raw bytes. */
  readonly format: Format | null
  /** Whether `sub` prints bytes and nothing else. */
  readonly raw: boolean
}

/**
 * `sub` prints what arrives and bounds what waits by bytes (`inboxBytes`), because one burst of small messages exceeds
 * the default of 512.
 */
const SUB_INBOX_LIMIT = 1_000_000
/** setTimeout accepts no longer time: about 24 days. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1
/** Least digits of an author's id: with fewer, several authors of one network would match. */
const MIN_ORIGIN_DIGITS = 8

type Values = ValuesOf<typeof NODE_FLAGS>

/** @throws ERR_FLOODNET_OPTION or ERR_FLOODNET_ADDRESS naming the flag. */
export function nodeSettings(values: Values): Settings {
  return settingsOf('node', values)
}

/** @throws as `nodeSettings` */
export function pubSettings(values: ValuesOf<typeof PUB_FLAGS>, text: string | undefined): Settings {
  const timeoutMs = positiveInteger('--timeout', values.timeout, MAX_TIMEOUT_MS) ?? null
  const source = sourceOf(values, text)
  return { ...oneShot(settingsOf('pub', values)), source, timeoutMs }
}

/** @throws as `nodeSettings` */
export function subSettings(values: ValuesOf<typeof SUB_FLAGS>): Settings {
  const { json, raw = false, format } = values
  if (json && (raw || format !== undefined))
    throw optionError('--json', '--json has its own format; use it without --raw and --format')
  const settings = oneShot(settingsOf('sub', values))
  return {
    ...settings,
    options: { ...settings.options, inboxLimit: SUB_INBOX_LIMIT },
    count: positiveInteger('--count', values.count, Number.MAX_SAFE_INTEGER) ?? null,
    from: (values.from ?? []).map(originOf),
    format: format === undefined ? null : formatOf(format),
    raw
  }
}

/** A command that only says or hears something is not a node for others to find, unless it says where. */
function oneShot(settings: Settings): Settings {
  const { listen = false } = settings.options
  return { ...settings, options: { ...settings.options, listen } }
}

function settingsOf(command: NetworkCommand, values: Values): Settings {
  return {
    command,
    options: { ...networkOptions(values), inboxLimit: 0 },
    json: values.json ?? false,
    ...pagesOf(values),
    log: values.log ?? null,
    timestamps: values.timestamps ?? false,
    source: { kind: 'lines' },
    timeoutMs: null,
    count: null,
    from: [],
    format: null,
    raw: false
  }
}

/** @throws ERR_FLOODNET_OPTION or ERR_FLOODNET_ADDRESS naming the flag */
export function ticketSettings(values: ValuesOf<typeof TICKET_FLAGS>): TicketSettings {
  if (values.identity === undefined)
    throw optionError('--identity', 'say whose ticket it is with --identity FILE, the file with the key of the node')
  return {
    identity: values.identity,
    listen: address('--listen', values.listen) ?? null,
    advertise: values.advertise === undefined ? null : dialable('--advertise', values.advertise),
    name: values.name ?? null,
    key: values.key === undefined ? null : new Uint8Array(readOptionFile('--key', values.key))
  }
}

function sourceOf({ file, whole = false }: ValuesOf<typeof PUB_FLAGS>, text: string | undefined): Source {
  if ([file !== undefined, whole, text !== undefined].filter(Boolean).length > 1)
    throw optionError('--file', 'TEXT, --file and --whole each say what to send; use only one of them')
  if (text !== undefined) return { kind: 'text', text }
  if (whole || file === '-') return { kind: 'whole', path: null }
  return file === undefined ? { kind: 'lines' } : { kind: 'whole', path: file }
}

function originOf(text: string): string {
  const digits = text.toLowerCase()
  if (/^[0-9a-f]{1,64}$/.test(digits) && digits.length >= MIN_ORIGIN_DIGITS) return digits
  throw optionError('--from', `--from takes ${MIN_ORIGIN_DIGITS} to 64 hex digits of an author's id, not '${text}'`)
}

function networkOptions(values: Values): NetworkOptions {
  return present({
    listen: address('--listen', values.listen),
    join: values.join?.map((text) => entry('--join', text)),
    discover: values['no-lan'] ? undefined : ['lan'],
    advertise: values.advertise === undefined ? undefined : dialable('--advertise', values.advertise),
    mapPort: values['map-port'] === true ? true : undefined,
    name: values.name,
    identity: values.identity,
    key: values.key === undefined ? undefined : new Uint8Array(readOptionFile('--key', values.key)),
    ca: values.ca === undefined ? undefined : readOptionFile('--ca', values.ca).toString('utf8'),
    cert: values.cert === undefined ? undefined : readOptionFile('--cert', values.cert).toString('utf8'),
    workers: positiveInteger('--workers', values.workers, Number.MAX_SAFE_INTEGER),
    workBits: positiveInteger('--work', values.work, Number.MAX_SAFE_INTEGER),
    security: security(values.security),
    allowInsecure: values['allow-insecure']
  })
}

/** Drops the fields that are undefined, which `createNetwork` does not accept. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function address(flag: string, text: string | undefined): string | undefined {
  if (text === undefined || parseAddress(text) !== null) return text
  throw addressError(flag, text, 'is not an address; write host:port')
}

/** `-` means that the entry is read from the input before the network starts. */
function entry(flag: string, text: string): string {
  if (text !== STDIN_ENTRY) parseEntry(flag, text)
  return text
}

function dialable(flag: string, text: string): string {
  if (isDialable(text)) return text
  throw addressError(flag, text, 'is not an address that others can dial; write host:port')
}

function positiveInteger(flag: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^[0-9]+$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  throw optionError(flag, `${flag} takes a whole number from 1, not '${text}'`)
}

function security(text: string | undefined): 'tls' | 'none' | undefined {
  if (text === undefined || text === 'tls' || text === 'none') return text
  throw optionError('--security', `--security is tls or none, not '${text}'`)
}

export type Source =
  | { readonly kind: 'lines' }
  | { readonly kind: 'text'; readonly text: string }
  /** Null: standard input. */
  | { readonly kind: 'whole'; readonly path: string | null }

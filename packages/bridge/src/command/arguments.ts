// The command line of `floodnet bridge`: arguments in, checked settings out.
import { type Address, addressError, formatAddress, isAnyHost, optionError, parseAddress } from '@floodnet/core'
import {
  ALL_FLAGS,
  entryNotice,
  type NetworkOptions,
  parseCommandLine,
  readOptionFile,
  type ValuesOf,
  withDefaults
} from '@floodnet/transport'
import { isNetworkName } from '../names.ts'
import type { NatsBridgeOptions } from '../nats/index.ts'
import type { TutorialFormat } from '../tutorial/text-formats.ts'
import { NATS_FLAGS, natsOptions } from './nats-arguments.ts'

export interface GobSettings {
  readonly name: string
  readonly join: readonly Address[]
  readonly listen: Address | null
  readonly format: TutorialFormat | null
}

export interface Gop2pSettings {
  readonly name: string
  readonly join: readonly string[]
  /** Null: this machine's address towards the first entry, and port 55655 or the next free one. */
  readonly self: string | null
}

export interface BridgeSettings {
  readonly network: NetworkOptions
  /** The mark that floodnet's names carry elsewhere. */
  readonly hub: string
  readonly gob: GobSettings | null
  readonly gop2p: Gop2pSettings | null
  readonly nats: NatsBridgeOptions | null
  /** Where to serve the figures of the node and the bridge. */
  readonly metrics: string | null
  /** What people should know about their arguments. */
  readonly notices: readonly string[]
  readonly json: boolean
}

export type Invocation =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly settings: BridgeSettings }

/** A contract: scripts use them. */
export const FLAGS = {
  gob: { type: 'string', multiple: true },
  'gob-listen': { type: 'string' },
  'gob-name': { type: 'string' },
  'gob-format': { type: 'string' },
  gop2p: { type: 'string', multiple: true },
  'gop2p-self': { type: 'string' },
  'gop2p-name': { type: 'string' },
  ...NATS_FLAGS,
  join: { type: 'string', multiple: true },
  listen: { type: 'string' },
  name: { type: 'string' },
  identity: { type: 'string' },
  key: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  work: { type: 'string' },
  metrics: { type: 'string' },
  json: { type: 'boolean' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' }
} as const

const DEFAULT_HUB = 'floodnet'
const DEFAULT_GOB = 'gob'
const DEFAULT_GOP2P = 'gop2p'
/** Messages of floodnet that wait for this process: as in `floodchat`, because a busy thread must lose none. */
const INBOX_LIMIT = 8_192

type Values = ValuesOf<typeof FLAGS>

/**
 * Values that a line leaves out are taken from the environment (FLOODNET_GOB_LISTEN for --gob-listen), then from the
 * file that --config names. @throws ERR_FLOODNET_OPTION or ERR_FLOODNET_ADDRESS naming the flag.
 */
export function parseArguments(args: readonly string[], env: NodeJS.ProcessEnv = {}): Invocation {
  const { values } = parseCommandLine(args, FLAGS)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  return { kind: 'run', settings: settingsOf(withDefaults(values, FLAGS, ALL_FLAGS, env)) }
}

function settingsOf(values: Values): BridgeSettings {
  const { gob, gop2p, nats, metrics = null } = values
  if (gob === undefined && gop2p === undefined && nats === undefined)
    throw optionError('--gob', 'a bridge needs another network: --gob ADDR, --gop2p ADDR, --nats URL, or several')
  if (metrics !== null) address('--metrics', metrics)
  const hub = values.name !== undefined && isNetworkName(values.name) ? values.name : DEFAULT_HUB
  const gobName = networkName('--gob-name', values['gob-name'] ?? DEFAULT_GOB)
  const gop2pName = networkName('--gop2p-name', values['gop2p-name'] ?? DEFAULT_GOP2P)
  const names = [hub, gobName, gop2pName]
  if (new Set(names).size < names.length)
    throw optionError('--gob-name', `each network needs a name of its own, not ${names.join(', ')}`)
  return {
    network: networkOptions(values, gob === undefined && gop2p === undefined),
    hub,
    gob: gob === undefined ? null : gobSettings(gobName, values, gob),
    gop2p: gop2p === undefined ? null : gop2pSettings(gop2pName, values, gop2p),
    nats: natsOptions(values),
    metrics,
    notices: noticesOf(values),
    json: values.json ?? false
  }
}

/** `[::]:5001`, pasted from a screen, means this machine, which may not be the one you meant. */
function noticesOf({ gob = [], gop2p = [], join = [] }: Values): string[] {
  return addressesIn([...join, ...gob, ...gop2p]).flatMap((text) => entryNotice(text) ?? [])
}

function gobSettings(name: string, values: Values, entries: readonly string[]): GobSettings {
  const { 'gob-listen': listen, 'gob-format': format } = values
  if (format !== undefined && format !== 'json' && format !== 'text' && format !== 'signed')
    throw optionError('--gob-format', `--gob-format is json, text or signed, not '${format}'`)
  return {
    name,
    join: addressesIn(entries).map((text) => entry('--gob', text)),
    listen: listen === undefined ? null : address('--gob-listen', listen),
    format: format ?? null
  }
}

function gop2pSettings(name: string, values: Values, entries: readonly string[]): Gop2pSettings {
  const { 'gop2p-self': self = null } = values
  if (self !== null && address('--gop2p-self', self).host === '')
    throw addressError('--gop2p-self', self, 'is not an address that members can dial; write host:port')
  return { name, join: addressesIn(entries).map((text) => formatAddress(entry('--gop2p', text))), self }
}

/** @param carriesOnly nobody here reads messages: packets are carried as they are */
function networkOptions(
  { listen, join, name, identity, key, ca, cert, work }: Values,
  carriesOnly: boolean
): NetworkOptions {
  if (listen !== undefined) address('--listen', listen)
  const given = {
    listen,
    join,
    name,
    identity,
    key: key === undefined ? undefined : new Uint8Array(readOptionFile('--key', key)),
    ca: ca === undefined ? undefined : readOptionFile('--ca', ca).toString('utf8'),
    cert: cert === undefined ? undefined : readOptionFile('--cert', cert).toString('utf8'),
    workBits: work === undefined ? undefined : bits(work)
  }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { inboxLimit: carriesOnly ? 0 : INBOX_LIMIT, ...present }
}

/** 'a,b' and several flags are the same. */
function addressesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '')
}

/** A missing host, or one that means any, stands for this machine, as in floodnet. */
function entry(flag: string, text: string): Address {
  const parsed = address(flag, text)
  if (parsed.port === 0) throw addressError(flag, text, 'is not an address to dial; write host:port')
  return isAnyHost(parsed.host) ? { ...parsed, host: '127.0.0.1' } : parsed
}

function address(flag: string, text: string): Address {
  const parsed = parseAddress(text)
  if (parsed === null) throw addressError(flag, text, 'is not an address; write host:port')
  return parsed
}

/** The network checks its bounds. */
function bits(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw optionError('--work', `--work takes a whole number, not '${text}'`)
}

function networkName(flag: string, text: string): string {
  if (isNetworkName(text)) return text
  throw optionError(flag, `${flag} takes a word of letters, digits, '.', '_' and '-', not '${text}'`)
}

// A program's options, validated once and completed with defaults. Nothing checks them again afterwards.
import { isUint8Array } from 'node:util/types'
import {
  FloodnetError,
  isDialable,
  isLoopback,
  type LimitName,
  type Limits,
  optionError,
  type PartialJoinOptions,
  parseAddress,
  resolveLimits
} from '@floodnet/core'
import type { NetworkOptions } from '../api.ts'
import { addressError, DEFAULT_PORT, type Entries, parseEntry, sortEntries } from '../finding/entries.ts'
import { networkOf, refuseOtherNetwork } from '../finding/network-of.ts'
import { checkOwnCertificate } from '../identity/certificate.ts'
import { createIdentity, type Identity } from '../identity/identity.ts'
import { loadIdentity } from '../identity/identity-file.ts'
import { selfSignedCertificate } from '../identity/self-signed.ts'
import type { ListenSetting } from '../membership/listening.ts'
import { PeerMemory } from '../membership/peer-memory.ts'
import { checkRuntime } from './runtime.ts'

/** The actor's own deadline for a dial, as a multiple of the worker's: it only matters if the worker never answers. */
const DIAL_GRACE = 2
const MAX_NAME_BYTES = 255
const MIN_KEY_BYTES = 16
const OPTION_NAMES = new Set<string>([
  'listen',
  'join',
  'discover',
  'name',
  'identity',
  'advertise',
  'mapPort',
  'workers',
  'security',
  'allowInsecure',
  'key',
  'ca',
  'cert',
  'desiredLinks',
  'maxLinks',
  'walkHops',
  'inboxLimit',
  'parents',
  'repairMs',
  'workBits',
  'limits',
  'signal',
  'logger'
])
const TOP_LEVEL_LIMITS: readonly LimitName[] = [
  'workers',
  'desiredLinks',
  'maxLinks',
  'walkHops',
  'inboxLimit',
  'parents',
  'repairMs',
  'workBits'
]

/** Who a node is, and what of it is kept in files. */
export interface Kept {
  readonly identity: Identity
  /** Null if the identity is not kept. */
  readonly identityFile: string | null
  /** What the user should know about the identity file; null if all is well. */
  readonly notice: string | null
  /** Null if the identity is not kept. */
  readonly memory: PeerMemory | null
}

/** Says who the node is in this network. */
export type Who = (networkId: Uint8Array) => Promise<Kept>

export interface Settings extends Kept {
  readonly listen: ListenSetting | null
  readonly join: Entries
  /** Looks for others on the local networks. */
  readonly lan: boolean
  readonly networkId: Uint8Array
  /** Null if we know only its id, from a ticket. */
  readonly name: string | null
  /** PEM; null without TLS. */
  readonly certificate: string | null
  readonly authority: string | null
  readonly secret: Uint8Array | null
  readonly advertise: string | null
  /** Whether to ask a router to map our port. */
  readonly mapPort: boolean
  readonly allowInsecure: boolean
  readonly limits: Limits
}

/** @throws ERR_FLOODNET_OPTION, _ADDRESS, _IDENTITY, _CERTIFICATE or _INSECURE, naming what is wrong. */
export function resolveSettings(options: NetworkOptions): Promise<Settings> {
  return settingsOf(options, null, () => whoStarts(options.identity))
}

/**
 * `who` is called once everything else is right. `same`: the network to join, whatever its name; null: see the options.
 */
export async function settingsOf(options: NetworkOptions, same: Settings | null, who: Who): Promise<Settings> {
  checkNames(options)
  const limits = resolveLimits({ ...options.limits, ...topLevelLimits(options) })
  const secure = isSecure(options)
  checkRuntime(secure)
  const allowInsecure = options.allowInsecure === true
  const listen = listenSetting(options.listen, secure || allowInsecure ? '::' : '127.0.0.1')
  const join = joinEntries(options.join)
  if (!secure && !allowInsecure) refuseFarAddresses(listen, join)
  const { name, networkId, secret } = same === null ? networkIn(options, join, secure) : networkAgain(same, join)
  checkAuthorityOptions(options, secure)
  const advertise = advertiseOf(options.advertise)
  const kept = await who(networkId)
  const { certificate, authority } = secure
    ? certificatesOf(options, kept.identity)
    : { certificate: null, authority: null }
  const lan = isLanWanted(options.discover)
  return {
    listen,
    join,
    lan,
    networkId,
    name,
    ...kept,
    certificate,
    authority,
    secret,
    advertise,
    mapPort: options.mapPort === true,
    allowInsecure,
    limits
  }
}

async function whoStarts(file: string | undefined): Promise<Kept> {
  const nowMs = Date.now()
  if (file === undefined) return { identity: createIdentity(nowMs), identityFile: null, notice: null, memory: null }
  const { identity, kept, notice } = await loadIdentity(file, nowMs)
  return { identity, identityFile: kept ? file : null, notice, memory: await PeerMemory.load(file, performance.now()) }
}

type NetworkIn = Pick<Settings, 'name' | 'networkId' | 'secret'>

function networkIn({ name: named, key: given }: NetworkOptions, { tickets }: Entries, secure: boolean): NetworkIn {
  const { name, networkId, key } = networkOf(named === undefined ? null : nameOf(named), tickets)
  const secret = secretOf(given ?? key, secure)
  refuseOtherKey(secret, key)
  return { name, networkId, secret }
}

function networkAgain({ name, networkId, secret }: Settings, { tickets }: Entries): NetworkIn {
  for (const ticket of tickets) refuseOtherNetwork('join', ticket, { networkId, secret })
  return { name, networkId, secret }
}

/** What the join actor needs of the settings. */
export function joinOptionsOf({ identity, join, memory, limits }: Settings): PartialJoinOptions {
  const { desiredLinks, maxLinks, walkHops, retryMinMs, retryMaxMs } = limits
  const dialDeadlineMs = limits.dialTimeoutMs * DIAL_GRACE
  const remembered = memory?.remembered ?? []
  const known = { id: identity.id, entries: join.addresses, pinned: join.pinned, remembered }
  return {
    // Nobody can make a node look names up, and the node itself chooses three of its neighbours.
    literalsOnly: true,
    dialledLinks: 3,
    ...known,
    desiredLinks,
    maxLinks,
    walkHops,
    retryMinMs,
    retryMaxMs,
    dialDeadlineMs
  }
}

function checkNames(options: NetworkOptions): void {
  for (const name of Object.keys(options))
    if (!OPTION_NAMES.has(name)) throw optionError(name, `unknown option ${name}`)
  const { limits } = options
  if (limits === undefined) return
  for (const name of TOP_LEVEL_LIMITS)
    if (name in limits) throw optionError(name, `option ${name} does not belong under limits`)
}

function topLevelLimits(options: NetworkOptions): Record<string, unknown> {
  return Object.fromEntries(TOP_LEVEL_LIMITS.map((name) => [name, options[name as keyof NetworkOptions]]))
}

function listenSetting(listen: NetworkOptions['listen'], defaultHost: string): ListenSetting | null {
  if (listen === false) return null
  if (listen === undefined) return { endpoint: { host: defaultHost, port: DEFAULT_PORT }, search: true }
  const address = typeof listen === 'string' ? parseAddress(listen) : null
  if (address === null) throw addressError('listen', listen)
  return { endpoint: { host: address.host === '' ? '::' : address.host, port: address.port }, search: false }
}

/** @throws ERR_FLOODNET_ADDRESS */
export function joinEntries(join: NetworkOptions['join']): Entries {
  const list: readonly unknown[] = join === undefined || join === null ? [] : Array.isArray(join) ? join : [join]
  return sortEntries(
    list.map((text) => {
      if (typeof text !== 'string') throw addressError('join', text)
      return parseEntry('join', text)
    })
  )
}

function isLanWanted(discover: NetworkOptions['discover']): boolean {
  if (discover === undefined) return false
  const isList = Array.isArray(discover) && discover.every((source) => source === 'lan')
  if (!isList) throw optionError('discover', "option discover must be a list that holds 'lan', or nothing")
  return discover.length > 0
}

function isSecure({ security }: NetworkOptions): boolean {
  if (security === undefined || security === 'tls') return true
  if (security === 'none') return false
  throw optionError('security', `option security must be 'tls' or 'none', not ${String(security)}`)
}

function refuseFarAddresses(listen: ListenSetting | null, { addresses, pinned }: Entries): void {
  const named = [...addresses, ...pinned.map(({ address }) => address)]
  const hosts = named.map((text) => parseAddress(text)?.host ?? '')
  if (listen !== null) hosts.push(listen.endpoint.host)
  const far = hosts.find((host) => !isLoopback(host))
  if (far !== undefined) throw insecureError(far)
}

/** The error for `security: 'none'` on an address that others can reach. */
export function insecureError(host: string): FloodnetError {
  return new FloodnetError(
    'ERR_FLOODNET_INSECURE',
    `security 'none' is for loopback addresses, and ${host} is none; allowInsecure: true forces it`,
    { subject: host }
  )
}

/** A ticket's key is the network's: a node with another key could not join. */
function refuseOtherKey(secret: Uint8Array | null, key: Uint8Array | undefined): void {
  if (key !== undefined && (secret === null || Buffer.compare(secret, key) !== 0))
    throw optionError('key', 'option key is not the key in the ticket')
}

function secretOf(key: NetworkOptions['key'], secure: boolean): Uint8Array | null {
  if (key === undefined) return null
  if (!secure) throw optionError('key', "option key needs security 'tls': it is proved over the encrypted link")
  const bytes = typeof key === 'string' ? Buffer.from(key) : key
  // Copied: the program may have more in its buffer, or another realm's bytes, which are not an instance of our
  // `Uint8Array`.
  if (isUint8Array(bytes) && bytes.length >= MIN_KEY_BYTES) return Uint8Array.from(bytes)
  throw optionError('key', `option key must have at least ${MIN_KEY_BYTES} bytes`)
}

function checkAuthorityOptions({ ca, cert, identity }: NetworkOptions, secure: boolean): void {
  if (ca === undefined && cert === undefined) return
  if (!secure) throw optionError('ca', "options ca and cert need security 'tls'")
  if (ca === undefined || cert === undefined || identity === undefined) {
    throw optionError(
      'ca',
      'options ca, cert and identity belong together: the certificate is for the key in the identity file'
    )
  }
}

function certificatesOf(
  { ca, cert }: NetworkOptions,
  identity: Identity
): { certificate: string; authority: string | null } {
  if (ca === undefined || cert === undefined) return { certificate: selfSignedCertificate(identity), authority: null }
  checkOwnCertificate(cert, ca, identity)
  return { certificate: cert, authority: ca }
}

function advertiseOf(advertise: string | undefined): string | null {
  if (advertise === undefined) return null
  if (typeof advertise === 'string' && isDialable(advertise)) return advertise
  throw addressError('advertise', advertise)
}

function nameOf(name: string): string {
  if (typeof name === 'string' && name !== '' && Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  throw optionError('name', `option name must be a text of 1 to ${MAX_NAME_BYTES} bytes`)
}

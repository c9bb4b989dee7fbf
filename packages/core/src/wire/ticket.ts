// Tickets: everything that somebody needs to join, in one text that can be sent, read aloud or shown as a QR code.
//
//   floodnet:<base32 of>  header  network  1-4 x peer  [key]  check
//   header   1 byte: version (high 4 bits) 1, key 0x08, network as id 0x04, peers - 1 (low 2 bits)
//   network  its name: length (1 byte), UTF-8, where length 0 is the default network; or its id: 32 bytes
//   peer     kind (1 byte): 4 IPv4, 6 IPv6, 0 name, and 0x80 when it is the peer before at one more address; id (32 bytes) unless 0x80;
//            4 or 16 bytes of address, or length (1 byte) and name; port (u16)
//   key      length (1 byte), bytes
//   check    CRC-24 (RFC 9580) of all before it: a typing error is a word and not a failed dial
import { formatAddress, isDialable, parseAddress } from '../address.ts'
import { fromHex, toHex } from '../bytes.ts'
import { ipBytes } from '../ip.ts'
import { fromBase32, toBase32 } from './base32.ts'

export const TICKET_PREFIX = 'floodnet:'
/** A peer and one of its addresses. */
export interface TicketPeer {
  /** Ed25519 public key, 64 hex digits. */
  readonly id: string
  /** 'host:port' */
  readonly address: string
}

export interface Ticket {
  /** The network's name, '' for the default one; or its id, 32 bytes, if the name is too long. */
  readonly network: string | Uint8Array
  /** One to four. */
  readonly peers: readonly TicketPeer[]
  /** The network's shared key. Whoever has the ticket has the key too. */
  readonly key: Uint8Array | null
}

/** What is wrong with a text that should be a ticket. */
export type TicketFault = 'no-ticket' | 'wrong-version' | 'mistyped' | 'malformed'

export const MAX_TICKET_PEERS = 4
/**
 * Names up to this length are written as they are. A longer name would take more room than the id, which is enough to
 * join.
 */
export const MAX_TICKET_NAME_BYTES = 31
/** Room for every key of a line or two; its length is one byte. */
export const MAX_TICKET_KEY_BYTES = 255
/** Four peers with host names and the longest key. Nothing longer is read. */
const MAX_TICKET_CHARACTERS = 2_560

const VERSION = 1
const HAS_KEY = 0x08
const HAS_ID = 0x04
const SAME_PEER = 0x80
const NETWORK_ID_BYTES = 32
const CHECK_BYTES = 3

/** The ticket as text, in lower case. Its fields must be within the limits above. */
export function encodeTicket({ network, peers, key }: Ticket): string {
  const isName = typeof network === 'string'
  const header = (VERSION << 4) | (key === null ? 0 : HAS_KEY) | (isName ? 0 : HAS_ID) | (peers.length - 1)
  const bytes = [header, ...(isName ? prefixed(new TextEncoder().encode(network)) : network)]
  let before = ''
  for (const peer of peers) {
    bytes.push(...peerBytes(peer, peer.id === before))
    before = peer.id
  }
  if (key !== null) bytes.push(...prefixed(key))
  return TICKET_PREFIX + toBase32([...bytes, ...checkOf(bytes)])
}

/** Whether a text is meant as a ticket. */
export function isTicket(text: string): boolean {
  return text.slice(0, TICKET_PREFIX.length).toLowerCase() === TICKET_PREFIX
}

/** The ticket in a text, in upper or lower case, or what is wrong with it. */
export function decodeTicket(text: string): Ticket | TicketFault {
  if (!isTicket(text) || text.length > MAX_TICKET_CHARACTERS) return 'no-ticket'
  const bytes = fromBase32(text.slice(TICKET_PREFIX.length).toLowerCase())
  if (bytes === null || bytes.length <= CHECK_BYTES) return 'mistyped'
  const body = bytes.slice(0, -CHECK_BYTES)
  if (checkOf(body).join() !== bytes.slice(-CHECK_BYTES).join()) return 'mistyped'
  if ((body[0] ?? 0) >> 4 !== VERSION) return 'wrong-version'
  return readBody(new Cursor(body)) ?? 'malformed'
}

/** Reads on from the current place; null beyond the end. */
class Cursor {
  readonly #bytes: readonly number[]
  #at = 0

  constructor(bytes: readonly number[]) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  take(count: number): readonly number[] | null {
    const end = this.#at + count
    if (end > this.#bytes.length) return null
    const taken = this.#bytes.slice(this.#at, end)
    this.#at = end
    return taken
  }

  byte(): number | null {
    return this.take(1)?.[0] ?? null
  }

  prefixed(): Uint8Array | null {
    const length = this.byte()
    const bytes = length === null ? null : this.take(length)
    return bytes === null ? null : Uint8Array.from(bytes)
  }
}

function readBody(cursor: Cursor): Ticket | null {
  const header = cursor.byte() ?? 0
  const network = header & HAS_ID ? idIn(cursor) : nameIn(cursor)
  const peers: TicketPeer[] = []
  for (let i = 0; i <= (header & 3); i++) {
    const peer = peerIn(cursor, peers.at(-1)?.id ?? null)
    if (peer === null) return null
    peers.push(peer)
  }
  const key = header & HAS_KEY ? cursor.prefixed() : null
  if (network === null || (header & HAS_KEY && key === null) || !cursor.isAtEnd) return null
  return { network, peers, key }
}

function idIn(cursor: Cursor): Uint8Array | null {
  const bytes = cursor.take(NETWORK_ID_BYTES)
  return bytes === null ? null : Uint8Array.from(bytes)
}

function nameIn(cursor: Cursor): string | null {
  const bytes = cursor.prefixed()
  return bytes === null || bytes.length > MAX_TICKET_NAME_BYTES ? null : utf8(bytes)
}

function peerIn(cursor: Cursor, before: string | null): TicketPeer | null {
  const kind = cursor.byte()
  if (kind === null) return null
  const idBytes = kind & SAME_PEER ? null : cursor.take(32)
  const id = kind & SAME_PEER ? before : idBytes && toHex(Uint8Array.from(idBytes))
  const host = hostIn(cursor, kind & ~SAME_PEER)
  const port = cursor.take(2)
  if (id === null || host === null || port === null) return null
  const address = formatAddress({ host, port: ((port[0] ?? 0) << 8) | (port[1] ?? 0) })
  return isDialable(address) ? { id, address } : null
}

function hostIn(cursor: Cursor, kind: number): string | null {
  if (kind === 4) return cursor.take(4)?.join('.') ?? null
  if (kind === 0) {
    const name = cursor.prefixed()
    return name === null ? null : utf8(name)
  }
  const bytes = kind === 6 ? cursor.take(16) : null
  if (bytes === null) return null
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  return shortened(words)
}

/** RFC 5952: leave out the longest run of zeros, the first if several are equally long. */
function shortened(words: readonly number[]): string {
  const text = words.map((word) => word.toString(16)).join(':')
  const runs = [...text.matchAll(/\b0(:0)+\b/g)]
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (a, b) => (a && a[0].length >= b[0].length ? a : b),
    undefined
  )
  if (longest === undefined) return text
  const [head, tail] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)]
  return `${head.replace(/:$/, '')}::${tail.replace(/^:/, '')}`
}

function peerBytes({ id, address }: TicketPeer, isSame: boolean): number[] {
  const { host, port } = parseAddress(address) ?? { host: '', port: 0 }
  const ip = ipBytes(host)
  const kind = ip === null ? 0 : ip.length === 4 ? 4 : 6
  const hostBytes = ip ?? prefixed(new TextEncoder().encode(host))
  return [kind | (isSame ? SAME_PEER : 0), ...(isSame ? [] : (fromHex(id) ?? [])), ...hostBytes, port >> 8, port & 0xff]
}

function prefixed(bytes: Uint8Array): number[] {
  return [bytes.length, ...bytes]
}

function utf8(bytes: Uint8Array): string | null {
  const text = new TextDecoder().decode(bytes)
  return text.includes('\ufffd') ? null : text
}

function checkOf(bytes: readonly number[]): number[] {
  let crc = 0xb704ce
  for (const byte of bytes) {
    crc ^= byte << 16
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ 0x1864cfb : crc << 1
    crc &= 0xffffff
  }
  return [crc >> 16, (crc >> 8) & 0xff, crc & 0xff]
}

// IP addresses as text: the bytes they stand for, and how far they reach. This file does not look names up.

/**
 * From where an address leads to the same place. `nowhere`: unspecified, multicast and reserved addresses, which nobody
 * can dial. `machine`: loopback. `link`: the local network of one interface. `network`: everything else, including
 * names.
 */
export type Reach = 'nowhere' | 'machine' | 'link' | 'network'

/** Without leading zeros, because some systems read numbers with them as octal. */
const V4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/
const HEXTETS = 8

/**
 * The 4 bytes of an IPv4 address (also IPv4-mapped) or the 16 of an IPv6 address, without its zone; null if it is no IP
 * address.
 */
export function ipBytes(host: string): readonly number[] | null {
  const text = withoutZone(host)
  if (!text.includes(':')) return v4Bytes(text)
  const bytes = v6Bytes(text)
  if (bytes === null) return null
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return mapped ? bytes.slice(12) : bytes
}

/** How far a host reaches, whatever its spelling. */
export function reachOf(host: string): Reach {
  const bytes = ipBytes(host)
  if (bytes === null) return /^(.*\.)?localhost\.?$/i.test(host) ? 'machine' : 'network'
  return bytes.length === 4 ? v4Reach(bytes) : v6Reach(bytes)
}

/** A zone (`%eth0`) names an interface of one machine, so it is useless to any other. */
export function withoutZone(host: string): string {
  return host.replace(/%.*$/, '')
}

/** Whether two texts are the same address, or the same name. */
export function sameHost(a: string, b: string): boolean {
  const [one, other] = [ipBytes(a), ipBytes(b)]
  return one === null || other === null ? a.toLowerCase() === b.toLowerCase() : one.join() === other.join()
}

/** What one machine is likely to have: an IPv4 address or an IPv6 /64 network. A name stays as it is. */
export function sourceOf(host: string): string {
  const bytes = ipBytes(host)
  if (bytes === null) return host.toLowerCase()
  return bytes.length === 4 ? bytes.join('.') : `${bytes.slice(0, 8).join('.')}/64`
}

/**
 * The canonical spelling of an IP address (RFC 5952 for IPv6); null for names, zones, and other spellings of numbers.
 */
export function canonicalHost(host: string): string | null {
  const bytes = host.includes('%') ? null : ipBytes(host)
  if (bytes === null || bytes.length === 4) return bytes?.join('.') ?? null
  const words = Array.from({ length: HEXTETS }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  const { start, length } = longestZeros(words)
  const written = words.map((word) => word.toString(16))
  if (length < 2) return written.join(':')
  return `${written.slice(0, start).join(':')}::${written.slice(start + length).join(':')}`
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  words.forEach((word, i) => {
    if (word !== 0) start = i + 1
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start }
  })
  return best
}

function v4Reach([first, second]: readonly number[]): Reach {
  if (first === 127) return 'machine'
  if (first === 169 && second === 254) return 'link'
  // "This network", multicast, and what was never assigned, including broadcast (RFC 6890).
  return first === 0 || (first !== undefined && first >= 224) ? 'nowhere' : 'network'
}

function v6Reach(bytes: readonly number[]): Reach {
  const [first = 0, second = 0] = bytes
  if (bytes.slice(0, 15).every((byte) => byte === 0)) {
    if (bytes[15] === 0) return 'nowhere'
    if (bytes[15] === 1) return 'machine'
  }
  if (first === 0xff) return 'nowhere'
  return first === 0xfe && (second & 0xc0) === 0x80 ? 'link' : 'network'
}

function v4Bytes(text: string): readonly number[] | null {
  const bytes = V4.exec(text)?.slice(1).map(Number)
  return bytes?.every((byte) => byte < 256) ? bytes : null
}

function v6Bytes(text: string): readonly number[] | null {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return null
  const left = hextets(head)
  const right = tail === undefined ? [] : hextets(tail)
  if (left === null || right === null) return null
  const missing = HEXTETS - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const zeros: number[] = new Array(Math.max(0, missing)).fill(0)
  return [...left, ...zeros, ...right].flatMap((value) => [value >> 8, value & 0xff])
}

/** The numbers between colons; the last two may be written as an IPv4 address. */
function hextets(text: string): number[] | null {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const v4 = last.includes('.') ? v4Bytes(last) : []
  if (v4 === null) return null
  const words = v4.length === 0 ? parts : parts.slice(0, -1)
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null
  const [a = 0, b = 0, c = 0, d = 0] = v4
  return [...words.map((word) => Number.parseInt(word, 16)), ...(v4.length === 0 ? [] : [(a << 8) | b, (c << 8) | d])]
}

// What nodes of one network tell each other by multicast DNS (RFC 6762, RFC 6763): "who is there" and "I am, at this
// port". A hash names the network, so somebody who does not know its name only learns that it exists.
import { createHash } from 'node:crypto'

const SERVICE = '_floodnet._tcp.local'
/** A DNS label may have 63; this is enough to tell networks apart. */
const NETWORK_DIGITS = 20
/** RFC 6762's value for records that name a host. */
const TTL_S = 120
/** A packet that names more is not the answer of one node. A guess. */
const MAX_RECORDS = 32

/** The parts of multicast-dns's records that we use. */
export interface DnsRecord {
  readonly name: string
  readonly type: string
  readonly ttl?: number | undefined
  readonly data?: unknown
}

export interface DnsMessage {
  readonly questions?: readonly { readonly name: string; readonly type: string }[] | undefined
  readonly answers?: readonly DnsRecord[] | undefined
  readonly additionals?: readonly DnsRecord[] | undefined
}

/** A node that announced itself; its host is where the packet came from. */
export interface Announced {
  readonly id: string
  readonly port: number
}

/** The name under which nodes of a network look for each other. */
export function browseName(networkId: Uint8Array): string {
  const digest = createHash('sha256').update('floodnet/1 local network').update(networkId).digest('hex')
  return `${digest.slice(0, NETWORK_DIGITS)}._sub.${SERVICE}`
}

export function question(browse: string): { questions: { name: string; type: 'PTR' }[] } {
  return { questions: [{ name: browse, type: 'PTR' }] }
}

/** "I am at this port", or with a time to live of 0, "I am leaving". */
export function announcement(browse: string, { id, port }: Announced, ttl = TTL_S) {
  const instance = `${id.slice(0, 32)}.${SERVICE}`
  return {
    answers: [
      { name: browse, type: 'PTR' as const, ttl, data: instance },
      { name: instance, type: 'SRV' as const, ttl, data: { target: `${id.slice(0, 32)}.local`, port } },
      { name: instance, type: 'TXT' as const, ttl, data: [`id=${id}`] }
    ]
  }
}

export function isAsked(browse: string, { questions = [] }: DnsMessage): boolean {
  return questions
    .slice(0, MAX_RECORDS)
    .some(({ name, type }) => (type === 'PTR' || type === 'ANY') && same(name, browse))
}

/** The nodes of this network that a packet announces. */
export function announcedIn(browse: string, { answers = [], additionals = [] }: DnsMessage): Announced[] {
  const records = [...answers, ...additionals].slice(0, MAX_RECORDS)
  const instances = records.filter(({ name, type, ttl }) => type === 'PTR' && ttl !== 0 && same(name, browse))
  return instances.flatMap(({ data }) => {
    const own = records.filter(({ name }) => typeof data === 'string' && same(name, data))
    const port = own.map(portIn).find((each) => each !== null)
    const id = own.map(idIn).find((each) => each !== null)
    return port == null || id == null ? [] : [{ id, port }]
  })
}

function portIn({ type, data }: DnsRecord): number | null {
  if (type !== 'SRV' || typeof data !== 'object' || data === null) return null
  const { port } = data as { port?: unknown }
  return typeof port === 'number' && port > 0 && port < 65_536 ? port : null
}

function idIn({ type, data }: DnsRecord): string | null {
  if (type !== 'TXT') return null
  const texts = (Array.isArray(data) ? data : [data]).map(String)
  return texts.map((text) => /^id=([0-9a-f]{64})$/.exec(text)?.[1]).find((id) => id !== undefined) ?? null
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

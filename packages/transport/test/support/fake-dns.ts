// A name server for tests: answers from a table, or not at all.
import { createSocket, type RemoteInfo } from 'node:dgram'
import dns from 'node:dns'
import { once } from 'node:events'

export type Answer =
  | { readonly a: string }
  | { readonly aaaa: string }
  | { readonly txt: string }
  | { readonly srv: { readonly host: string; readonly port: number; readonly priority?: number } }

export interface FakeDns {
  /** Questions heard, as 'name TYPE'. */
  readonly asked: string[]
  /** What it answers; names that are not there do not exist. May be changed at any time. */
  readonly table: Map<string, readonly Answer[]>
  /** Names about which it says nothing at all. */
  readonly silent: Set<string>
  close(): Promise<void>
}

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 16: 'TXT', 28: 'AAAA', 33: 'SRV' }
const SILENT_ALL = '*'

/** From now on this process asks it, and nobody else, until it is closed. */
export async function startDns(): Promise<FakeDns> {
  const server = createSocket('udp4')
  const before = dns.getServers()
  const fake = { asked: [] as string[], table: new Map<string, readonly Answer[]>(), silent: new Set<string>() }
  server.on('message', (question, remote) => reply(fake, question, remote, (bytes) => server.send(bytes, remote.port)))
  await once(server.bind(0, '127.0.0.1'), 'listening')
  dns.setServers([`127.0.0.1:${server.address().port}`])
  const close = async (): Promise<void> => {
    dns.setServers(before)
    await new Promise<void>((resolve) => server.close(resolve))
  }
  return { ...fake, close }
}

function reply(
  { asked, table, silent }: Omit<FakeDns, 'close'>,
  question: Buffer,
  _: RemoteInfo,
  send: (bytes: Buffer) => void
): void {
  const { name, end } = readName(question)
  const type = TYPES[question.readUInt16BE(end)] ?? ''
  asked.push(`${name} ${type}`)
  if (silent.has(name) || silent.has(SILENT_ALL) || silent.has(`${name} ${type}`)) return
  const all = table.get(name)
  const answers = (all ?? []).filter((answer) => type.toLowerCase() in answer)
  const header = Buffer.alloc(12)
  question.copy(header, 0, 0, 2)
  // A response, with recursion; 3: there is no such name.
  header.writeUInt16BE(0x8180 | (all === undefined ? 3 : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(answers.length, 6)
  send(Buffer.concat([header, question.subarray(12, end + 4), ...answers.map(record)]))
}

function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

/** The question's name, by reference; class IN, one second to live. */
function record(answer: Answer): Buffer {
  const [type, data] = dataOf(answer)
  const head = Buffer.from('c00c0000000100000001', 'hex')
  head.writeUInt16BE(type, 2)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(data.length)
  return Buffer.concat([head, length, data])
}

function dataOf(answer: Answer): [type: number, data: Buffer] {
  if ('a' in answer) return [1, Buffer.from(answer.a.split('.').map(Number))]
  if ('aaaa' in answer) return [28, v6Bytes(answer.aaaa)]
  if ('txt' in answer) return [16, text(answer.txt)]
  const { host, port, priority = 0 } = answer.srv
  const numbers = Buffer.alloc(6)
  numbers.writeUInt16BE(priority)
  numbers.writeUInt16BE(port, 4)
  return [33, Buffer.concat([numbers, ...host.split('.').map(text), Buffer.alloc(1)])]
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')])
}

/** Written out, or '::1'. */
function v6Bytes(address: string): Buffer {
  const words =
    address === '::1' ? [0, 0, 0, 0, 0, 0, 0, 1] : address.split(':').map((word) => Number.parseInt(word, 16))
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]))
}

// A member that goes by the original's rules (v1.1.3, as recorded): addresses are text, a broadcast asks one member
// after another and ends at the first that cannot be reached, and whatever is answered is not looked at.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Peer } from '../../src/gop2p/index.ts'

type Members = readonly Peer[]
interface Wire {
  readonly type: number
  readonly data: string | null
  readonly from: Peer
}

export class OriginalMember {
  readonly self: Peer
  /** As text, in the order in which they came. */
  readonly members: string[] = []
  readonly heard: string[] = []
  /** Why broadcasts ended early. */
  readonly errors: string[] = []
  readonly #server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing))

  private constructor(self: Peer) {
    this.self = self
  }

  /** @param address what it calls itself; it listens on all addresses of this machine */
  static async start(address = 'localhost', port = 0): Promise<OriginalMember> {
    const probe = createServer()
    await new Promise<void>((resolve) => probe.listen(port, '::', resolve))
    const bound = (probe.address() as AddressInfo).port
    await new Promise((resolve) => probe.close(resolve))
    const member = new OriginalMember({ port: bound, address })
    await new Promise<void>((resolve) => member.#server.listen(bound, '::', resolve))
    return member
  }

  get name(): string {
    return nameOf(this.self)
  }

  /** Joins by an entry, which it knows by the text that it is given. */
  async connect(entry: Peer): Promise<void> {
    const listed: Members = JSON.parse(await this.#ask(nameOf(entry), 0, null))
    for (const peer of listed) {
      if (nameOf(peer) === this.name) continue
      await this.#ask(nameOf(peer), 0, null)
      this.#append(nameOf(peer))
    }
    this.#append(nameOf(entry))
  }

  async say(text: string): Promise<void> {
    for (const member of [...this.members]) {
      try {
        await this.#ask(member, 2, Buffer.from(text).toString('base64'))
      } catch (error) {
        this.errors.push((error as Error).message)
        return
      }
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    if (incoming.headers.host === this.name) return end(outgoing, 400, 'You can not connect with yourself.\n')
    if (incoming.method === 'OPTIONS') return end(outgoing, 204, '')
    const { type, data, from }: Wire = JSON.parse(Buffer.concat(chunks).toString())
    const list = JSON.stringify(this.members.map(peerOf))
    if (type === 0) this.#append(nameOf(from))
    else if (!this.members.includes(nameOf(from))) return end(outgoing, 403, 'Peer not registered\n')
    if (type === 1) this.members.splice(this.members.indexOf(nameOf(from)), 1)
    if (type >= 2) this.heard.push(Buffer.from(data ?? '', 'base64').toString())
    end(outgoing, 200, type === 0 ? list : '')
  }

  #append(name: string): void {
    if (!this.members.includes(name)) this.members.push(name)
  }

  #ask(member: string, type: number, data: string | null): Promise<string> {
    const { address, port } = peerOf(member)
    const host = address === '0.0.0.0' ? '127.0.0.1' : address.replace(/^\[|\]$/g, '')
    return new Promise((resolve, reject) => {
      const options = { host, port, method: 'POST', agent: false, headers: { Host: this.name } } as const
      const outgoing = request(options, async (incoming) => {
        const chunks: Buffer[] = []
        for await (const chunk of incoming) chunks.push(chunk)
        resolve(Buffer.concat(chunks).toString())
      })
      outgoing.on('error', reject)
      outgoing.end(JSON.stringify({ type, data, from: this.self }))
    })
  }
}

function end(outgoing: ServerResponse, status: number, body: string): void {
  outgoing.writeHead(status)
  outgoing.end(body)
}

function nameOf({ address, port }: Peer): string {
  return `${address}:${port}`
}

function peerOf(name: string): Peer {
  const at = name.lastIndexOf(':')
  return { port: Number(name.slice(at + 1)), address: name.slice(0, at) }
}

// A network in memory, for tests of the chat alone: nodes on one hub hear each other at once, and whatever a test makes
// happen happens.
import { createHash, randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type {
  Entry,
  EntryOutcome,
  Message,
  Network,
  NetworkEvent,
  NetworkEvents,
  Peer,
  Receipt,
  WriteOptions
} from '@floodnet/transport'
import { Subject } from 'rxjs'

export class FakeHub {
  readonly nodes: FakeNetwork[] = []

  node(idStart: string, address = '127.0.0.1:40000'): FakeNetwork {
    const node = new FakeNetwork(this, idStart.padEnd(64, '0'), address)
    for (const other of this.nodes) {
      node.addPeer(other.id, other.address)
      other.addPeer(node.id, address)
    }
    this.nodes.push(node)
    return node
  }
}

export class FakeNetwork extends EventEmitter implements Network {
  readonly id: string
  readonly address: string
  readonly peers: Peer[] = []
  readonly entries: Entry[] = []
  readonly messages$ = new Subject<Message>()
  readonly events$ = new Subject<NetworkEvent>()
  readonly closed: Promise<void>
  /** Addresses passed to connect(). */
  readonly connected: string[] = []
  /** Payloads passed to write(). */
  readonly written: Uint8Array[] = []
  /** Which of them were to take a stem first. */
  readonly stemmed: boolean[] = []
  /** The same as others got them. */
  readonly sent: Message[] = []
  /** What it was told last. */
  known: readonly string[] = []
  away = false
  /** How often it has joined again. */
  rejoined = 0
  readonly #hub: FakeHub
  #inbox: Message[] = []
  #wake: (() => void) | null = null
  #settle: { resolve(): void; reject(error: Error): void }
  #ended = false
  #seq = 0

  constructor(hub: FakeHub, id: string, address: string) {
    super()
    this.#hub = hub
    this.id = id
    this.address = address
    let settle: { resolve(): void; reject(error: Error): void } | null = null
    this.closed = new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.closed.catch(() => undefined)
    if (settle === null) throw new Error('a promise runs its executor at once')
    this.#settle = settle
  }

  async write(message: Uint8Array | string, options: WriteOptions = {}): Promise<Receipt> {
    if (this.#ended) throw Object.assign(new Error('the network is closed'), { code: 'ERR_FLOODNET_CLOSED' })
    if (this.away) throw Object.assign(new Error('this node has left its network'), { code: 'ERR_FLOODNET_AWAY' })
    const payload = typeof message === 'string' ? new TextEncoder().encode(message) : message
    this.written.push(payload)
    this.stemmed.push(options.stem ?? false)
    const oneTime = options.oneTime !== undefined
    const place = { incarnation: 1, seq: oneTime ? 1 : ++this.#seq, index: 0 }
    const origin = oneTime ? randomBytes(32).toString('hex') : this.id
    const sent = { payload, origin, ...place, hops: oneTime ? 0 : 1 }
    this.sent.push(sent)
    for (const node of this.#hub.nodes) if (node !== this) node.deliver(sent)
    return { origin, ...place, links: this.peers.length }
  }

  know(ids: Iterable<string>): void {
    this.known = [...ids]
  }

  openPacketLink(): never {
    throw new Error('a chat opens none')
  }

  ticket(): string {
    return 'floodnet:ticket'
  }

  /** No real signature, but as hard to mistake for another's. */
  sign(context: string, message: Uint8Array): Uint8Array {
    return fakeSignature(this.id, context, message)
  }

  verify(id: string, context: string, message: Uint8Array, signature: Uint8Array): boolean {
    return Buffer.from(fakeSignature(id, context, message)).equals(signature)
  }

  /** A message arrives. */
  deliver(message: Message): void {
    this.#inbox.push(message)
    this.#wake?.()
  }

  /** A payload of a stranger arrives. */
  receive(payload: Uint8Array | string, origin = 'ab'.repeat(32)): void {
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
    this.deliver({ payload: bytes, origin, incarnation: 1, seq: 1, index: 0, hops: 1 })
  }

  happen<K extends keyof NetworkEvents>(name: K, details: NetworkEvents[K]): void {
    this.emit(name, details)
  }

  /** An entry has another outcome. */
  settle(address: string, outcome: EntryOutcome, reason?: string): void {
    const entry = { address, outcome, id: null, ...(reason === undefined ? {} : { reason }) }
    this.happen('entry', entry)
  }

  dialFailed(address: string, reason: string): void {
    this.happen('dial', { phase: 'failed', address, attempt: 1, reason })
    this.settle(address, 'unreachable', reason)
  }

  addPeer(id: string, address = '127.0.0.1:50000'): void {
    this.peers.push({ id, address, direction: 'accepted', rttMs: null, upMs: 0, lagging: false })
    this.happen('peer-up', { id, address, direction: 'accepted' })
  }

  fail(error: Error): void {
    this.#ended = true
    this.#wake?.()
    this.#settle.reject(error)
  }

  async read(): Promise<Message> {
    for await (const message of this) return message
    throw Object.assign(new Error('the network is closed'), { code: 'ERR_FLOODNET_CLOSED' })
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Message> {
    while (true) {
      const message = this.#inbox.shift()
      if (message !== undefined) yield message
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  connect(address: string): void {
    if (!/:\d+$/.test(address)) {
      throw Object.assign(new Error(`bad address ${address}`), { code: 'ERR_FLOODNET_ADDRESS' })
    }
    this.connected.push(address)
  }

  /** Leaves the hub: the others lose it, and it them. */
  async leave(): Promise<void> {
    this.away = true
    for (const { id } of this.peers.splice(0)) this.happen('peer-down', { id, address: '', reason: 'leaving' })
    this.happen('left', {})
  }

  async join(entries?: string | null | readonly string[]): Promise<void> {
    for (const entry of [entries ?? []].flat()) this.connect(entry)
    this.away = false
    this.rejoined++
  }

  async stats(): Promise<never> {
    throw new Error('the chat asks for no stats')
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#ended = true
    this.#wake?.()
    this.#settle.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function fakeSignature(id: string, context: string, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha512').update(`${id} ${context}\n`).update(message).digest())
}

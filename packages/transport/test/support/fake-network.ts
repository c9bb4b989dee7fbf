// A network that does what a test tells it: for code that only uses the public interface.
import { EventEmitter } from 'node:events'
import { FloodnetError } from '@floodnet/core'
import type { Message, Network, NetworkEvents, NetworkOptions, Peer } from '../../src/api.ts'

export const FAKE_ID = 'ab'.repeat(32)

export interface FakeNetwork {
  readonly network: Network
  readonly options: NetworkOptions
  /** What was written, as text. */
  readonly written: string[]
  /** Calls of flush() and close(), in order. */
  readonly calls: string[]
  /** Resolves at the first call of this name. */
  called(name: 'read' | 'write' | 'flush' | 'close'): Promise<void>
  /** Lets a message come in. */
  deliver(payload: Uint8Array | string, fields?: Partial<Message>): void
  emit<K extends keyof NetworkEvents>(name: K, details: NetworkEvents[K]): void
  /** Brings up a neighbour. */
  addPeer(): void
  /** Takes all neighbours away. */
  removePeers(): void
  /** Ends the network as a failure would. */
  fail(error: Error): void
}

export function newFakeNetwork(options: NetworkOptions = {}): FakeNetwork {
  const events = new EventEmitter()
  const calls = new EventEmitter()
  const log: string[] = []
  const written: string[] = []
  const peers: Peer[] = []
  const inbox: Message[] = []
  const readers: { resolve: (message: Message) => void; reject: (error: Error) => void }[] = []
  const end = deferred()

  function call(name: string): void {
    log.push(name)
    calls.emit(name)
  }

  function endReaders(): void {
    for (const { reject } of readers.splice(0))
      reject(new FloodnetError('ERR_FLOODNET_CLOSED', 'the network has closed'))
  }

  const network: Pick<
    Network,
    'id' | 'address' | 'peers' | 'write' | 'read' | 'flush' | 'close' | 'closed' | 'on' | 'once'
  > = {
    id: FAKE_ID,
    address: '127.0.0.1:55555',
    peers,
    closed: end.promise,
    async write(message) {
      written.push(Buffer.from(message as Uint8Array).toString())
      calls.emit('write')
      return { origin: FAKE_ID, incarnation: 1, seq: written.length, index: 0, links: peers.length }
    },
    read() {
      calls.emit('read')
      const message = inbox.shift()
      return message === undefined
        ? new Promise((resolve, reject) => readers.push({ resolve, reject }))
        : Promise.resolve(message)
    },
    async flush() {
      call('flush')
    },
    async close() {
      call('close')
      endReaders()
      end.resolve()
    },
    on(name, listener) {
      events.on(name, listener)
      return this as Network
    },
    once(name, listener) {
      events.once(name, listener)
      return this as Network
    }
  }
  return {
    network: network as Network,
    options,
    written,
    calls: log,
    called: (name) => new Promise((resolve) => calls.once(name, () => resolve())),
    deliver(payload, fields = {}) {
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
      const message = { payload: bytes, origin: FAKE_ID, incarnation: 1, seq: 1, index: 0, hops: 1, ...fields }
      const reader = readers.shift()
      if (reader === undefined) inbox.push(message)
      else reader.resolve(message)
    },
    emit: (name, details) => void events.emit(name, details),
    addPeer() {
      const peer: Peer = {
        id: 'cd'.repeat(31) + (peers.length === 0 ? 'cd' : String(peers.length).padStart(2, '0')),
        address: '127.0.0.1:7',
        direction: 'dialled',
        rttMs: null,
        upMs: 0,
        lagging: false
      }
      peers.push(peer)
      events.emit('peer-up', { id: peer.id, address: peer.address, direction: peer.direction })
    },
    removePeers() {
      peers.length = 0
    },
    fail: end.reject
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve = (): void => {}
  let reject = (_: Error): void => {}
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

// A peer made by hand from docs/PROTOCOL.md on a bare socket: it can say whatever a real one would not.
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import {
  bodyOf,
  decodeLeave,
  encodeFrame,
  encodeHello,
  encodeJoin,
  encodeProbe,
  Flag,
  FrameType,
  type Hello,
  PROTOCOL_VERSION
} from '@floodnet/core'
import { until, within } from '../../../../test/support/wait.ts'
import { FrameCrypto, networkIdOf } from '../../src/identity/frame-crypto.ts'
import { createIdentity, type Identity } from '../../src/identity/identity.ts'
import { selfSignedCertificate } from '../../src/identity/self-signed.ts'
import { NETWORK_NAME } from './network-name.ts'

const LENGTH_BYTES = 4
const TYPE_OFFSET = 4
const SEQ_OFFSET = 44
const DEADLINE_MS = 15_000

export class RawPeer {
  readonly identity: Identity
  /** Author of its frames; another `origin` makes it a liar. */
  readonly author: { origin: Uint8Array; incarnation: number }
  readonly socket: net.Socket
  /** Whole frames received. */
  readonly frames: Buffer[] = []
  /** Of the network's work, as told in HELLO. */
  workBits = 0
  /** Echo probes, as a living peer does. */
  answersProbes = true
  /** DATA frames received, as long as `keepsData`. */
  readonly data: Buffer[] = []
  keepsData = false
  readonly #signer: FrameCrypto | null
  #pending: Buffer = Buffer.alloc(0)
  #seq = 0

  constructor(socket: net.Socket, identity: Identity, signer: FrameCrypto | null) {
    this.socket = socket
    this.identity = identity
    this.author = { origin: identity.publicKey, incarnation: identity.incarnation }
    this.#signer = signer
    socket.on('data', (chunk) => this.#onChunk(chunk))
    // A peer that is thrown out may see a reset.
    socket.on('error', () => undefined)
  }

  /** 'host:port' as the other side sees it. */
  get address(): string {
    return this.#address
  }
  #address = ''

  get closed(): boolean {
    return this.socket.closed || this.socket.readableEnded
  }

  noteAddress(): this {
    this.#address = `${this.socket.localAddress}:${this.socket.localPort}`
    return this
  }

  get bytesSent(): number {
    return this.socket.bytesWritten
  }

  send(bytes: Uint8Array): this {
    this.socket.write(bytes)
    return this
  }

  hello(changes: Partial<Hello> = {}): this {
    return this.send(this.helloFrame(changes))
  }

  helloFrame(changes: Partial<Hello> = {}): Uint8Array {
    return encodeHello(this.author, {
      version: PROTOCOL_VERSION,
      signed: this.#signer !== null,
      degree: 0,
      work: this.workBits,
      networkId: networkIdOf(NETWORK_NAME),
      keyProof: new Uint8Array(32),
      advertised: null,
      observed: null,
      ...changes
    })
  }

  /** Greets and waits for the greeting: the link is open. */
  async open(): Promise<this> {
    this.hello()
    await this.frame(FrameType.hello)
    return this
  }

  /** Becomes a neighbour. */
  async join(): Promise<this> {
    await this.open()
    this.send(this.joinRequest())
    await this.frame(FrameType.joinAck)
    return this
  }

  joinRequest({ sign = true, request = 1 } = {}): Uint8Array {
    const packet = {
      kind: 'join-request',
      origin: this.identity.id,
      request,
      hops: 0,
      degree: 0,
      address: null
    } as const
    const frame = encodeJoin(this.author, packet, this.#signer !== null && sign)
    if (sign) this.#signer?.sign(frame, 0, frame.length)
    return frame
  }

  ping(probe: number): this {
    return this.send(encodeProbe(FrameType.ping, this.author, probe, 0))
  }

  /** The next DATA frame of its stream. `flags` beside SIGNED. */
  dataFrame(body: Uint8Array, { flags = 0, sign = true, seq = ++this.#seq, hops = 0 } = {}): Uint8Array {
    const signed = this.#signer !== null && sign
    const frame = encodeFrame(FrameType.data, this.author, seq, body, { signed, hops })
    frame[TYPE_OFFSET + 1] = (signed ? Flag.signed : 0) | flags
    if (signed) this.#signer?.sign(frame, 0, frame.length)
    return frame
  }

  /** The first frame of this type, of the past or to come. */
  frame(type: number, deadlineMs = DEADLINE_MS): Promise<Buffer> {
    return until(
      () => this.frames.find((frame) => frame[TYPE_OFFSET] === type) ?? null,
      deadlineMs,
      () => `a frame of type ${type}; there were ${this.frames.map((frame) => frame[TYPE_OFFSET]).join(', ')}`
    )
  }

  /** Resolves when the other side has ended the connection, with the reason in its LEAVE, if it sent one. */
  async thrownOut(deadlineMs = DEADLINE_MS): Promise<string | null> {
    await until(() => this.closed, deadlineMs, 'the other side closes the connection')
    const leave = this.frames.find((frame) => frame[TYPE_OFFSET] === FrameType.leave)
    return leave === undefined ? null : decodeLeave(bodyOf(leave))
  }

  destroy(): void {
    this.socket.destroy()
  }

  #onChunk(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk])
    while (this.#pending.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#pending.readUInt32BE(0)
      if (this.#pending.length < end) return
      this.#onFrame(this.#pending.subarray(0, end))
      this.#pending = this.#pending.subarray(end)
    }
  }

  #onFrame(frame: Buffer): void {
    if (frame[TYPE_OFFSET] === FrameType.ping && this.answersProbes)
      this.send(encodeProbe(FrameType.pong, this.author, frame.readUInt32BE(SEQ_OFFSET), 0))
    if (frame[TYPE_OFFSET] !== FrameType.data) this.frames.push(frame)
    else if (this.keepsData) this.data.push(frame)
  }
}

export interface RawPeerOptions {
  readonly security: 'tls' | 'none'
  readonly identity?: Identity
  /** Over the ones that a real peer uses. */
  readonly tls?: tls.ConnectionOptions
}

/** Connects to 'host:port' and says nothing yet. */
export async function connectPeer(address: string, { security, ...options }: RawPeerOptions): Promise<RawPeer> {
  const identity = options.identity ?? createIdentity(Date.now())
  if (security === 'none') {
    const socket = await connectSocket(address)
    return new RawPeer(socket, identity, null).noteAddress()
  }
  const socket = tls.connect({
    ...endpointOf(address),
    key: identity.privateKeyPem,
    cert: selfSignedCertificate(identity),
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['floodnet/1'],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...options.tls
  })
  const peer = new RawPeer(socket, identity, new FrameCrypto(networkIdOf(NETWORK_NAME), identity.privateKeyPem))
  await within(once(socket, 'secureConnect'), DEADLINE_MS, 'TLS handshake')
  return peer.noteAddress()
}

/** A bare TCP connection. */
export async function connectSocket(address: string): Promise<net.Socket> {
  const socket = net.connect(endpointOf(address))
  await within(once(socket, 'connect'), DEADLINE_MS, `connection to ${address}`)
  return socket
}

function endpointOf(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
}

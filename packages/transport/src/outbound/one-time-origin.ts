// Keys for one message or a few. Each makes packets of its own that reveal nothing of the node: another key, a time
// that is not the node's start, numbers from 1.
import { generateKeyPairSync, type KeyObject, randomInt } from 'node:crypto'
import {
  Flag,
  fragmentCount,
  MAX_PACKET_BODY_BYTES,
  MAX_WRITTEN_FRAME_BYTES,
  type MessageId,
  PacketWriter
} from '@floodnet/core'
import type { OneTimeOrigin } from '../api.ts'
import type { FrameCrypto } from '../identity/frame-crypto.ts'
import { rawPublicKey } from '../identity/identity.ts'

/**
 * The time in a packet is chosen at random from this many seconds before its writing, so that it does not reveal how
 * far the writer's clock is off.
 */
const TIME_BLUR_S = 60
/**
 * If a key is used, or a message waits, for longer than this, it takes a new time, well before nodes refuse the old one
 * (ONE_TIME_SKEW_S).
 */
const RENEW_AFTER_S = 120

/** Where packets are made before they are copied out. */
const SCRATCH = new Uint8Array(MAX_WRITTEN_FRAME_BYTES)

/** A whole packet of a one-time origin, and the name of its message. */
export interface OneTimeFrame {
  readonly bytes: Uint8Array
  readonly place: MessageId
}

export class OneTimeKey implements OneTimeOrigin {
  readonly id: string
  readonly #publicKey: Uint8Array
  readonly #key: KeyObject
  #writer: PacketWriter | null = null
  #incarnation = 0

  constructor() {
    const { privateKey } = generateKeyPairSync('ed25519')
    this.#key = privateKey
    this.#publicKey = rawPublicKey(privateKey) as Uint8Array
    this.id = Buffer.from(this.#publicKey).toString('hex')
  }

  /**
   * The message's packet, or its packet number `fragment` if it is large. `crypto` null: the network does not sign.
   * `flags`: the network's.
   */
  frame(payload: Uint8Array, fragment: number, crypto: FrameCrypto | null, flags = 0): OneTimeFrame {
    const nowMs = Date.now()
    const writer = this.#writerAt(nowMs, fragment === 0, crypto !== null, flags)
    writer.attach(SCRATCH)
    const place = append(writer, payload, fragment, nowMs)
    const frame = SCRATCH.slice(0, writer.detach())
    crypto?.sign(frame, 0, frame.length, this.#key)
    return { bytes: frame, place }
  }

  /** All fragments of a message have the same time. */
  #writerAt(nowMs: number, first: boolean, signed: boolean, flags: number): PacketWriter {
    if (this.#writer !== null && (!first || !isAged(this.#incarnation, nowMs))) return this.#writer
    const time = Math.floor(nowMs / 1000) - randomInt(TIME_BLUR_S)
    // A time ahead of the clock dates from before the clock went back, and nobody accepts it any more.
    this.#incarnation = this.#incarnation > nowMs / 1000 ? time : Math.max(this.#incarnation + 1, time)
    this.#writer = new PacketWriter(this.#publicKey, this.#incarnation, signed, nowMs, flags | Flag.oneTime)
    return this.#writer
  }
}

/** A key for messages whose content nobody can trace to this node; see `WriteOptions.oneTime`. */
export function newOneTimeOrigin(): OneTimeOrigin {
  return new OneTimeKey()
}

/** Whether it is time for a new one, also because the clock went back. */
export function isAged(incarnation: number, nowMs: number): boolean {
  return Math.abs(Math.floor(nowMs / 1000) - incarnation) >= RENEW_AFTER_S
}

/** Fragments of a message of `bytes`; 1 if it fits into a packet. */
export function packetCount(bytes: number): number {
  return bytes <= MAX_PACKET_BODY_BYTES ? 1 : fragmentCount(bytes)
}

function append(writer: PacketWriter, payload: Uint8Array, fragment: number, nowMs: number): MessageId {
  const count = packetCount(payload.length)
  const place = count === 1 ? writer.append(payload, nowMs) : writer.appendFragment(payload, fragment, count, nowMs)
  return place as MessageId
}

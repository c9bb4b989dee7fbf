// One connection with a node of the tutorial: packets in through the gob codec, packets out at a pace, with a limit on
// each.
import type { Socket } from 'node:net'
import { TokenBucket } from '@floodnet/core'
import { GobFault } from '../gob/fault.ts'
import { GobReader } from '../gob/gob-reader.ts'
import { packetOf, type TutorialPacket } from '../gob/packet.ts'
import { PacedWriter, type PaceOptions } from './paced-writer.ts'
import { FIRST_BYTES, speechOf, structOf } from './recognise.ts'

/** Go nodes manage some 800 packets a second; no honest node sends more (measured; see docs/BRIDGES.md). */
const PACKETS_PER_SECOND = 2_000
const PACKETS_BURST = 4_000
/**
 * How often the operating system checks whether a silent peer lives, because Go nodes have no message for it. In ms; a
 * guess.
 */
const KEEP_ALIVE_MS = 15_000

export interface LinkHandlers {
  onPacket(packet: TutorialPacket): void
  /** Called once, last of all. */
  onClosed(reason: string): void
  /** A packet was not sent because too many wait, or not read because too many come. */
  onDrop(reason: 'link-full' | 'too-many-packets'): void
  /** Called once: the program at the other end is not a node of part 4 or later. `speech`: what it speaks, in words. */
  onForeign(speech: string): void
}

export class TutorialLink {
  readonly writer: PacedWriter
  readonly #socket: Socket
  readonly #handlers: LinkHandlers
  readonly #reader = new GobReader()
  readonly #allowance = new TokenBucket(PACKETS_BURST, PACKETS_PER_SECOND)
  #reason = 'closed by the peer'
  /** Null: we have examined them. */
  #first: Uint8Array | null = new Uint8Array()

  constructor(socket: Socket, pace: PaceOptions, handlers: LinkHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    this.writer = new PacedWriter(socket, pace, () => handlers.onDrop('link-full'))
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    socket.on('data', (chunk) => this.#onData(chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason = error.code ?? error.message
    })
    socket.once('close', () => {
      this.writer.stop()
      handlers.onClosed(this.#reason)
    })
  }

  close(reason: string): void {
    this.#reason = reason
    this.#socket.destroy()
  }

  #onData(chunk: Uint8Array): void {
    const speech = this.#firstSpeech(chunk)
    if (speech !== null) return this.#closeForeign(speech)
    const { records, fault } = this.#reader.push(chunk)
    for (const record of records) {
      const struct = structOf(record)
      if (struct !== null) return this.#closeForeign(struct)
      const packet = packetOf(record)
      if (packet instanceof GobFault) return this.close(packet.message)
      if (this.#allowance.take(performance.now())) this.#handlers.onPacket(packet)
      else this.#handlers.onDrop('too-many-packets')
    }
    if (fault !== null) this.close(fault.message)
  }

  #firstSpeech(chunk: Uint8Array): string | null {
    if (this.#first === null) return null
    this.#first = Buffer.concat([this.#first, chunk.subarray(0, FIRST_BYTES)]).subarray(0, FIRST_BYTES)
    if (this.#first.length < 2) return null
    const speech = speechOf(this.#first)
    this.#first = null
    return speech
  }

  #closeForeign(speech: string): void {
    this.#handlers.onForeign(speech)
    this.close('no node of the tutorial')
  }
}

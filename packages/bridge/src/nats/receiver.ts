// From NATS to the flood: a NATS message becomes a packet again, or is counted by what is wrong with it. Nothing in it
// is trusted: the flood verifies the author's signature as for a neighbour's packets.
import { RecentKeys } from '../recent-keys.ts'
import { frameOf, HEADER, type Headers, idIn } from './carried-packet.ts'
import type { NatsLimits } from './options.ts'
import { PartJoiner, partNameIn } from './parts.ts'
import type { NatsCounts } from './stats.ts'

/** A message from the subject. */
export interface Received {
  readonly headers: Headers
  readonly body: Uint8Array
}

/** What a receiver needs of its bridge. */
export interface ReceiverHost {
  /** Of this bridge, as its own messages say. */
  readonly bridge: string
  /** Brings a frame into the flood; resolves when there is room for more. False: it is not a frame. */
  offer(frame: Uint8Array): Promise<boolean>
}

export class Receiver {
  readonly #host: ReceiverHost
  readonly #counts: NatsCounts
  readonly #joiner: PartJoiner
  readonly #heard: RecentKeys<string>

  constructor(limits: NatsLimits, counts: NatsCounts, host: ReceiverHost) {
    this.#host = host
    this.#counts = counts
    this.#joiner = new PartJoiner(limits.maxPartialBytes)
    this.#heard = new RecentKeys(limits.maxHeard)
  }

  /** Bytes of packets of which parts are missing. */
  get partialBytes(): number {
    return this.#joiner.bytes
  }

  /** Whether the packet has come over the subject. */
  isHeard(id: string): boolean {
    return this.#heard.has(id)
  }

  async take({ headers, body }: Received): Promise<void> {
    if (headers.get(HEADER.bridge) === this.#host.bridge) return
    const whole = this.#wholeBody(headers, body)
    if (whole === null) return
    const frame = frameOf(headers, whole)
    if (frame === null || !(await this.#host.offer(frame))) {
      this.#counts.losses.malformed++
      return
    }
    // Not earlier: a message that pretends to be a packet must not prevent the packet itself from being carried.
    this.#heard.add(idIn(headers))
    this.#counts.packets.in++
    this.#counts.bytes.in += whole.length
  }

  #wholeBody(headers: Headers, body: Uint8Array): Uint8Array | null {
    const text = headers.get(HEADER.part)
    if (text === undefined) return body
    const name = partNameIn(text)
    if (name === null) {
      this.#counts.losses.malformed++
      return null
    }
    const whole = this.#joiner.add(idIn(headers), name, body)
    this.#counts.losses.incomplete = this.#joiner.incomplete
    return whole
  }
}

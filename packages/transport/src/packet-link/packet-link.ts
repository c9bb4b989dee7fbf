// A packet link: a place in the node's flood whose other end is the program. It delivers packets unchanged, signed by
// their authors, and takes such packets from elsewhere. To worker 0 it is one more link; packets travel in lent slabs.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { copyBytes, LENGTH_BYTES, optionError, viewOf } from '@floodnet/core'
import type { PacketLink, PacketSink } from '../packet-link-api.ts'
import { type FramesMissed, type SlabFrames, type SlabReturn, SlabSender } from '../threads/slab-sender.ts'
import { packetFault } from './packet-fault.ts'

/** What a packet link needs of its node. */
export interface PacketLinkHost {
  readonly maxFrameBytes: number
  /** Gives worker 0 the other end of a new lane. False if there is no such worker now: `attach` is called again. */
  connect(port: MessagePort): boolean
  onClose(): void
}

interface Offer {
  readonly packet: Uint8Array
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class ProgramPacketLink implements PacketLink {
  readonly #sink: PacketSink
  readonly #host: PacketLinkHost
  #port: MessagePort | null = null
  #sender: SlabSender | null = null
  #waiting: Offer[] = []
  #scheduled = false
  /** One slab after the other, or a sink that waits would mix their packets. */
  #delivered: Promise<void> = Promise.resolve()
  #error: Error | null = null

  constructor(sink: PacketSink, host: PacketLinkHost) {
    this.#sink = sink
    this.#host = host
  }

  /** The worker is there, for the first time or again. */
  attach(): void {
    const { port1, port2 } = new MessageChannel()
    if (this.#error !== null || !this.#host.connect(port2)) return
    this.#port = port1
    this.#sender = new SlabSender(port1)
    port1.on('message', (message: SlabFrames | SlabReturn | FramesMissed) => this.#onMessage(port1, message))
    this.#drain()
  }

  /** The worker is gone, with everything that it had been given. */
  detach(): void {
    this.#port?.close()
    this.#port = null
    this.#sender = null
  }

  /** See `PacketLink`. */
  offer(packet: Uint8Array): Promise<void> {
    if (this.#error !== null) return Promise.reject(this.#error)
    const fault = packetFault(packet, this.#host.maxFrameBytes)
    if (fault !== null) return Promise.reject(optionError('packet', `these bytes are not a packet: ${fault}`))
    if (this.#waiting.length === 0 && this.#write(packet)) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ packet, resolve, reject }))
  }

  close(): void {
    this.end(optionError('packet', 'the packet link is closed'))
    this.#host.onClose()
  }

  /** Waiting and later offers get `error`. Packets that were taken go their way. */
  end(error: Error): void {
    this.#sender?.post()
    this.#error ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    this.detach()
  }

  #write(packet: Uint8Array): boolean {
    if (this.#sender?.write(packet, 0, packet.length) !== true) return false
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.#post())
    }
    return true
  }

  /** Once a turn, so that packets that arrive together share a slab. */
  #post(): void {
    this.#scheduled = false
    this.#sender?.post()
  }

  #drain(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#write(next.packet); next = this.#waiting[0]) {
      this.#waiting.shift()
      next.resolve()
    }
  }

  #onMessage(port: MessagePort, message: SlabFrames | SlabReturn | FramesMissed): void {
    if (port !== this.#port) return
    if (message.kind === 'frames') this.#delivered = this.#delivered.then(() => this.#deliver(port, message))
    else if (message.kind === 'slab') {
      this.#sender?.onReturn(message.buffer)
      this.#drain()
    }
  }

  /** The slab goes back once the program has taken its packets: that is the back-pressure. */
  async #deliver(port: MessagePort, { buffer, bytes }: SlabFrames): Promise<void> {
    try {
      await this.#sink(packetsIn(new Uint8Array(buffer, 0, bytes)))
    } catch (error) {
      // Like a listener that throws: this is the program's own problem, not the node's.
      queueMicrotask(() => {
        throw error
      })
    }
    if (port === this.#port) port.postMessage({ kind: 'slab', buffer }, [buffer])
  }
}

/** Copies, because the slab's memory goes back. */
function packetsIn(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes)
  const packets: Uint8Array[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = start + LENGTH_BYTES + view.getUint32(start)
    packets.push(copyBytes(bytes, start, end))
    start = end
  }
  return packets
}

// The packet links of a node, over the life of its worker 0.
import type { MessagePort } from 'node:worker_threads'
import type { PacketLink, PacketSink } from '../packet-link-api.ts'
import type { ToWorker } from '../threads/messages.ts'
import { ProgramPacketLink } from './packet-link.ts'

/** What packet links need of their node. */
export interface PacketLinksHost {
  readonly maxFrameBytes: number
  readonly hasWorker: boolean
  post(message: ToWorker, transfer: readonly MessagePort[]): void
}

export class PacketLinks {
  readonly #host: PacketLinksHost
  readonly #links = new Set<ProgramPacketLink>()
  #index = 0
  #error: Error | null = null

  constructor(host: PacketLinksHost) {
    this.#host = host
  }

  /** @throws the reason if the node has ended. */
  open(sink: PacketSink): PacketLink {
    if (this.#error !== null) throw this.#error
    const link: ProgramPacketLink = new ProgramPacketLink(sink, {
      maxFrameBytes: this.#host.maxFrameBytes,
      connect: (port) => this.#connect(port),
      onClose: () => this.#links.delete(link)
    })
    this.#links.add(link)
    link.attach()
    return link
  }

  onWorkerReady(): void {
    for (const link of this.#links) link.attach()
  }

  onWorkerCrash(): void {
    for (const link of this.#links) link.detach()
  }

  /** The node ends: open links get `error`. */
  end(error: Error): void {
    this.#error = error
    for (const link of this.#links) link.end(error)
    this.#links.clear()
  }

  #connect(port: MessagePort): boolean {
    if (!this.#host.hasWorker) return false
    this.#host.post({ kind: 'packet-link', index: this.#index++, port }, [port])
    return true
  }
}

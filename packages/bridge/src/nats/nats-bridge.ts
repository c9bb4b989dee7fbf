// A NATS bridge: a packet link of a node, a connection to NATS, and what goes between them.
import { codeOf } from '@floodnet/core'
import type { Network, PacketLink } from '@floodnet/transport'
import { Subject } from 'rxjs'
import { carriedOf, HEADER } from './carried-packet.ts'
import { type Clients, loadClients } from './clients.ts'
import { Connection } from './connection.ts'
import { type NatsBridgeOptions, type NatsSettings, natsSettings } from './options.ts'
import { Receiver } from './receiver.ts'
import { type Outlet, Sender } from './sender.ts'
import { type NatsBridgeStats, noNatsCounts } from './stats.ts'
import { findStream } from './stream.ts'
import { StreamInlet } from './stream-inlet.ts'
import { StreamOutlet } from './stream-outlet.ts'
import { type Inlet, SubjectInlet } from './subject-inlet.ts'
import { SubjectOutlet } from './subject-outlet.ts'

/** Different notices that are counted; beyond this, the counts start again. A guess: there are some ten. */
const MAX_NOTICES = 256

/**
 * Joins the flood of `network` over NATS with all others whose bridges share the subject; they must have one network
 * name. Every packet crosses once, in its author's order, with its author's signature, however many bridges a flood
 * has. The network is left open when the bridge closes.
 * @throws ERR_FLOODNET_OPTION for an option; ERR_FLOODNET_START if the NATS clients are not installed;
 *   ERR_FLOODNET_ADDRESS if no server can be reached.
 */
export async function bridgeNats(network: Network, options: NatsBridgeOptions): Promise<NatsBridge> {
  const settings = natsSettings(options, network.id)
  const clients = await loadClients()
  const bridge = new NatsBridge(network, clients, settings)
  await bridge.start()
  return bridge
}

/** A running bridge; made by `bridgeNats`. */
export class NatsBridge {
  /**
   * What people may want to know; a repeated notice is reported at each doubling of its number. Completes at the end.
   */
  readonly notices$ = new Subject<string>()
  readonly #network: Network
  readonly #clients: Clients
  readonly #settings: NatsSettings
  readonly #counts = noNatsCounts()
  readonly #receiver: Receiver
  readonly #told = new Map<string, number>()
  #parts: { connection: Connection; sender: Sender; inlet: Inlet; link: PacketLink } | null = null
  #closing: Promise<void> | null = null

  /** Not for programs: see `bridgeNats`. */
  constructor(network: Network, clients: Clients, settings: NatsSettings) {
    this.#network = network
    this.#clients = clients
    this.#settings = settings
    this.#receiver = new Receiver(settings.limits, this.#counts, {
      bridge: network.id,
      offer: (frame) => this.#offer(frame)
    })
  }

  /** Where the server is, as 'host:port'. */
  get server(): string {
    return this.#parts?.connection.nats.getServer() ?? ''
  }

  /** Not for programs: see `bridgeNats`. */
  async start(): Promise<void> {
    const connection = await Connection.open(this.#clients, this.#settings, {
      onNotice: (text) => this.#tell(text),
      onReconnect: () => this.#parts?.inlet.onReconnect()
    })
    try {
      await this.#wire(connection)
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  stats(): NatsBridgeStats {
    const { sender, inlet, connection } = this.#parts ?? {}
    const { packets, bytes, known, losses } = this.#counts
    const queued = sender?.queued ?? { packets: 0, bytes: 0 }
    return {
      connected: connection?.connected ?? false,
      reconnects: connection?.reconnects ?? 0,
      packets: { ...packets },
      bytes: { ...bytes },
      known,
      queued: {
        outPackets: queued.packets,
        outBytes: queued.bytes,
        inBytes: (inlet?.queuedBytes ?? 0) + this.#receiver.partialBytes
      },
      losses: { ...losses }
    }
  }

  /** Sends what waits, within `lastPacketsMs`, and leaves the flood and the server. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #wire(connection: Connection): Promise<void> {
    const { limits, flood } = this.#settings
    const { outlet, inlet } = await this.#ends(connection)
    const common = [
      [HEADER.flood, flood],
      [HEADER.bridge, this.#network.id]
    ] as const
    const sender = new Sender(outlet, common, limits, this.#counts, {
      get connected() {
        return connection.connected
      },
      get maxPayload() {
        return connection.maxPayload
      },
      isHeard: (id) => this.#receiver.isHeard(id),
      onNotice: (text) => this.#tell(text)
    })
    const link = this.#network.openPacketLink(async (frames) => {
      for (const frame of frames) await sender.add(carriedOf(frame))
    })
    // Nothing may come before now, when there is a link for it.
    this.#parts = { connection, sender, link, inlet: inlet() }
  }

  async #ends(connection: Connection): Promise<{ outlet: Outlet; inlet: () => Inlet }> {
    const { subject, stream, limits } = this.#settings
    const { nats } = connection
    const onNotice = (text: string): void => this.#tell(text)
    const host = { take: this.#receiver.take.bind(this.#receiver), onNotice }
    if (stream === null) {
      return {
        outlet: new SubjectOutlet(this.#clients, nats, subject),
        inlet: () => new SubjectInlet(nats, subject, limits, this.#counts, host)
      }
    }
    const place = await findStream(await this.#clients.jetstreamManager(nats), this.#settings, stream)
    const jetstream = this.#clients.jetstream(nats)
    const { confirmMs } = limits
    const outletHost = {
      get lost() {
        return connection.lost
      },
      onNotice
    }
    return {
      outlet: new StreamOutlet(this.#clients, jetstream, { subject, stream, confirmMs }, outletHost),
      inlet: () => new StreamInlet(jetstream, { ...place, stream, subject }, limits, this.#counts, host)
    }
  }

  /** The flood itself counts the outcome. */
  async #offer(frame: Uint8Array): Promise<boolean> {
    if (this.#closing !== null) return true
    try {
      await this.#parts?.link.offer(frame)
      return true
    } catch (error) {
      if (codeOf(error) !== 'ERR_FLOODNET_OPTION') return true
      return false
    }
  }

  async #close(): Promise<void> {
    const parts = this.#parts
    if (parts !== null) {
      parts.link.close()
      await parts.sender.close()
      await parts.connection.close()
      await Promise.all([parts.inlet.close(), parts.sender.ended])
    }
    this.notices$.complete()
  }

  #tell(text: string): void {
    if (this.#told.size >= MAX_NOTICES) this.#told.clear()
    const count = (this.#told.get(text) ?? 0) + 1
    this.#told.set(text, count)
    if (Number.isInteger(Math.log2(count))) this.notices$.next(count === 1 ? text : `${text} (${count} times)`)
  }
}

// floodnet through its public interface.
import { createNetwork, type Network, type NetworkOptions } from '@floodnet/transport'
import type { StationOptions, SystemStation } from '../nodes/station-calls.ts'

/** `read`: how the program takes messages. The rest are options of createNetwork. */
export interface FloodnetSettings {
  readonly security: 'tls' | 'none'
  readonly read: 'iterate' | 'subscribe'
  readonly workers: number
  /** Default: exactly the links of the topology. */
  readonly maxLinks?: number
  readonly parents?: number
}

export async function start(
  { links, join, reads, settings }: StationOptions,
  onMessage: (payload: Uint8Array) => void
): Promise<SystemStation> {
  const { security, read, workers, maxLinks = links, parents } = settings as unknown as FloodnetSettings
  const options: NetworkOptions = {
    listen: '127.0.0.1:0',
    join,
    security,
    workers,
    desiredLinks: links,
    maxLinks,
    ...(parents === undefined ? {} : { parents }),
    ...(reads ? {} : { inboxLimit: 0 })
  }
  const network = await createNetwork(options)
  // An `error` event is something the node survives; a benchmark should not.
  network.on('error', (error) => {
    throw error
  })
  if (reads && read === 'subscribe') network.messages$.subscribe(({ payload }) => onMessage(payload))
  if (reads && read === 'iterate') void iterate(network, onMessage)
  return {
    address: network.address ?? '',
    links: () => network.peers.length,
    write: (message) => network.write(message),
    bytesIn: async () => (await network.stats()).bytes.in,
    drops: async () => (await network.stats()).drops,
    close: () => network.close()
  }
}

async function iterate(network: Network, onMessage: (payload: Uint8Array) => void): Promise<void> {
  for await (const { payload } of network) onMessage(payload)
}

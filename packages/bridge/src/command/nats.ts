// What `floodnet bridge --nats` starts besides a node, and what it reports.
import { type Network, serveMetrics } from '@floodnet/transport'
import { bridgeNats, type NatsBridge, type NatsBridgeOptions, natsMetricsText } from '../nats/index.ts'
import type { Output } from './output.ts'

/** The name of the side in reports. */
const SIDE = 'nats'

/** Adds what ends it to `ends`. @throws what `bridgeNats` throws */
export async function startNats(
  network: Network,
  options: NatsBridgeOptions,
  output: Output,
  ends: (() => Promise<void>)[]
): Promise<NatsBridge> {
  const bridge = await bridgeNats(network, options)
  bridge.notices$.subscribe((text) => output.tell({ event: 'notice', about: SIDE, text }))
  output.tell({ event: 'side', side: SIDE, address: bridge.server })
  ends.push(async () => {
    await bridge.close()
    output.tell({ event: 'nats-stats', ...bridge.stats() })
  })
  return bridge
}

/** Serves the figures of the node, and of its NATS bridge if it has one. Returns a function that ends it. */
export async function startMetrics(
  network: Network,
  address: string,
  bridge: NatsBridge | null,
  output: Output
): Promise<() => Promise<void>> {
  const more = (): string => (bridge === null ? '' : natsMetricsText(bridge.stats()))
  const server = await serveMetrics(network, address, undefined, more)
  output.tell({ event: 'notice', about: 'metrics', text: `metrics at http://${server.address}/metrics` })
  return () => server.close()
}

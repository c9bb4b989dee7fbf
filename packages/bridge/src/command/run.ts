// Runs a bridge with its settings until it is told to leave or its network ends.
import { FloodnetError } from '@floodnet/core'
import { createNetwork, type EntrySource, type Network, withStdinEntry } from '@floodnet/transport'
import { createGop2pSide, Gop2pError } from '../gop2p/index.ts'
import { Bridge } from '../relay/bridge.ts'
import type { Side } from '../side.ts'
import { newId, TutorialNode } from '../tutorial/tutorial-node.ts'
import { tutorialSide } from '../tutorial/tutorial-side.ts'
import type { BridgeSettings, GobSettings, Gop2pSettings } from './arguments.ts'
import { startMetrics, startNats } from './nats.ts'
import type { Output } from './output.ts'

/** A side that we announce to other bridges before it starts. */
interface PlannedSide {
  readonly name: string
  readonly hasIds: boolean
  start(output: Output): Promise<Side>
}

/**
 * Resolves when `source.leave` is aborted and everything closed.
 * @throws what the network or a side throws at its start, or the network later
 */
export async function runBridge(settings: BridgeSettings, source: EntrySource, output: Output): Promise<void> {
  const { leave } = source
  const network = await startNetwork(settings, source)
  if (network === null) return
  for (const text of settings.notices) output.tell({ event: 'notice', about: settings.hub, text })
  tellOf(network, output)
  const ends: (() => Promise<void>)[] = []
  try {
    await Promise.race([begin(network, settings, { output, leave, ends }), aborted(leave), network.closed])
    await Promise.race([aborted(leave), network.closed])
  } finally {
    for (const end of ends.reverse()) await end()
    await network.close()
  }
}

interface Beginning {
  readonly output: Output
  readonly leave: AbortSignal
  /** These end what was begun, the last first. */
  readonly ends: (() => Promise<void>)[]
}

async function begin(network: Network, settings: BridgeSettings, { output, leave, ends }: Beginning): Promise<void> {
  const { nats, gob, gop2p, metrics } = settings
  const natsBridge = nats === null ? null : await startNats(network, nats, output, ends)
  if (metrics !== null) ends.push(await startMetrics(network, metrics, natsBridge, output))
  if (gob !== null || gop2p !== null) await startSides(network, settings, { output, leave, ends })
}

async function startSides(
  network: Network,
  settings: BridgeSettings,
  { output, leave, ends }: Beginning
): Promise<void> {
  const bridge = new Bridge(network, newId, { hub: settings.hub, ...(settings.network.join ? {} : { aloneMs: 0 }) })
  bridge.notices$.subscribe(({ about, text }) => output.tell({ event: 'notice', about, text }))
  ends.push(async () => {
    await bridge.close()
    output.tell({ event: 'stats', ...bridge.stats() })
  })
  await start(bridge, plannedSides(settings, network.id), output, leave)
}

async function startNetwork({ network }: BridgeSettings, source: EntrySource): Promise<Network | null> {
  try {
    const join = await withStdinEntry([network.join ?? []].flat(), source)
    if (join === null) return null
    return await createNetwork({ ...network, ...(join.length > 0 && { join }) })
  } catch (error) {
    if (source.leave.aborted) return null
    throw error
  }
}

function tellOf(network: Network, output: Output): void {
  const { address, id } = network
  if (address !== null) output.tell({ event: 'listening', address, id })
  network.on('peer-up', ({ id, address }) => output.tell({ event: 'peer-up', id, address }))
  network.on('peer-down', ({ id, reason }) => output.tell({ event: 'peer-down', id, reason }))
}

function plannedSides({ gob, gop2p, hub }: BridgeSettings, id: string): PlannedSide[] {
  return [gob === null ? [] : gobSide(gob), gop2p === null ? [] : gop2pSide(gop2p, hub, id)].flat()
}

async function start(bridge: Bridge, sides: readonly PlannedSide[], output: Output, leave: AbortSignal): Promise<void> {
  await bridge.greet(sides)
  for (const planned of sides) {
    if (leave.aborted) return
    bridge.add(await planned.start(output))
  }
}

function gobSide(settings: GobSettings): PlannedSide {
  return {
    name: settings.name,
    hasIds: true,
    async start(output) {
      const node = await TutorialNode.start({ listen: settings.listen, join: settings.join })
      output.tell({ event: 'side', side: settings.name, address: node.address })
      return tutorialSide(node, settings)
    }
  }
}

function gop2pSide({ name, join, self }: Gop2pSettings, hub: string, id: string): PlannedSide {
  return {
    name,
    hasIds: false,
    async start(output) {
      const options = { name, hub, id, entries: join, ...(self !== null && { self }) }
      const side = await createGop2pSide(options).catch((error: unknown) => {
        throw error instanceof Gop2pError ? addressError(error) : error
      })
      output.tell({ event: 'side', side: name, address: side.self })
      return side
    }
  }
}

/** The only thing that can be wrong with a gop2p side at its start is an address: ours or an entry's. */
function addressError({ message, cause }: Gop2pError): FloodnetError {
  const own = (cause as NodeJS.ErrnoException | undefined)?.code
  const code = own === 'EADDRINUSE' ? 'ERR_FLOODNET_ADDRESS_IN_USE' : 'ERR_FLOODNET_ADDRESS'
  return new FloodnetError(code, own === undefined ? message : `${message}: ${own}`, { cause })
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

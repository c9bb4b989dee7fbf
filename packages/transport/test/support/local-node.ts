// A node in the test's own process, with everything that it has told.
import { createNetwork, type Logger, type Network, type NetworkEvents, type NetworkOptions } from '@floodnet/transport'
import { until } from '../../../../test/support/wait.ts'

/** For an event on loopback. Generous: a test machine may be busy. */
const EVENT_MS = 15_000

type Name = keyof NetworkEvents
type Recorded = { [K in Name]: { readonly name: K; readonly details: NetworkEvents[K] } }[Name]

export interface LocalNode {
  readonly network: Network
  /** 'host:port' of a node that listens. */
  readonly address: string
  /** All events since the start. */
  readonly events: readonly Recorded[]
  /** What the join actor did, as the log has it. */
  readonly joins: readonly Readonly<Record<string, unknown>>[]
  /** Details of all events of this name. */
  all<K extends Name>(name: K): NetworkEvents[K][]
  /** Details of the first event of this name with these fields, of the past or to come. */
  event<K extends Name>(name: K, fields?: Partial<NetworkEvents[K]>): Promise<NetworkEvents[K]>
}

const running = new Set<Network>()

/** Listens at a free port of 127.0.0.1 unless told otherwise. */
export async function startNode(options: NetworkOptions = {}): Promise<LocalNode> {
  const joins: Record<string, unknown>[] = []
  const logger = joinLog(joins, options.logger)
  const network = await createNetwork({ listen: '127.0.0.1:0', ...options, logger })
  const events: Recorded[] = []
  running.add(network)
  network.events$.subscribe((event) => events.push(event as Recorded))
  const all = <K extends Name>(name: K): NetworkEvents[K][] =>
    events.filter((event) => event.name === name).map(({ details }) => details as NetworkEvents[K])
  return {
    network,
    address: network.address ?? '',
    events,
    joins,
    all,
    event: (name, fields = {}) =>
      until(
        () => all(name).find((details) => matches(details, fields)) ?? null,
        EVENT_MS,
        () => `event ${name} ${JSON.stringify(fields)}; there were: ${describe(events)}`
      ) as Promise<NetworkEvents[typeof name]>
  }
}

/** Resolves when both have the other as their neighbour. */
export async function linked(a: LocalNode, b: LocalNode): Promise<void> {
  await Promise.all([a.event('peer-up', { id: b.network.id }), b.event('peer-up', { id: a.network.id })])
}

/** Closes what a test left running. */
export async function closeNodes(): Promise<void> {
  const networks = [...running]
  running.clear()
  await Promise.all(networks.map((network) => network.close()))
}

export function textOf({ payload }: { readonly payload: Uint8Array }): string {
  return new TextDecoder().decode(payload)
}

function joinLog(joins: Record<string, unknown>[], also: Logger | undefined): Logger {
  const level = (name: keyof Logger) => (details: object, text: string) => {
    if (text === 'join') joins.push({ ...details })
    also?.[name](details, text)
  }
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }
}

function matches(details: object, fields: object): boolean {
  return Object.entries(fields).every(([name, value]) => (details as Record<string, unknown>)[name] === value)
}

/** The last ones: a node that tries again and again has many. */
function describe(events: readonly Recorded[]): string {
  return events
    .slice(-20)
    .map(({ name, details }) => `${name} ${JSON.stringify(details)}`)
    .join('\n')
}

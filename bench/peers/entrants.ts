// The other systems: what each is, how its writers are held back, and the servers that some need.
import type { Contestant } from '../nodes/benches.ts'
import { PEERS, versionOf } from './install.ts'
import { type Server, startNatsServer, startTestnet } from './servers.ts'

/** A system with what it keeps running beside its stations. */
export interface Entrant {
  readonly name: string
  readonly about: string
  readonly contestant: (Contestant & { stop(): void }) | null
  /** Why it cannot be measured here. */
  readonly missing: string
}

/** None of them has back-pressure from end to end, so a window of messages not yet read by all stands in for it. */
const CREDIT = { libp2p: 1_024, hyperswarm: 4_096, zeromq: 4_096, nats: 32_768 } as const
/** Writes at a time: enough for each to send many messages at once. */
const WRITES = { libp2p: 64, hyperswarm: 64, zeromq: 64, nats: 1_024 } as const

export async function findEntrants(): Promise<Entrant[]> {
  const testnet = await startTestnet()
  const nats = await startNatsServer()
  return [
    libp2p('gossipsub'),
    libp2p('floodsub'),
    entrant('hyperswarm', `${versionOf('hyperswarm')}, encrypted, a local DHT`, 'hyperswarm', {
      settings: { bootstrap: testnet.info },
      server: testnet
    }),
    entrant('zeromq', `${versionOf('zeromq')}, PUB/SUB, plain, no high-water mark`, 'zeromq'),
    nats === null
      ? {
          name: 'nats',
          about: '',
          contestant: null,
          missing: 'nats-server is not installed (Debian package nats-server)'
        }
      : entrant('nats', `${nats.version}, ${versionOf('@nats-io/transport-node')}, plain, server in between`, 'nats', {
          settings: { server: nats.info },
          server: nats,
          others: { server: nats.pid }
        })
  ]
}

function libp2p(name: 'gossipsub' | 'floodsub'): Entrant {
  const versions = [`@libp2p/${name}`, 'libp2p', '@libp2p/tcp', '@libp2p/noise', '@libp2p/yamux'].map(versionOf)
  return entrant(name, `${versions.join(', ')}, signed, defaults`, 'libp2p')
}

function entrant(
  name: string,
  about: string,
  kind: keyof typeof CREDIT,
  { settings = {}, server, others }: { settings?: object; server?: Server; others?: Record<string, number> } = {}
): Entrant {
  const system = { name, module: new URL(`systems/${name}.mjs`, PEERS).href, settings: { ...settings } }
  const style = { kind: 'windowed', window: WRITES[kind] } as const
  const contestant = { system, style, credit: CREDIT[kind], ...(others === undefined ? {} : { others }) }
  return { name, about, contestant: { ...contestant, stop: () => server?.stop() }, missing: '' }
}

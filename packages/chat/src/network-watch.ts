// What the network does, put where it belongs: all of it into the log, links and errors to programs (--json), and to people only what
// they asked for (an address they named) or lost (messages dropped).
import type { Logger, Network, NetworkEvents } from '@floodnet/transport'
import { messageOf } from './errors.ts'
import type { Screen } from './screen.ts'

export interface NetworkWatch {
  /** The user named this address: the outcome of the next dial to it is shown. */
  ask(address: string): void
}

export function watchNetwork(network: Network, screen: Screen, log: Logger): NetworkWatch {
  const asked = new Set<string>()
  logAll(network, log)
  for (const { id, address } of network.peers) screen.show({ kind: 'peer-up', id, address })
  network.on('peer-up', ({ id, address }) => screen.show({ kind: 'peer-up', id, address }))
  network.on('peer-down', ({ id, reason }) => screen.show({ kind: 'peer-down', id, reason }))
  network.on('error', (error) => screen.show({ kind: 'error', code: error.code, message: messageOf(error) }))
  network.on('dropped', ({ reason, count, peer }) => {
    // With a peer it is that neighbour's loss, which the log tells.
    if (peer === null) screen.show({ kind: 'notice', text: `${count} messages lost (${reason})` })
  })
  network.on('dial', (dial) => {
    const text = asked.has(dial.address) ? outcomeOf(dial) : null
    if (text === null) return
    asked.delete(dial.address)
    screen.show({ kind: 'notice', text })
  })
  return { ask: (address) => asked.add(address) }
}

function outcomeOf({ phase, address, reason }: NetworkEvents['dial']): string | null {
  if (phase === 'start') return null
  return phase === 'opened' ? `joined ${address}` : `no link to ${address} yet (${reason ?? 'unknown'}); trying on`
}

type Level = keyof Logger

const LEVELS: { [K in keyof NetworkEvents]: Level } = {
  listening: 'info',
  'peer-up': 'info',
  'peer-down': 'info',
  dial: 'info',
  refused: 'warn',
  lagging: 'warn',
  dropped: 'warn',
  'worker-restart': 'warn',
  error: 'error',
  close: 'info',
}

function logAll(network: Network, log: Logger): void {
  for (const name of Object.keys(LEVELS) as (keyof NetworkEvents)[]) {
    network.on(name, (details) => log[LEVELS[name]](details, name))
  }
}

// The default port may belong to a node of another network. Chats of this network then use the ports after it, so we
// look for them there.
import type { Network, NetworkEvents } from '@floodnet/transport'
import { DEFAULT_ENTRY } from '../options.ts'

/** Ports after the default one that the chat tries. A guess: as many chats and other nodes as run on one machine. */
export const NEXT_PORTS = 8

/** Answers which show that somebody outside our network has the default port. */
const OTHERS: ReadonlySet<string> = new Set([
  'wrong-network',
  'wrong-key',
  'wrong-version',
  'wrong-security',
  'wrong-work'
])

/** Tries the default entry and, if somebody else has it, the ports after it. */
export function tryDefaultEntry(network: Network, dial: (address: string) => void): void {
  const onDial = ({ phase, address, reason = '' }: NetworkEvents['dial']) => {
    if (phase !== 'failed' || address !== DEFAULT_ENTRY || !OTHERS.has(reason)) return
    network.off('dial', onDial)
    for (const next of nextAddresses(network.address)) dial(next)
  }
  network.on('dial', onDial)
  dial(DEFAULT_ENTRY)
}

function nextAddresses(own: string | null): string[] {
  const [, host, port] = /^(.*):(\d+)$/.exec(DEFAULT_ENTRY) ?? []
  const ownPort = Number(own?.slice(own.lastIndexOf(':') + 1))
  const ports = Array.from({ length: NEXT_PORTS }, (_, n) => Number(port) + 1 + n)
  return ports.filter((next) => next !== ownPort).map((next) => `${host}:${next}`)
}

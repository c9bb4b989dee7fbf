// The address at which members can reach us: the one that this machine speaks from towards the entry.
import { createSocket } from 'node:dgram'
import { canonicalHost, hostOf, isHere, type Peer } from '../wire/peer.ts'

/**
 * Sends nothing: a connected UDP socket only asks the routing table. Null: there is no way to the entry, or no such
 * name.
 */
export function addressTowards(entry: Peer): Promise<string | null> {
  const host = hostOf(entry)
  if (isHere(host)) return Promise.resolve(host.includes(':') ? '::1' : '127.0.0.1')
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    const finish = (address: string | null): void => {
      socket.close()
      resolve(address)
    }
    socket.once('error', () => finish(null))
    // With a callback the error is its argument, and no event; the types do not tell.
    const onConnected = (error?: Error): void =>
      finish(error instanceof Error ? null : canonicalHost(socket.address().address))
    socket.connect(entry.port, host, onConnected)
  })
}

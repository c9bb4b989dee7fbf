// `floodnet ticket`: the ticket of a node that runs, or will run, with this identity at these addresses. Starts
// nothing.
import { isAnyHost, parseAddress } from '@floodnet/core'
import { DEFAULT_PORT } from '../finding/entries.ts'
import { makeTicket } from '../finding/make-ticket.ts'
import { networkOf } from '../finding/network-of.ts'
import { loadIdentity } from '../identity/identity-file.ts'

export interface TicketSettings {
  readonly identity: string
  /** Where the node listens. */
  readonly listen: string | null
  readonly advertise: string | null
  readonly name: string | null
  /** The key to put into the ticket; null: none. */
  readonly key: Uint8Array | null
}

/** @throws ERR_FLOODNET_IDENTITY, ERR_FLOODNET_OPTION */
export async function ticketText({ identity, listen, advertise, name, key }: TicketSettings): Promise<string> {
  const { id } = (await loadIdentity(identity, Date.now())).identity
  const given = parseAddress(listen ?? `:${DEFAULT_PORT}`) ?? { host: '', port: DEFAULT_PORT }
  const bound = { host: isAnyHost(given.host) ? '::' : given.host, port: given.port === 0 ? DEFAULT_PORT : given.port }
  const network = networkOf(name, [])
  return makeTicket({ id, bound, seen: advertise, peers: [] }, { ...network, key })
}

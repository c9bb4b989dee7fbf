// A connected socket, before it is a link.
import type { Endpoint } from '../../threads/messages.ts'
import type { SecuredSocket } from './sockets.ts'

/** Where a link comes from. */
export interface ConnectedSocket {
  readonly secured: SecuredSocket
  /** Number of our dial; null if we accepted the socket. */
  readonly dial: number | null
  /** The only peer that the dial is for; null: any peer. */
  readonly expect: string | null
  readonly remote: Endpoint
}

// Binding a port as the tutorial does: 55555, or the next one that is free.
import { createServer, type Server, type Socket } from 'node:net'
import { type Address, FloodnetError, formatAddress } from '@floodnet/core'

const FIRST_PORT = 55_555
/** The tutorial tries forever, floodnet a hundred times. */
const PORT_TRIES = 100

/**
 * @param at where to listen; null: port 55555 on all interfaces, or the next free one. @throws ERR_FLOODNET_ADDRESS,
 * ERR_FLOODNET_ADDRESS_IN_USE
 */
export async function listen(at: Address | null, onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, onSocket)
  const [host, first, tries] = at === null ? ['', FIRST_PORT, PORT_TRIES] : [at.host, at.port, 1]
  for (let tried = 0; ; tried++) {
    try {
      await bound(server, host, first + tried)
      return server
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE' && tried + 1 < tries) continue
      throw bindError({ host, port: first + tried }, error)
    }
  }
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === '' || host === '*' ? {} : { host }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function bindError(address: Address, cause: unknown): FloodnetError {
  const text = formatAddress(address)
  const inUse = codeOf(cause) === 'EADDRINUSE'
  return new FloodnetError(
    inUse ? 'ERR_FLOODNET_ADDRESS_IN_USE' : 'ERR_FLOODNET_ADDRESS',
    inUse ? `${text} is taken` : `cannot listen at ${text}: ${(cause as Error).message}`,
    { subject: text, cause }
  )
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

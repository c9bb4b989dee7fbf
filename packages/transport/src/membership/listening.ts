// Binds the node's port: the named one, or the next free one from the default on. One worker binds it or, where the
// system can share a port between them (Node 22.12 and later), all do.
import net from 'node:net'
import { FloodnetError, formatAddress, plainHost } from '@floodnet/core'

import type { Endpoint } from '../threads/messages.ts'
import type { WorkerPool } from '../threads/worker-pool.ts'

/** Pause between attempts to bind a port again after a crash. */
const RELISTEN_MS = 250

/** What is bound, and how, so that a worker that comes back can bind it again. */
export interface Bound {
  readonly endpoint: Endpoint
  readonly shared: boolean
}

/** @throws ERR_FLOODNET_ADDRESS_IN_USE, ERR_FLOODNET_ADDRESS */
export async function listen(pool: WorkerPool, setting: ListenSetting): Promise<Bound> {
  try {
    return await bindFirstFree(pool, setting)
  } catch (error) {
    // A machine without IPv6 has no '::' to bind; "any" then means every IPv4 address.
    const code = codeOf(error)
    if (setting.endpoint.host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL'))
      throw listenError(setting, error)
  }
  const ipv4: ListenSetting = { ...setting, endpoint: { ...setting.endpoint, host: '0.0.0.0' } }
  return bindFirstFree(pool, ipv4).catch((error: unknown) => {
    throw listenError(ipv4, error)
  })
}

/**
 * Binds the node's port again in a worker that came back, while it `isWanted`: the crashed worker's socket may still
 * hold the port for a moment.
 */
export function listenAgain(
  pool: WorkerPool,
  worker: number,
  bound: Bound,
  isWanted: () => boolean,
  onError: (error: Error) => void
): void {
  if (!isWanted() || (worker !== 0 && !bound.shared)) return
  pool
    .call(worker, (control) => control.listen(bound.endpoint, bound.shared))
    .catch((error: NodeJS.ErrnoException) => {
      if (!isWanted() || !pool.isAlive(worker)) return
      if (error.code !== 'EADDRINUSE') onError(error)
      setTimeout(() => listenAgain(pool, worker, bound, isWanted, onError), RELISTEN_MS).unref()
    })
}

async function bindFirstFree(pool: WorkerPool, { endpoint, search }: ListenSetting): Promise<Bound> {
  for (let tries = 1; ; tries++) {
    try {
      return await bind(pool, { ...endpoint, port: endpoint.port + tries - 1 })
    } catch (error) {
      if (!search || codeOf(error) !== 'EADDRINUSE' || tries === PORT_TRIES) throw error
    }
  }
}

async function bind(pool: WorkerPool, wanted: Endpoint): Promise<Bound> {
  const shared = pool.size > 1 && canSharePorts()
  // A shared port binds beside any other program that shares it, so first make sure that nobody has it.
  const free = shared ? await probe(wanted) : wanted
  const endpoint = await pool.call(0, (control) => control.listen(free, shared))
  if (shared)
    await Promise.all(pool.alive.slice(1).map((index) => pool.call(index, (control) => control.listen(endpoint, true))))
  return { endpoint: { host: plainHost(endpoint.host), port: endpoint.port }, shared }
}

/** Binds alone for a moment. Resolves with the endpoint, and chooses a port if it was 0. */
function probe(wanted: Endpoint): Promise<Endpoint> {
  const server = net.createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve({ host: wanted.host, port }))
    })
  })
}

function canSharePorts(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return process.platform === 'linux' && (major > 22 || (major === 22 && minor >= 12))
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

function listenError({ endpoint }: ListenSetting, cause: unknown): unknown {
  if (cause instanceof FloodnetError) return cause
  const subject = formatAddress(endpoint)
  if (codeOf(cause) === 'EADDRINUSE') {
    return new FloodnetError('ERR_FLOODNET_ADDRESS_IN_USE', `listen: ${subject} is taken`, { subject, cause })
  }
  return new FloodnetError('ERR_FLOODNET_ADDRESS', `listen: cannot bind ${subject}: ${(cause as Error).message}`, {
    subject,
    cause
  })
}

export const PORT_TRIES = 100

/** Where to listen. `search`: try the next port if this one is taken. */
export interface ListenSetting {
  readonly endpoint: Endpoint
  readonly search: boolean
}

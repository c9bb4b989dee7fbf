// The connection to NATS: made once, kept forever, with reports of its ups and downs.
import { FloodnetError, messageOf } from '@floodnet/core'
import type { ConnectionOptions, NatsConnection, Status } from '@nats-io/transport-node'
import type { Clients } from './clients.ts'
import type { NatsSettings } from './options.ts'

const PORT = 4222
/** How often we probe a silent connection, in ms; the client gives it up after the third time. A guess. */
const PING_MS = 10_000

/** Hears from a connection. */
export interface ConnectionHost {
  onNotice(text: string): void
  /** The server is back. */
  onReconnect(): void
}

export class Connection {
  readonly nats: NatsConnection
  reconnects = 0
  /** Resolves when the server is gone: it will not answer earlier requests. Replaced then. */
  lost: Promise<void>
  #onLost: () => void = () => undefined
  #connected = true
  #closed = false
  readonly #host: ConnectionHost

  private constructor(nats: NatsConnection, host: ConnectionHost) {
    this.nats = nats
    this.#host = host
    this.lost = this.#nextLoss()
    void this.#watch()
  }

  /** @throws ERR_FLOODNET_ADDRESS if no server can be reached, or none accepts us. */
  static async open(clients: Clients, settings: NatsSettings, host: ConnectionHost): Promise<Connection> {
    const servers = settings.servers.map(hostOf)
    try {
      const options = {
        servers,
        name: `floodnet bridge ${settings.flood}`,
        noEcho: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: settings.limits.reconnectMs,
        pingInterval: PING_MS,
        ignoreAuthErrorAbort: true,
        ...credentialsOf(clients, settings),
        ...(settings.servers.some((server) => server.startsWith('tls:')) && { tls: {} })
      }
      return new Connection(await clients.connect(options), host)
    } catch (cause) {
      const text = `no NATS server at ${servers.join(', ')}: ${messageOf(cause)}`
      throw new FloodnetError('ERR_FLOODNET_ADDRESS', text, { subject: servers.join(','), cause })
    }
  }

  get connected(): boolean {
    return this.#connected && !this.#closed
  }

  /** Largest message, headers included. */
  get maxPayload(): number {
    return this.nats.info?.max_payload ?? 0
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.nats.close()
  }

  #nextLoss(): Promise<void> {
    return new Promise((resolve) => {
      this.#onLost = resolve
    })
  }

  async #watch(): Promise<void> {
    for await (const status of this.nats.status()) this.#onStatus(status)
  }

  #onStatus(status: Status): void {
    if (this.#closed) return
    if (status.type === 'error') this.#host.onNotice(`the NATS server says: ${status.error.message}`)
    if (status.type === 'ldm') this.#host.onNotice(`NATS server ${status.server} is about to go down`)
    if (status.type === 'disconnect' && this.#connected) {
      this.#connected = false
      this.#host.onNotice(`lost NATS server ${status.server}; trying again and again`)
      this.#onLost()
      this.lost = this.#nextLoss()
    }
    if (status.type !== 'reconnect') return
    this.#connected = true
    this.reconnects++
    this.#host.onNotice(`back at NATS server ${status.server}`)
    this.#host.onReconnect()
  }
}

/** Without our credentials, which are never shown. */
function hostOf(text: string): string {
  const { hostname, port } = new URL(text)
  return `${hostname}:${port === '' ? PORT : port}`
}

/** A `.creds` file, or what comes before the '@' in a server's address: a user and a password, or a token. */
function credentialsOf({ credsAuthenticator }: Clients, { servers, credentials }: NatsSettings): ConnectionOptions {
  if (credentials !== null) return { authenticator: credsAuthenticator(credentials) }
  const named = servers.map((server) => new URL(server)).find(({ username }) => username !== '')
  if (named === undefined) return {}
  const [user, pass] = [decodeURIComponent(named.username), decodeURIComponent(named.password)]
  return pass === '' ? { token: user } : { user, pass }
}

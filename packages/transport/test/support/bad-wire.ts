// A TCP proxy on loopback that treats its connections as a bad network does: late, standing still, with holes, or
// reset.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** One direction of a connection. */
interface Way {
  readonly from: Socket
  readonly to: Socket
}

const running = new Set<BadWire>()

export class BadWire {
  /** Every byte comes so much later, in order; for what is read from now on. */
  delayMs = 0
  /** How many of the next chunks are swallowed: the stream goes on without them. */
  dropChunks = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #stalled = false

  private constructor(target: string) {
    const [host = '', port] = target.split(':')
    this.#server = createServer((accepted) => {
      const dialled = connect({ host, port: Number(port) })
      for (const way of [
        { from: accepted, to: dialled },
        { from: dialled, to: accepted }
      ]) {
        this.#carry(way)
      }
    })
  }

  /** In front of `target`, 'host:port'. */
  static async start(target: string): Promise<BadWire> {
    const wire = new BadWire(target)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    running.add(wire)
    return wire
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Nothing passes on any connection, old or new, and none of them ends. */
  stall(): void {
    this.#stalled = true
    for (const socket of this.#sockets) socket.pause()
  }

  resume(): void {
    this.#stalled = false
    for (const socket of this.#sockets) socket.resume()
  }

  /** Ends every connection at once, with RST to both sides. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    running.delete(this)
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.reset()
    await closed
  }

  #carry({ from, to }: Way): void {
    this.#sockets.add(from)
    from.on('data', (chunk) => this.#onChunk(chunk, to))
    from.on('end', () => to.end())
    // The other side hears of an error as an end.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    if (this.#stalled) from.pause()
  }

  #onChunk(chunk: Buffer, to: Socket): void {
    if (this.dropChunks > 0) {
      this.dropChunks--
      return
    }
    if (this.delayMs === 0) return this.#write(chunk, to)
    setTimeout(() => this.#write(chunk, to), this.delayMs)
  }

  #write(chunk: Buffer, to: Socket): void {
    if (!to.destroyed) to.write(chunk)
  }
}

export async function closeWires(): Promise<void> {
  await Promise.all([...running].map((wire) => wire.close()))
}

// A way to a node whose connections can be cut from outside: both ends see theirs end, and what was on its way is lost.
import { once } from 'node:events'
import net from 'node:net'

export class CutProxy {
  static readonly #all = new Set<CutProxy>()
  /** 'host:port' of the node; set when it listens. */
  target = ''
  readonly #server: net.Server
  readonly #pairs = new Set<readonly [net.Socket, net.Socket]>()

  private constructor() {
    this.#server = net.createServer((near) => this.#connect(near))
    CutProxy.#all.add(this)
  }

  static async start(): Promise<CutProxy> {
    const proxy = new CutProxy()
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  static async closeAll(): Promise<void> {
    for (const proxy of CutProxy.#all) proxy.#close()
    CutProxy.#all.clear()
  }

  /** Where to dial instead of `target`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`
  }

  /** Cuts one of its connections; `pick` draws a number below the count. False: there is none. */
  cutOne(pick: (count: number) => number): boolean {
    const pair = [...this.#pairs][pick(this.#pairs.size)]
    for (const socket of pair ?? []) socket.destroy()
    return pair !== undefined
  }

  #connect(near: net.Socket): void {
    const [host = '', port = ''] = this.target.split(':')
    const far = net.connect({ host, port: Number(port) })
    const pair = [near, far] as const
    this.#pairs.add(pair)
    for (const [socket, other] of [pair, [far, near]] as const) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#pairs.delete(pair)
        other.destroy()
      })
      socket.pipe(other)
    }
  }

  #close(): void {
    this.#server.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }
}

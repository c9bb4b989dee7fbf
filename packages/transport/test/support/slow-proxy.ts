// A way between two nodes that lets so many bytes a second through in each direction, and holds the rest up.
import { once } from 'node:events'
import net from 'node:net'

/** Portions in which bytes go on. */
const PERIOD_MS = 20

const open = new Set<net.Server>()
const sockets = new Set<net.Socket>()

/** Where to dial instead of `target`; both are 'host:port'. */
export async function startSlowProxy(target: string, bytesPerSecond: number): Promise<string> {
  const [host = '', port = ''] = target.split(':')
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ host, port: Number(port), allowHalfOpen: true })
    carry(near, far, bytesPerSecond)
    carry(far, near, bytesPerSecond)
  })
  open.add(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

export async function closeProxies(): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await Promise.all([...open].map((server) => new Promise((resolve) => server.close(resolve))))
  open.clear()
}

/** Reads no faster than it may pass on, so that the sender's side fills up. */
function carry(from: net.Socket, to: net.Socket, bytesPerSecond: number): void {
  sockets.add(from)
  let lastMs = performance.now()
  let ended = false
  from.pause()
  from.on('end', () => {
    ended = true
  })
  const timer = setInterval(() => {
    // A busy machine's timers are late.
    const nowMs = performance.now()
    const portion = Math.ceil((bytesPerSecond * (nowMs - lastMs)) / 1000)
    lastMs = nowMs
    const bytes = from.read(Math.min(portion, from.readableLength)) as Buffer | null
    if (bytes !== null && !to.destroyed) to.write(bytes)
    if (ended && from.readableLength === 0) to.end()
  }, PERIOD_MS)
  from.on('error', () => undefined)
  from.on('close', () => {
    clearInterval(timer)
    sockets.delete(from)
    to.end()
  })
}

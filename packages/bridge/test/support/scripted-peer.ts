// A peer that answers as a test says and remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'

export interface Asked {
  readonly startLine: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface ScriptedPeer {
  readonly port: number
  readonly asked: Asked[]
  close(): Promise<void>
}

/** `respond` may leave the request without an answer. */
export async function startPeer(respond: (asked: Asked, outgoing: ServerResponse) => void): Promise<ScriptedPeer> {
  const asked: Asked[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const startLine = `${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}`
      const one = { startLine, headers: incoming.headers, body: Buffer.concat(chunks).toString() }
      asked.push(one)
      respond(one, outgoing)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: (server.address() as AddressInfo).port, asked, close }
}

/** Whatever is asked: 200, and for a connect the given list. */
export function member(list: readonly { port: number; address: string }[] = []) {
  return ({ body }: Asked, outgoing: ServerResponse): void => {
    outgoing.end(JSON.parse(body).type === 0 ? JSON.stringify(list) : '')
  }
}

/** A TCP server that gives its sockets to `onSocket`: for what is no HTTP at all. */
export async function startTcpPeer(
  onSocket: (socket: Socket) => void
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: (server.address() as AddressInfo).port, close }
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const { port, close } = await startTcpPeer(() => undefined)
  await close()
  return port
}

// Requests written byte by byte, as a recorded peer sent them or as no decent peer would.
import { connect, type Socket } from 'node:net'

export interface RawResponse {
  readonly statusLine: string
  readonly headers: readonly string[]
  readonly body: string
}

/**
 * Sends `text` on a connection of its own and reads one answer; an empty status line when the other end said nothing.
 */
export async function sendRaw(port: number, text: string | Uint8Array, host = '127.0.0.1'): Promise<RawResponse> {
  const socket = await openSocket(port, host)
  socket.end(text)
  const chunks: Buffer[] = []
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
  })
  return parseResponse(Buffer.concat(chunks).toString())
}

export function openSocket(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, allowHalfOpen: true }, () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

export function rawRequest(
  method: string,
  path: string,
  host: string,
  body: string,
  headers: readonly string[] = []
): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  return [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers, length, 'Connection: close', '', body].join('\r\n')
}

function parseResponse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...headers] = text.slice(0, Math.max(end, 0)).split('\r\n')
  return { statusLine, headers, body: end < 0 ? '' : text.slice(end + 4) }
}

// Requests to a device on the local network: only to the one address that it answered from, with a bounded answer and
// no redirects. Whatever the device says, we ask nobody else.
import http from 'node:http'
import { MappingError } from './gateway.ts'

/** Routers' descriptions have some 5 KB. A guess with room. */
const MAX_BYTES = 131_072
const TIMEOUT_MS = 3_000

export interface LanRequest {
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface LanAnswer {
  readonly status: number
  readonly text: string
}

/** The URL in `text`, relative to `base`; null unless it leads to `host` by plain HTTP. */
export function lanUrl(text: string, host: string, base?: string): URL | null {
  const url = URL.canParse(text, base) ? new URL(text, base) : null
  return url !== null && url.protocol === 'http:' && url.hostname === host && url.username === '' ? url : null
}

/** @throws MappingError */
export function requestLan(url: URL, { method, headers = {}, body = '' }: LanRequest): Promise<LanAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new MappingError('gateway-silent'))
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const request = http.request(url, { method, agent: false, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes <= MAX_BYTES) chunks.push(chunk)
        else request.destroy()
      })
      response.on('error', fail)
      response.on('close', () => {
        if (!response.complete) return fail()
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      })
    })
    const timer = setTimeout(() => request.destroy(), TIMEOUT_MS)
    request.on('error', fail)
    request.on('close', () => {
      clearTimeout(timer)
      fail()
    })
    request.end(body)
  })
}

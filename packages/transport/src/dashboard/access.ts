// Who may look: anybody who shows the token, and then the browser that has shown it. Comparisons take constant time,
// and a browser does not keep the token itself.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { addressError, FloodnetError, isLoopback, optionError, parseAddress } from '@floodnet/core'

/** Least length of a token. A shorter one could be guessed; 16 random hex digits are 64 bits. */
const MIN_TOKEN_LENGTH = 16
/** What an `Authorization: Bearer` header can carry (RFC 6750, 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/

/** `granted`; `denied`; or `welcome`: the token was in the address, and the browser gets a cookie instead. */
export type Verdict = 'granted' | 'denied' | 'welcome'

/**
 * @throws ERR_FLOODNET_ADDRESS for an invalid address, ERR_FLOODNET_OPTION for an invalid token, ERR_FLOODNET_INSECURE
 *   for an address that others can reach without a token
 */
export function checkAccess(option: string, address: string, token: string | null): void {
  const host = parseAddress(address)?.host
  if (host === undefined) throw addressError(option, address, 'is not an address; write host:port')
  if (token !== null && (token.length < MIN_TOKEN_LENGTH || !TOKEN.test(token)))
    throw optionError(
      option,
      `${option}: a token has at least ${MIN_TOKEN_LENGTH} letters, digits or -._~+/, as openssl rand -hex 24 prints them`
    )
  if (token === null && !isLoopback(host))
    throw new FloodnetError(
      'ERR_FLOODNET_INSECURE',
      `${option}: others can reach ${address}, and would see what this node does: ` +
        'give the dashboard a token, or an address of this machine such as 127.0.0.1:9465',
      { subject: option }
    )
}

export class Access {
  /** Null: everyone may look. */
  readonly #token: Buffer | null
  readonly #cookie: Buffer
  readonly #cookieName: string
  /**
   * The cookie that a browser keeps. It ends with the browser, no script can read it, and no other site's page can send
   * it along.
   */
  readonly setCookie: string

  /** `port` tells the dashboards of one machine apart, because browsers do not. */
  constructor(token: string | null, port: number) {
    this.#token = token === null ? null : digestOf(token)
    const cookie = createHmac('sha256', token ?? '')
      .update('floodnet dashboard')
      .digest('base64url')
    this.#cookie = digestOf(cookie)
    this.#cookieName = `floodnet-dashboard-${port}`
    this.setCookie = `${this.#cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Lax`
  }

  judge({ headers, url = '' }: IncomingMessage): Verdict {
    if (this.#token === null) return 'granted'
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return isEqual(bearer, this.#token) ? 'granted' : 'denied'
    const visit = tokenIn(url)
    if (visit !== null) return isEqual(visit, this.#token) ? 'welcome' : 'denied'
    const cookie = cookieIn(headers.cookie ?? '', this.#cookieName)
    return cookie !== null && isEqual(cookie, this.#cookie) ? 'granted' : 'denied'
  }
}

/**
 * Whether a page of another site made the request, in a browser that says so. Only visits may come from there: other
 * requests could at least take the places of people who may look.
 */
export function isForeign({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}

/** What follows `token=` in the address. It needs no decoding: a `+` does not stand for a blank. */
function tokenIn(url: string): string | null {
  const text = /^[^?]*\?(?:[^#]*&)?token=([^&#]*)/.exec(url)?.[1]
  if (text === undefined) return null
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function cookieIn(header: string, name: string): string | null {
  const found = header.split(/; */).find((pair) => pair.startsWith(`${name}=`))
  return found === undefined ? null : found.slice(name.length + 1)
}

/** Digests have the same length, whatever the guess. */
function isEqual(guess: string, digest: Buffer): boolean {
  return timingSafeEqual(digestOf(guess), digest)
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

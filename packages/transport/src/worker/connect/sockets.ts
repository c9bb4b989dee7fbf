// Sockets before they are links: TCP or TLS 1.3, dialled or accepted, up to the point where the peer's key is known.
import { constants, X509Certificate } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import type { CloseReason } from '@floodnet/core'
import { plainHost } from '@floodnet/core'
import { publicKeyOf } from '../../identity/certificate.ts'
import { EXPORTER_LABEL } from '../../identity/frame-crypto.ts'
import type { Endpoint } from '../../threads/messages.ts'
import { HandshakeGate, sealedLimit } from './handshake-gate.ts'

export const ALPN = 'floodnet/1'

/** Our certificate and whom we trust; null: plain TCP. */
export type Security = { readonly key: string; readonly certificate: string; readonly authority: string | null } | null

/** Takes the next bytes of a socket. They are there as long as the call lasts: no other socket is read meanwhile. */
export type Taker = (bytes: Uint8Array) => void

/** A connected socket whose peer has proved `peerKey` (null without TLS: HELLO will claim one). */
export interface SecuredSocket {
  readonly socket: net.Socket
  /** Says who takes what comes, in the turn in which the socket is handed on. */
  readonly receive: (taker: Taker) => void
  readonly peerKey: Uint8Array | null
  /** 32 bytes that both ends of this very connection derive and nobody else knows; null without TLS. */
  readonly exported: Uint8Array | null
  /** Set when the certificate is not one of the network's authority. The peer is told over the link. */
  readonly refusal: CloseReason | null
}

/** 'host:port' of the socket's other end. */
export function remoteEndpoint(socket: net.Socket): Endpoint {
  return { host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }
}

/**
 * TLS 1.3 only, both sides with certificates, no resumption. Chains are judged by us, so that a refusal can be told
 * with a reason.
 */
function tlsOptions({
  key,
  certificate,
  authority
}: NonNullable<Security>): tls.SecureContextOptions & tls.CommonConnectionOptions {
  return {
    key,
    cert: certificate,
    ...(authority === null ? {} : { ca: authority }),
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    secureOptions: constants.SSL_OP_NO_TICKET,
    ALPNProtocols: [ALPN],
    rejectUnauthorized: false,
    requestCert: true
  }
}

/**
 * Starts a connection. `onSecured` or `onFailed` is called once, unless the socket is destroyed first. `readBuffer` is
 * what every such socket of the thread reads into.
 */
export function dialSocket(
  endpoint: Endpoint,
  security: Security,
  readBuffer: Uint8Array,
  onSecured: (secured: SecuredSocket) => void,
  onFailed: (reason: string) => void
): net.Socket {
  const failed = (error: NodeJS.ErrnoException): void => onFailed(dialFailure(error))
  const { onread, receive } = readsInto(readBuffer)
  if (security === null) {
    const socket = net.connect({ ...endpoint, noDelay: true, allowHalfOpen: true, onread })
    return socket.once('error', failed).once('connect', () => {
      socket.off('error', failed)
      onSecured({ socket, receive, peerKey: null, exported: null, refusal: null })
    })
  }
  // Names are not checked: a node is its key and not a host. The types of Node 20 lack `allowHalfOpen` and `onread`.
  const options: tls.ConnectionOptions & net.SocketConstructorOpts & net.ConnectOpts = {
    ...tlsOptions(security),
    ...endpoint,
    servername: '',
    allowHalfOpen: true,
    onread,
    checkServerIdentity: () => undefined
  }
  const socket = tls.connect(options)
  socket.setNoDelay(true)
  const gate = new HandshakeGate(socket, sealedLimitOf(security), () => onFailed('handshake-too-large'))
  socket.once('connect', () => gate.start())
  return socket.once('error', failed).once('secureConnect', () => {
    gate.finish()
    socket.off('error', failed)
    const secured = secure(socket, receive, security)
    if (typeof secured === 'string') onFailed(secured)
    else onSecured(secured)
  })
}

/** Chains count only where an authority issues them; else nobody needs more than one certificate. */
function sealedLimitOf({ certificate, authority }: NonNullable<Security>): number {
  return sealedLimit(authority === null ? 0 : chainBytes(certificate))
}

function chainBytes(pem: string): number {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return certificates.reduce((bytes, one) => bytes + new X509Certificate(one).raw.length, 0)
}

/**
 * One buffer for all that is read: Node would make one for each read, of which tens of MiB would wait for the
 * collector, and pass it through a stream (TLS takes a quarter less processor time to read). It does this only for
 * sockets that it opens.
 */
function readsInto(buffer: Uint8Array): { onread: net.OnReadOpts; receive: (taker: Taker) => void } {
  // Nothing comes before the socket is handed on, or after it has been destroyed.
  let taker: Taker = () => undefined
  const callback = (count: number): boolean => {
    taker(buffer.subarray(0, count))
    return true
  }
  const receive = (next: Taker): void => {
    taker = next
  }
  return { onread: { buffer, callback }, receive }
}

/** What an accepted socket reads. */
function readsOf(socket: net.Socket): (taker: Taker) => void {
  return (taker) => void socket.on('data', taker)
}

/** What is asked about an accepted socket. False: it has been dropped. */
export interface ListenerGuard {
  admit(socket: net.Socket): boolean
  /** Its first bytes are here, and TLS would begin. */
  maySecure(socket: net.Socket): boolean
}

/**
 * A server that asks `guard` about each accepted socket before any TLS work is done for it, and hands it on when its
 * peer is known.
 */
export function createListener(
  security: Security,
  { admit, maySecure }: ListenerGuard,
  onSecured: (secured: SecuredSocket) => void,
  onRefused: (remote: Endpoint, reason: string) => void
): net.Server {
  if (security === null) {
    return net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      if (admit(socket)) onSecured({ socket, receive: readsOf(socket), peerKey: null, exported: null, refusal: null })
    })
  }
  const maxSealedBytes = sealedLimitOf(security)
  const gates = new WeakMap<tls.TLSSocket, HandshakeGate>()
  const upgrader = tls.createServer(tlsOptions(security), (socket) => {
    gates.get(socket)?.finish()
    const secured = secure(socket, readsOf(socket), security)
    if (typeof secured !== 'string') return onSecured(secured)
    onRefused(remoteEndpoint(socket), secured)
    socket.destroy()
  })
  // The first sign of a socket that the server makes of a connection. By then OpenSSL has seen the peer's first
  // message, and the peer cannot have sent the next one: it needs our answer, which is what these keys are for.
  upgrader.on('keylog', (_line, socket) => {
    if (gates.has(socket)) return
    const gate = new HandshakeGate(socket, maxSealedBytes, () => {
      onRefused(remoteEndpoint(socket), 'handshake-too-large')
      socket.destroy()
    })
    gates.set(socket, gate)
    setImmediate(() => gate.start())
  })
  upgrader.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // Whoever is gone has no address any more; who admitted the socket tells of that.
    if (socket.remoteAddress !== undefined) onRefused(remoteEndpoint(socket), tlsFailure(error))
    socket.destroy()
  })
  const onFirstBytes = (socket: net.Socket): void => {
    if (socket.readableLength === 0) socket.destroy()
    else if (maySecure(socket)) upgrader.emit('connection', socket)
  }
  return net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    if (admit(socket)) socket.once('readable', () => onFirstBytes(socket))
  })
}

function secure(
  socket: tls.TLSSocket,
  receive: SecuredSocket['receive'],
  security: NonNullable<Security>
): SecuredSocket | string {
  if (socket.alpnProtocol !== ALPN) return 'not-floodnet'
  const certificate = socket.getPeerX509Certificate()
  const peerKey = certificate === undefined ? null : publicKeyOf(certificate)
  if (peerKey === null) return 'no-ed25519-certificate'
  const refusal = security.authority !== null && !socket.authorized ? 'untrusted-certificate' : null
  const exported = socket.exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0))
  return { socket, receive, peerKey, exported, refusal }
}

function dialFailure(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection-refused'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'unreachable'
    default:
      return tlsFailure(error)
  }
}

/**
 * What OpenSSL says of bytes that are no TLS at all: of a node without TLS, of a web server or browser, of anything.
 */
const NOT_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST'
])

function tlsFailure(error: NodeJS.ErrnoException): string {
  const code = error.code ?? ''
  if (code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' || code === 'ERR_SSL_NO_APPLICATION_PROTOCOL')
    return 'not-floodnet'
  if (NOT_TLS.has(code)) return 'no-tls'
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return 'no-tls-1.3'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'connection-lost'
  return code === '' ? error.message : code
}

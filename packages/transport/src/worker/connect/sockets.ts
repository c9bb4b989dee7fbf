// Sockets before they are links: TCP or TLS 1.3, dialled or accepted, up to the point where we know the peer's key.
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

/** Takes the next bytes of a socket. They are valid only during the call, while no other socket is read. */
export type Taker = (bytes: Uint8Array) => void

/** A connected socket whose peer has proved `peerKey` (null without TLS: HELLO will claim one). */
export interface SecuredSocket {
  readonly socket: net.Socket
  /** Sets who takes incoming bytes. Call it in the same turn in which you receive the socket. */
  readonly receive: (taker: Taker) => void
  readonly peerKey: Uint8Array | null
  /** 32 bytes that only the two ends of this connection can derive; null without TLS. */
  readonly exported: Uint8Array | null
  /** Set if the network's authority did not issue the certificate. We tell the peer over the link. */
  readonly refusal: CloseReason | null
}

/** 'host:port' of the socket's other end. */
export function remoteEndpoint(socket: net.Socket): Endpoint {
  return { host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }
}

/**
 * TLS 1.3 only, certificates on both sides, no resumption. We judge chains ourselves, so that we can tell the peer why
 * we refuse.
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
 * Starts a connection. `onSecured` or `onFailed` is called once, unless the socket is destroyed first. All such sockets
 * of the thread read into `readBuffer`.
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
  // We do not check names: a node is its key, not a host. The types of Node 20 lack `allowHalfOpen` and `onread`.
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

/** Chains count only if an authority issues them; otherwise nobody needs more than one certificate. */
function sealedLimitOf({ certificate, authority }: NonNullable<Security>): number {
  return sealedLimit(authority === null ? 0 : chainBytes(certificate))
}

function chainBytes(pem: string): number {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return certificates.reduce((bytes, one) => bytes + new X509Certificate(one).raw.length, 0)
}

/**
 * One buffer for all reads. Otherwise Node would allocate one for each read, leave tens of MiB waiting for the
 * collector, and pass everything through a stream (with this, TLS takes a quarter less processor time to read). Node
 * offers this only for sockets that it opens itself.
 */
function readsInto(buffer: Uint8Array): { onread: net.OnReadOpts; receive: (taker: Taker) => void } {
  // Nothing arrives before the socket is handed on, or after it has been destroyed.
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

/** Reads from an accepted socket. */
function readsOf(socket: net.Socket): (taker: Taker) => void {
  return (taker) => void socket.on('data', taker)
}

/** Decides about accepted sockets. False: it has dropped the socket. */
export interface ListenerGuard {
  admit(socket: net.Socket): boolean
  /** The socket's first bytes have arrived, and TLS would begin. */
  maySecure(socket: net.Socket): boolean
}

/**
 * A server that asks `guard` about each accepted socket before it does any TLS work, and hands the socket on once it
 * knows the peer.
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
  // The first sign of the socket that the server makes from a connection. By then OpenSSL has seen the peer's first
  // message. The peer cannot have sent the next one, because it needs our answer, which is what these keys are for.
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
    // A socket that is gone has no address any more; the code that admitted it reports that.
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
 * What OpenSSL reports for bytes that are not TLS: from a node without TLS, a web server or browser, or anything else.
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

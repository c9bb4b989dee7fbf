// Limits what OpenSSL sees of a stranger's handshake. OpenSSL checks every certificate of a chain on the thread that
// reads, before we can refuse: 100 KB of certificates take a second. So until the handshake is done, we read the
// socket's bytes here, record by record (RFC 8446, 5.1), and hand them on within a bound. Afterwards the socket reads
// for itself again, and this code is out of its way.
import { readSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'

/** Unencrypted handshake bytes: ours have 250, or 1,470 with a post-quantum key share (Node 22 and later). */
const MAX_CLEAR_HANDSHAKE_BYTES = 4_096
/** Encrypted handshake bytes with the certificate, not counting an authority's chain: ours have 560 to 680. */
const MAX_SEALED_HANDSHAKE_BYTES = 1_024
/**
 * Chains of one authority differ: a peer's may have this many times as many bytes as ours. A guess: an intermediate or
 * two, and longer names.
 */
const CHAIN_SHARE = 4
/**
 * Longest pause between two checks for bytes. The pause is an eighth of the elapsed time, so it hardly delays a
 * handshake.
 */
const MAX_LOOK_MS = 100
const LOOK_SHARE = 8

const RECORD_HEADER_BYTES = 5
/** The types of TLS records: change_cipher_spec, alert, handshake, application_data. */
const FIRST_TYPE = 20
const SEALED_TYPE = 23
/** Room for what may follow the last record of a handshake: a HELLO and the first packets. */
const ROOM_BYTES = 4_096

/**
 * The parts of Node's own handle of a TLS socket that we use. All have existed since Node 12, and we test them on each
 * Node that we support.
 */
interface TlsHandle {
  /** The socket's descriptor; none on Windows. */
  readonly fd?: number
  readonly reading: boolean
  readStart(): number
  readStop(): number
  /** Takes bytes as if it had read them from the socket. */
  receive(bytes: Uint8Array): void
}

/**
 * Bound for a peer's encrypted handshake. `chainBytes`: bytes of our own certificates if an authority issues them, else
 * 0.
 */
export function sealedLimit(chainBytes: number): number {
  return MAX_SEALED_HANDSHAKE_BYTES + CHAIN_SHARE * chainBytes
}

/** Reads for one socket until its handshake is done. */
export class HandshakeGate {
  readonly #socket: TLSSocket
  readonly #handle: TlsHandle | null
  readonly #onTooLarge: () => void
  readonly #buffer: Buffer
  #filled = 0
  #clearLeft = MAX_CLEAR_HANDSHAKE_BYTES
  #sealedLeft: number
  #done = false
  #sinceMs = 0
  #timer: NodeJS.Timeout | null = null

  /** Stops the socket's own reading. `onTooLarge` is called once, before any of the excess is handed on. */
  constructor(socket: TLSSocket, maxSealedBytes: number, onTooLarge: () => void) {
    this.#socket = socket
    this.#onTooLarge = onTooLarge
    this.#sealedLeft = maxSealedBytes
    this.#handle = handleOf(socket)
    this.#buffer = Buffer.allocUnsafe(this.#handle === null ? 0 : maxSealedBytes + ROOM_BYTES)
    if (this.#handle === null) return
    this.#handle.readStop()
    // Node may start to read at any time; `#open` restores the handle's own method.
    this.#handle.readStart = () => 0
    socket.once('close', () => this.#end())
  }

  /** The socket is connected. */
  start(): void {
    if (this.#handle === null) return
    this.#handle.readStop()
    this.#sinceMs = performance.now()
    this.#look()
  }

  /** The handshake is done: nothing that follows belongs to it. */
  finish(): void {
    this.#done = true
    // If this is called during a look, the rest of what was read goes on first.
    if (this.#timer !== null) this.#open()
  }

  #look(): void {
    this.#timer = null
    while (!this.#done && !this.#socket.destroyed) {
      const count = this.#read()
      if (count === null) return this.#lookLater()
      if (count === 0) return this.#open()
      this.#filled += count
      if (!this.#handOn()) return
    }
    if (this.#done) this.#open()
  }

  #lookLater(): void {
    const pauseMs = Math.min(MAX_LOOK_MS, 1 + (performance.now() - this.#sinceMs) / LOOK_SHARE)
    this.#timer = setTimeout(() => this.#look(), pauseMs)
  }

  /** Number of bytes read; null: none yet. 0: the end or an error, which the socket will discover for itself. */
  #read(): number | null {
    const fd = this.#handle?.fd
    if (fd === undefined || fd < 0) return 0
    try {
      return readSync(fd, this.#buffer, this.#filled, this.#buffer.length - this.#filled, null)
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? null : 0
    }
  }

  /** Hands on whole records. False: the gate is open, or the socket ended. */
  #handOn(): boolean {
    const buffer = this.#buffer
    let at = 0
    while (!this.#done && this.#filled - at >= RECORD_HEADER_BYTES) {
      const type = buffer[at]!
      // Not TLS: OpenSSL notices at once, and reports it better.
      if (type < FIRST_TYPE || type > SEALED_TYPE) break
      const bytes = RECORD_HEADER_BYTES + buffer.readUInt16BE(at + 3)
      if (!this.#isWithin(type, bytes)) return this.#refuse()
      if (this.#filled - at < bytes) break
      this.#charge(type, bytes)
      this.#receive(at, at + bytes)
      if (this.#socket.destroyed) return false
      at += bytes
    }
    buffer.copyWithin(0, at, this.#filled)
    this.#filled -= at
    const isTls = this.#filled === 0 || (buffer[0]! >= FIRST_TYPE && buffer[0]! <= SEALED_TYPE)
    if (isTls && !this.#done) return true
    this.#open()
    return false
  }

  #isWithin(type: number, bytes: number): boolean {
    return bytes <= (type === SEALED_TYPE ? this.#sealedLeft : this.#clearLeft)
  }

  #charge(type: number, bytes: number): void {
    if (type === SEALED_TYPE) this.#sealedLeft -= bytes
    else this.#clearLeft -= bytes
  }

  #refuse(): false {
    this.#end()
    this.#onTooLarge()
    return false
  }

  /** A copy: Node may keep the bytes that it is given. */
  #receive(start: number, end: number): void {
    this.#handle?.receive(Buffer.from(this.#buffer.subarray(start, end)))
  }

  /** From now on the socket reads for itself. */
  #open(): void {
    const handle = this.#handle
    this.#end()
    if (handle === null || this.#socket.destroyed) return
    if (this.#filled > 0) this.#receive(0, this.#filled)
    this.#filled = 0
    Reflect.deleteProperty(handle, 'readStart')
    if (!this.#socket.destroyed && handle.reading) handle.readStart()
  }

  #end(): void {
    this.#done = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/**
 * Null if the system has no descriptors, or if Node's handles are not the ones that we know. Then the socket reads as
 * usual.
 */
function handleOf(socket: TLSSocket): TlsHandle | null {
  const handle = Reflect.get(socket, '_handle') as Partial<TlsHandle> | null | undefined
  const isKnown = typeof handle?.receive === 'function' && typeof handle.readStop === 'function'
  return isKnown && process.platform !== 'win32' ? (handle as TlsHandle) : null
}

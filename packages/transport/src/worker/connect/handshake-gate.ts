// What OpenSSL gets to see of a stranger's handshake. It checks every certificate of a chain on the thread that reads,
// before anybody can say no: 100 KB of them take a second. So until the handshake is done the bytes of a socket are
// read here, record by record (RFC 8446,
// 5.1), and handed on within a bound; afterwards the socket reads for itself again, and nothing of this is in its way.
import { readSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'

/** Handshake bytes in the clear: ours have 250, or 1,470 with a post-quantum key share (Node 22 and later). */
const MAX_CLEAR_HANDSHAKE_BYTES = 4_096
/** Encrypted handshake bytes with the certificate, without what chains of an authority take: ours have 560 to 680. */
const MAX_SEALED_HANDSHAKE_BYTES = 1_024
/**
 * Chains of one authority differ: a peer's may have this many times the bytes of ours. A guess: an intermediate or two,
 * and longer names.
 */
const CHAIN_SHARE = 4
/**
 * Longest pause between two checks for bytes. The pause is an eighth of the elapsed time, so it hardly delays any
 * handshake.
 */
const MAX_LOOK_MS = 100
const LOOK_SHARE = 8

const RECORD_HEADER_BYTES = 5
/** The types of TLS records: change_cipher_spec, alert, handshake, application_data. */
const FIRST_TYPE = 20
const SEALED_TYPE = 23
/** What else came with the last record of a handshake: a HELLO and the first packets. */
const ROOM_BYTES = 4_096

/**
 * The parts of Node's own handle of a TLS socket that are used here: all there since Node 12, and tested on each Node
 * that we support.
 */
interface TlsHandle {
  /** The socket's descriptor; none on Windows. */
  readonly fd?: number
  readonly reading: boolean
  readStart(): number
  readStop(): number
  /** Bytes as if they had been read from the socket. */
  receive(bytes: Uint8Array): void
}

/**
 * Bound for a peer's encrypted handshake. `chainBytes`: of our own certificates where an authority issues them, else 0.
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

  /** Stops the socket's own reading. `onTooLarge` is called once, with nothing of what is too much handed on. */
  constructor(socket: TLSSocket, maxSealedBytes: number, onTooLarge: () => void) {
    this.#socket = socket
    this.#onTooLarge = onTooLarge
    this.#sealedLeft = maxSealedBytes
    this.#handle = handleOf(socket)
    this.#buffer = Buffer.allocUnsafe(this.#handle === null ? 0 : maxSealedBytes + ROOM_BYTES)
    if (this.#handle === null) return
    this.#handle.readStop()
    // Node starts to read whenever it likes; the handle's own method comes back with `#open`.
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

  /** The handshake is done: whatever follows is none of it. */
  finish(): void {
    this.#done = true
    // Within a look, the rest of what was read goes on first.
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

  /** Bytes read; null: there are none yet. 0: the end, or an error, which the socket will find out for itself. */
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
      // No TLS: OpenSSL finds that out at once, and says it better.
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

  /** A copy: Node may keep what it is given. */
  #receive(start: number, end: number): void {
    this.#handle?.receive(Buffer.from(this.#buffer.subarray(start, end)))
  }

  /** From here on the socket reads for itself. */
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

/** Null where the system has no descriptors, or Node has other handles than we know: then the socket reads as ever. */
function handleOf(socket: TLSSocket): TlsHandle | null {
  const handle = Reflect.get(socket, '_handle') as Partial<TlsHandle> | null | undefined
  const isKnown = typeof handle?.receive === 'function' && typeof handle.readStop === 'function'
  return isKnown && process.platform !== 'win32' ? (handle as TlsHandle) : null
}

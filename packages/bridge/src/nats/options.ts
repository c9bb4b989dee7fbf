// The options of a NATS bridge, its limits with their sources, and the checks of both.
import { optionError } from '@floodnet/core'

/** Limits and times of a NATS bridge. */
export interface NatsLimits {
  /** Packets of the flood that wait for the NATS server, in bytes. With more, the bridge stops reading. */
  readonly maxQueuedBytes: number
  /** NATS messages that wait for the flood, in bytes, without a stream; more are dropped and counted. */
  readonly maxIncomingBytes: number
  /** Bytes that the bridge asks a stream for at one time. */
  readonly maxPulledBytes: number
  /** Packets given to the server before the bridge waits for its confirmation. */
  readonly maxUnconfirmed: number
  /** How long the server may take to confirm, in ms. */
  readonly confirmMs: number
  /** Pause between two attempts to reach a server that is gone, in ms. */
  readonly reconnectMs: number
  /** Pause before anything else is tried again, in ms. */
  readonly retryMs: number
  /**
   * Without a stream: how long packets wait for a bridge that takes them, in ms; after that they are dropped and
   * counted.
   */
  readonly nobodyMs: number
  /** Packets remembered as heard on the subject. */
  readonly maxHeard: number
  /** Bytes of packets that still lack parts. */
  readonly maxPartialBytes: number
  /** How long the last packets may take to leave when the bridge closes, in ms. */
  readonly lastPacketsMs: number
}

/** The defaults. */
export const NATS_DEFAULTS: NatsLimits = {
  // A guess: a minute of 1 MB/s, and the same figure as the server's own max_pending for one client.
  maxQueuedBytes: 67_108_864,
  // A guess: half of that, because the server holds another 64 MiB for us.
  maxIncomingBytes: 33_554_432,
  // A guess: many packets of the largest size (1 MiB).
  maxPulledBytes: 16_777_216,
  // A guess: a round trip of 1 ms for this many packets has no visible cost.
  maxUnconfirmed: 256,
  // The client's own default for JetStream.
  confirmMs: 5_000,
  // The client's own default.
  reconnectMs: 2_000,
  // A guess: this asks a server that is starting four times a second.
  retryMs: 250,
  // A guess: a server restarts, and clients come back every 2 s.
  nobodyMs: 60_000,
  // As many as a text bridge remembers.
  maxHeard: 65_536,
  // Some tens of packets of the largest size (1 MiB).
  maxPartialBytes: 33_554_432,
  // Twice what a text bridge gives its last words, because it includes a round trip to the server.
  lastPacketsMs: 2_000
}

/** For a stream that the bridge creates. An existing one keeps its own settings. */
export const STREAM_DEFAULTS = {
  /** A week. A guess. */
  maxAgeMs: 604_800_000,
  /** 1 GiB, then the oldest goes. A guess. */
  maxBytes: 1_073_741_824,
  /** Within this time the stream accepts no packet twice: the server's own default. */
  duplicateWindowMs: 120_000
} as const

/** What a program may pass to `bridgeNats`. */
export interface NatsBridgeOptions {
  /** `'nats://host:4222'` or `'tls://user:password@host'`, one or several of a cluster. */
  readonly servers: string | readonly string[]
  /** The subject that the joined floods share. Default `'floodnet'`. */
  readonly subject?: string
  /**
   * JetStream stream that keeps the packets; created if absent. Default: none, and only those who listen get the
   * packets.
   */
  readonly stream?: string
  /** Names this flood in the headers, for people and for tools. Default: the first 16 digits of this node's id. */
  readonly flood?: string
  /**
   * With a stream: packets from this many ms before the start are carried too. Default 60,000, for a bridge that
   * restarts.
   */
  readonly sinceMs?: number
  /** Contents of a `.creds` file. */
  readonly credentials?: Uint8Array
  /** Every limit by name; defaults: NATS_DEFAULTS. */
  readonly limits?: Partial<NatsLimits>
}

/** The same, checked. */
export interface NatsSettings {
  readonly servers: readonly string[]
  readonly subject: string
  readonly stream: string | null
  readonly flood: string
  readonly sinceMs: number
  readonly credentials: Uint8Array | null
  readonly limits: NatsLimits
}

const DEFAULT_SINCE_MS = 60_000
const FLOOD_DIGITS = 16

/** @throws ERR_FLOODNET_OPTION naming the option. */
export function natsSettings(options: NatsBridgeOptions, id: string): NatsSettings {
  const { subject = 'floodnet', stream = null, flood = id.slice(0, FLOOD_DIGITS) } = options
  const servers = typeof options.servers === 'string' ? [options.servers] : options.servers
  if (servers.length === 0) throw optionError('servers', 'a NATS bridge needs the address of a server')
  for (const server of servers) checkServer(server)
  if (!isSubject(subject))
    throw optionError(
      'subject',
      `'${subject}' is not a subject to publish to; use words joined by dots, without * and >`
    )
  if (stream !== null && !/^[^\s.*>/\\]{1,255}$/.test(stream))
    throw optionError('stream', `'${stream}' is not a stream name; use no spaces, dots, slashes, * or >`)
  if (!/^[\x21-\x7e]{1,64}$/.test(flood))
    throw optionError('flood', `'${flood}' is not a valid name; use 1 to 64 visible ASCII characters`)
  const { sinceMs = DEFAULT_SINCE_MS, credentials = null } = options
  if (!(sinceMs >= 0)) throw optionError('sinceMs', `sinceMs must be a number of ms, not ${sinceMs}`)
  return { servers, subject, stream, flood, sinceMs, credentials, limits: natsLimits(options.limits ?? {}) }
}

function natsLimits(given: Partial<NatsLimits>): NatsLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in NATS_DEFAULTS)) throw optionError(name, `a NATS bridge has no limit ${name}`)
    if (!Number.isSafeInteger(value) || value < 1) throw optionError(name, `${name} must be a whole number from 1`)
  }
  return { ...NATS_DEFAULTS, ...given }
}

function checkServer(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && ['nats:', 'tls:'].includes(url.protocol) && url.hostname !== '') return
  throw optionError(
    'servers',
    `'${text}' is not the address of a NATS server; write nats://host:4222 or tls://host:4222`
  )
}

function isSubject(text: string): boolean {
  return text.length <= 255 && /^[\x21-\x7e]+$/.test(text) && text.split('.').every((word) => /^[^*>]+$/.test(word))
}

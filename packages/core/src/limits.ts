// Every numeric option: its default, its bounds, and the source of the default. Validated here once, and trusted
// afterwards.

import { FloodnetError } from './errors.ts'
import { MAX_ONE_TIME_ORIGINS } from './flood/one-time-table.ts'
import { HELD_BY_DEFAULT } from './flood/window-packets.ts'
import { joinDefaults } from './join/options.ts'
import { MAX_WRITTEN_FRAME_BYTES } from './message/packet-writer.ts'
import { MAX_WORK_BITS } from './message/work.ts'
import { MAX_ANY_FRAME_BYTES } from './wire/frame-reader.ts'
import { DEFAULT_MAX_FRAME_BYTES } from './wire/layout.ts'

interface Limit {
  readonly value: number
  readonly min: number
  readonly max: number
  /** Where the default comes from; "guess" if there is no better source. */
  readonly source: string
}

const KIB = 1024
const MIB = 1024 * KIB

const MAX_RATE = 2 ** 40
const RATE_SOURCE =
  'none by default: only the people who run a network know what is too much for it; floodchat sets limits'

function limit(value: number, min: number, max: number, source: string): Limit {
  return { value, min, max, source }
}

/** All limits by name. The name's last word is the unit. */
export const LIMITS = {
  desiredLinks: limit(
    joinDefaults.desiredLinks,
    1,
    1_000,
    'the tutorial: that all five go at once is practically impossible'
  ),
  maxLinks: limit(
    joinDefaults.maxLinks,
    1,
    10_000,
    'guess: room above the desired count, so that walks end early; gossipsub allows 12'
  ),
  walkHops: limit(joinDefaults.walkHops, 0, 64, 'the tutorial'),
  inboxLimit: limit(512, 0, 100_000_000, 'the tutorial, in messages'),
  workers: limit(1, 1, 16, 'measured: a second worker costs 30-40 % more CPU a frame; it only pays if cores are idle'),
  maxMessageBytes: limit(16 * MIB, 1, 1024 * MIB, 'guess: four times the 4 MiB at which others fail opaquely'),
  workBits: limit(0, 0, MAX_WORK_BITS, 'none: the tutorial offers it as a choice; its own figure is 6'),
  maxFrameBytes: limit(
    DEFAULT_MAX_FRAME_BYTES,
    MAX_WRITTEN_FRAME_BYTES,
    MAX_ANY_FRAME_BYTES,
    'libp2p pubsub and NATS: 1 MiB'
  ),
  inboxBytes: limit(32 * MIB, 64 * KIB, 4096 * MIB, 'guess: two of the largest messages'),
  writeQueueBytes: limit(4 * MIB, 64 * KIB, 4096 * MIB, 'guess: about 40,000 messages of 100 bytes'),
  holdBytes: limit(
    MIB,
    MIB,
    3 * MIB,
    'guess: about 10,000 messages of 100 bytes; whole slabs of 1 MiB, at most all but one'
  ),
  linkQueueBytes: limit(
    HELD_BY_DEFAULT.linkQueueBytes,
    2 * MIB,
    1024 * MIB,
    'the kernel buffers 4.3 MB for a silent peer; a queue of twice that absorbs everything of one link'
  ),
  parents: limit(1, 0, 2, 'simulated: one parent carries 1.00 copies at the delay of a flood'),
  repairMs: limit(
    10_000,
    0,
    60_000,
    'guess: on a machine with several times the work that it can do, answers took 7 s; after a healed cut, messages wait as long for those from before'
  ),
  recentBytes: limit(
    HELD_BY_DEFAULT.recentBytes,
    0,
    1024 * MIB,
    'measured: 16 MiB cost a relay at full speed a tenth of its processor, because memory is reused later; 4 MiB cost nothing visible'
  ),
  recentMs: limit(
    HELD_BY_DEFAULT.recentMs,
    0,
    600_000,
    'guess: longer than a node without links takes to find new ones; with much traffic, recentBytes is the tighter bound'
  ),
  stallMs: limit(
    250,
    0,
    10_000,
    'guess: long enough for a garbage collection or a busy moment, too short for a dead program'
  ),
  stuckMs: limit(30_000, 100, 3_600_000, 'guess: longer than a route change, shorter than a person waits'),
  pingMs: limit(5_000, 20, 3_600_000, 'guess: two probes fit before a link counts as dead'),
  deadMs: limit(12_000, 50, 7_200_000, 'two unanswered probes, and a survivor still heals within 15 s'),
  dialTimeoutMs: limit(5_000, 50, 600_000, 'guess: TCP retransmits a lost SYN after 1 s and 3 s'),
  handshakeTimeoutMs: limit(5_000, 50, 600_000, 'as dialTimeoutMs'),
  maxHandshakes: limit(128, 1, 100_000, 'guess: a storm of joins, at some 64 KiB each'),
  retryMinMs: limit(joinDefaults.retryMinMs, 10, 3_600_000, 'guess: soon, but not at once'),
  retryMaxMs: limit(
    joinDefaults.retryMaxMs,
    10,
    86_400_000,
    'guess: a minute is what a person accepts after hours of absence'
  ),
  maxOrigins: limit(
    16_384,
    16,
    1_048_576,
    'measured: 0.6 KiB for an author; what windows grow by has a bound of its own, 2 KiB for each author'
  ),
  stemTimeoutMs: limit(
    5_000,
    50,
    600_000,
    'guess: far more than ten links take; as much again is drawn on top, as in Dandelion++'
  ),
  maxOneTimeOrigins: limit(
    MAX_ONE_TIME_ORIGINS,
    64,
    1_048_576,
    'guess: 100 one-time messages a second for the 5 minutes for which each is remembered, at 0.6 KiB'
  ),
  maxOriginBytesPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  maxOriginPacketsPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  maxOriginMessagesPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  maxNeighbourBytesPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  maxNeighbourPacketsPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  maxNeighbourMessagesPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  maxNeighbourOriginsPerSecond: limit(0, 0, MAX_RATE, RATE_SOURCE),
  rateBurstMs: limit(5_000, 100, 3_600_000, 'guess: a person pastes a page, a program catches up after a pause'),
  reassemblyBytes: limit(64 * MIB, MIB, 8192 * MIB, 'guess: four of the largest messages')
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof LIMITS
export type Limits = { readonly [K in LimitName]: number }

/**
 * `given` over the defaults. @throws ERR_FLOODNET_OPTION naming the first option that is unknown, not an integer or out
 * of bounds.
 */
export function resolveLimits(given: Readonly<Record<string, unknown>>): Limits {
  const limits: Record<string, number> = {}
  for (const [name, { value }] of Object.entries(LIMITS)) limits[name] = value
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) limits[name] = checkLimit(name, value)
  }
  const resolved = limits as Limits
  checkOrder(resolved, 'desiredLinks', 'maxLinks')
  checkOrder(resolved, 'retryMinMs', 'retryMaxMs')
  checkOrder(resolved, 'pingMs', 'deadMs')
  checkOrder(resolved, 'maxMessageBytes', 'reassemblyBytes')
  return resolved
}

function checkLimit(name: string, value: unknown): number {
  const known = Object.hasOwn(LIMITS, name) ? LIMITS[name as LimitName] : null
  if (known === null) throw optionError(name, `unknown option ${name}`)
  if (typeof value === 'number' && Number.isInteger(value) && value >= known.min && value <= known.max) return value
  throw optionError(name, `option ${name} must be an integer from ${known.min} to ${known.max}, not ${String(value)}`)
}

function checkOrder(limits: Limits, smaller: LimitName, larger: LimitName): void {
  if (limits[smaller] <= limits[larger]) return
  throw optionError(smaller, `option ${smaller} (${limits[smaller]}) must not exceed ${larger} (${limits[larger]})`)
}

/** The error for a bad option. */
export function optionError(name: string, message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message, { subject: name, cause })
}

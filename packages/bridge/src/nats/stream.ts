// The stream that keeps the packets: created if missing, and where a bridge begins to read it.
import { FloodnetError, messageOf } from '@floodnet/core'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import { type NatsSettings, STREAM_DEFAULTS } from './options.ts'

const NS_PER_MS = 1_000_000
const STREAM_NOT_FOUND = 10_059
/** The server removes a consumer of the stream after this time, in ms, if it does not remove itself. A guess. */
const PROBE_MS = 5_000

/** What a bridge needs of JetStream: `nanos` and the constants are written out, since the client is loaded late. */
export interface StreamPlace {
  /** The first number that the bridge reads. */
  readonly startSeq: number
  /** Every message of the stream is of our subject, so a number that is left out was lost. */
  readonly isOurs: boolean
}

/** @throws ERR_FLOODNET_OPTION if the stream there does not cover the subject, or none can be created. */
export async function findStream(
  manager: JetStreamManager,
  settings: NatsSettings,
  name: string
): Promise<StreamPlace> {
  const info = await streamInfo(manager, name, settings.subject).catch((cause: unknown) => {
    throw streamError(name, messageOf(cause), cause)
  })
  const { subjects = [] } = info.config
  if (!subjects.some((pattern) => matches(pattern, settings.subject)))
    throw streamError(name, `it keeps ${subjects.join(', ') || 'no subject'}, and not '${settings.subject}'`)
  const isOurs = subjects.length === 1 && subjects[0] === settings.subject
  const { last_seq: lastSeq } = info.state
  if (settings.sinceMs === 0 || lastSeq === 0) return { startSeq: lastSeq + 1, isOurs }
  return { startSeq: await seqSince(manager, name, settings), isOurs }
}

/** Whether a subject with wildcards covers `subject`, which has none. */
export function matches(pattern: string, subject: string): boolean {
  const [wanted, words] = [pattern.split('.'), subject.split('.')]
  const rest = wanted.indexOf('>')
  if (rest < 0 ? wanted.length !== words.length : words.length <= rest) return false
  return wanted.every((word, index) => word === '>' || word === '*' || word === words[index])
}

async function streamInfo(manager: JetStreamManager, name: string, subject: string): Promise<StreamInfo> {
  try {
    return await manager.streams.info(name)
  } catch (error) {
    if ((error as { code?: number }).code !== STREAM_NOT_FOUND) throw error
  }
  return manager.streams.add({
    name,
    subjects: [subject],
    storage: 'file',
    discard: 'old',
    max_age: STREAM_DEFAULTS.maxAgeMs * NS_PER_MS,
    max_bytes: STREAM_DEFAULTS.maxBytes,
    duplicate_window: STREAM_DEFAULTS.duplicateWindowMs * NS_PER_MS
  })
}

/** Only a consumer can be asked for a time: we create one, which says where it would begin, and remove it. */
async function seqSince(manager: JetStreamManager, name: string, { subject, sinceMs }: NatsSettings): Promise<number> {
  const probe = await manager.consumers.add(name, {
    ack_policy: 'none',
    deliver_policy: 'by_start_time',
    opt_start_time: new Date(Date.now() - sinceMs).toISOString(),
    filter_subject: subject,
    inactive_threshold: PROBE_MS * NS_PER_MS,
    mem_storage: true
  })
  await manager.consumers.delete(name, probe.name).catch(() => false)
  return probe.delivered.stream_seq + 1
}

function streamError(name: string, problem: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', `stream ${name}: ${problem}`, { subject: 'stream', cause })
}

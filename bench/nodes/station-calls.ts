// What a station answers: a process with one end of a system under test, a writer and a reader.
import type { Usage } from '../run/usage.ts'
import type { TallyCounts } from './tally.ts'

/** What a system's station is started with. */
export interface StationOptions {
  readonly name: string
  /** Neighbours that it must end up with. */
  readonly links: number
  /** Addresses of the neighbours started before it. */
  readonly join: readonly string[]
  /** A name for each link of the network that it takes part in: 'A-B'. */
  readonly edges: readonly string[]
  /** Its program reads. */
  readonly reads: boolean
  /** Of the system as a whole: options of floodnet, where a server listens. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** One end of a system under test. */
export interface SystemStation {
  readonly address: string
  /** Neighbours that messages can be sent to now. */
  links(): number
  /** Sends to all. Awaited; what it waits for is the system's own back-pressure. */
  write(message: Uint8Array): unknown
  /** What it has dropped, by reason, as far as it tells. */
  drops?(): Promise<Readonly<Record<string, number>>>
  /** Bytes that have come in over its links; without it, those of the process's sockets are taken. */
  bytesIn?(): Promise<number>
  close(): Promise<void>
}

/** A module of a system exports `start` and `settings`, a line to print. */
export interface SystemModule {
  start(options: StationOptions, onMessage: (payload: Uint8Array) => void): Promise<SystemStation>
}

/**
 * How the writer writes. `awaited`: a loop of `await write()`; `windowed`: `window` writes, then awaits all and a turn.
 */
export interface WriteStyle {
  readonly kind: 'awaited' | 'windowed'
  readonly window: number
}

export interface Work {
  readonly writer: number
  readonly bytes: number
  readonly style: WriteStyle
  /** Messages not yet with all readers; null: the system's back-pressure is enough. */
  readonly credit: number | null
  /** Messages a second; null: as fast as it goes. */
  readonly perSecond: number | null
}

export interface Snapshot extends Usage {
  readonly written: number
  readonly tally: TallyCounts
}

export type StationCalls = {
  /** `module`: address of the system's module. */
  start: { take: { module: string; options: StationOptions }; give: { address: string } }
  links: { take: object; give: number }
  /** Readers tell `progress` every `step` messages when it is not null. */
  read: { take: { writers: number; bytes: number; step: number | null }; give: null }
  /** Answered at once; the writer goes on until `stop`. */
  write: { take: Work; give: null }
  credit: { take: { received: number }; give: null }
  mark: { take: object; give: Snapshot }
  bytesIn: { take: object; give: number }
  drops: { take: object; give: Readonly<Record<string, number>> }
  resetLatencies: { take: object; give: null }
  latencies: { take: object; give: { count: number; p50Us: number; p90Us: number; p99Us: number; maxUs: number } }
  /** Answered when the writer has written its last message: how many. */
  stop: { take: object; give: number }
  close: { take: object; give: null }
}

/** Told by a reader. */
export interface Progress {
  readonly received: number
}

// What a test and a node in a process of its own say to each other.
import type { NetworkEvent, NetworkOptions, NetworkStats } from '../../src/api.ts'
import type { StreamTally } from './content.ts'

/** Options that survive the way between processes. */
export type FlowOptions = Omit<NetworkOptions, 'signal' | 'logger' | 'key'>

export type FlowCommand =
  | { kind: 'start'; options: FlowOptions }
  /** Reads from now on, and sets the clock of `perSecond` to 0. */
  | { kind: 'read' }
  /**
   * Writes messages of `bytes`, as fast as awaited or one every `everyMs`, until one of the bounds is met or `stop`
   * comes. Answered at the end.
   */
  | { kind: 'write'; bytes: number; count: number; ms: number; everyMs: number }
  | { kind: 'stop' }
  | { kind: 'report' }
  /** Blocks the thread of the program. Says `blocking` first. */
  | { kind: 'block'; ms: number }
  | { kind: 'close' }

export interface FlowAnswers {
  start: { id: string; address: string | null }
  read: null
  write: { written: number; ms: number }
  stop: null
  report: FlowReport
  block: null
  close: null
}

export interface FlowReport {
  /** By author. */
  readonly streams: Record<string, StreamTally>
  readonly events: NetworkEvent[]
  readonly stats: NetworkStats
  /** Largest resident size of the process so far. */
  readonly peakRssMiB: number
}

export type ToFlowNode = FlowCommand & { number: number }

export type FromFlowNode =
  | { kind: 'answer'; number: number; answer: unknown }
  | { kind: 'failure'; number: number; message: string; code: string | null }
  | { kind: 'blocking'; number: number }

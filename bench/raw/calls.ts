// What the programs of a raw line answer: source -> relay -> sink, all in frames of our wire format.
import type { Usage } from '../run/usage.ts'

export interface Connect {
  readonly port: number
  /** Speak floodnet/1 and become a neighbour before the first frame; else the other end takes bytes as they are. */
  readonly handshake: boolean
  readonly frameBytes: number
}

export type SourceCalls = {
  start: { take: Connect; give: null }
  /** Answered when the last frame is with the system: how many there were. */
  stop: { take: object; give: number }
  mark: { take: object; give: Usage }
}

export interface SinkSnapshot extends Usage {
  readonly received: number
  readonly lost: number
  readonly duplicates: number
  readonly damaged: number
}

export type SinkCalls = {
  start: { take: Connect; give: null }
  mark: { take: object; give: SinkSnapshot }
}

export type PipeCalls = {
  /** Pipes the second connection into the first. Gives the port. */
  listen: { take: object; give: number }
  mark: { take: object; give: Usage }
}

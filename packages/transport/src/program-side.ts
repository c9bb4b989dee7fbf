// What belongs to the program rather than to the node that it has at present.
import type { MessageQueue } from './inbound/message-queue.ts'
import type { EventHub } from './telemetry/event-hub.ts'
import type { KnownAuthors } from './threads/known-authors.ts'

/** It may outlive the node. */
export interface ProgramSide {
  readonly hub: EventHub
  readonly queue: MessageQueue
  readonly startedMs: number
  readonly known: KnownAuthors
}

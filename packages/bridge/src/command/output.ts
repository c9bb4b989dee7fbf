// What `floodnet bridge` reports: objects on standard output for programs (--json), sentences on standard error for
// people.
import type { Writable } from 'node:stream'
import { cleanText } from '@floodnet/chat'
import type { NatsBridgeStats } from '../nats/index.ts'
import type { BridgeStats } from '../relay/bridge.ts'

export type BridgeEvent =
  | { readonly event: 'listening'; readonly address: string; readonly id: string }
  | { readonly event: 'peer-up'; readonly id: string; readonly address: string }
  | { readonly event: 'peer-down'; readonly id: string; readonly reason: string }
  /** A side is started. */
  | { readonly event: 'side'; readonly side: string; readonly address: string }
  /** Something about a network, by the name that its names are marked with. */
  | { readonly event: 'notice'; readonly about: string; readonly text: string }
  /** Once, at the end: what was carried, and what was not. */
  | ({ readonly event: 'stats' } & BridgeStats)
  /** The same of packets carried over NATS. */
  | ({ readonly event: 'nats-stats' } & NatsBridgeStats)
  | { readonly event: 'error'; readonly code: string; readonly message: string }

export interface Output {
  /** Whether a program reads it. */
  json: boolean
  tell(event: BridgeEvent): void
  /** Resolves when everything is written, with the error that prevented it; null: none, or a reader that has left. */
  end(): Promise<Error | null>
}

export function newOutput(json: boolean, stdout: Writable, stderr: Writable): Output {
  let failure: NodeJS.ErrnoException | null = null
  stdout.on('error', (error) => {
    failure ??= error
  })
  // If nobody reads any more, there is nobody to tell.
  stderr.on('error', () => {})
  return {
    json,
    async end() {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()))
      // The stream's error comes one turn after the write that failed.
      await new Promise((resolve) => setImmediate(resolve))
      return failure?.code === 'EPIPE' ? null : failure
    },
    tell(event) {
      if (this.json) stdout.write(`${JSON.stringify(event)}\n`)
      if (!this.json || event.event === 'error') stderr.write(`${cleanText(sentenceOf(event))}\n`)
    }
  }
}

function sentenceOf(event: BridgeEvent): string {
  switch (event.event) {
    case 'listening':
      return `listening on ${event.address}, id ${event.id}`
    case 'peer-up':
      return `neighbour ${event.id.slice(0, 8)} at ${event.address}`
    case 'peer-down':
      return `neighbour ${event.id.slice(0, 8)} gone: ${event.reason}`
    case 'side':
      return `${event.side}: here at ${event.address}`
    case 'notice':
      return `${event.about}: ${event.text}`
    case 'stats':
      return summaryOf(event)
    case 'nats-stats':
      return natsSummaryOf(event)
    case 'error':
      return `floodnet: ${event.code}: ${event.message}`
  }
}

/** 'nats: 12 packets out, 9 in; lost: missed 2' */
function natsSummaryOf({ packets, losses }: NatsBridgeStats): string {
  const lost = Object.entries(losses).filter(([, count]) => count > 0)
  const missing = lost.length === 0 ? '' : `; lost: ${lost.map(([reason, count]) => `${reason} ${count}`).join(', ')}`
  return `nats: ${packets.out} packets out, ${packets.in} in${missing}`
}

/** 'floodnet: 12 written; gob: 3 heard, 9 said; not carried: 2 (gop2p: timeout 2)' */
function summaryOf({ written, sides, lost }: BridgeStats): string {
  const carried = Object.entries(sides).map(([name, { heard, said }]) => `${name}: ${heard} heard, ${said} said`)
  const losses = Object.entries(lost).flatMap(([about, reasons]) =>
    Object.entries(reasons).map(([reason, count]) => ({ count, text: `${about}: ${reason}: ${count}` }))
  )
  const total = losses.reduce((sum, { count }) => sum + count, 0)
  const missing = total === 0 ? [] : [`not carried: ${total} (${losses.map(({ text }) => text).join(', ')})`]
  return [`${written} written into floodnet`, ...carried, ...missing].join('; ')
}

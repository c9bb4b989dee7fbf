// A page's stream of snapshots, as a program reads it.
import { type IncomingMessage, request } from 'node:http'
import type { Snapshot } from '../../src/dashboard/snapshot.ts'

export interface EventStream {
  readonly response: IncomingMessage
  /** All that have come. */
  readonly snapshots: readonly Snapshot[]
  close(): void
}

/** Opens the stream of the dashboard at `address`. */
export async function openStream(address: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const asked = request(`http://${address}/events`, { agent: false, headers })
  asked.on('error', () => {})
  asked.end()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve)
    asked.once('error', reject)
  })
  const snapshots: Snapshot[] = []
  let rest = ''
  response.setEncoding('utf8')
  response.on('error', () => {})
  response.on('data', (chunk: string) => {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) if (event.startsWith('data: ')) snapshots.push(JSON.parse(event.slice(6)))
  })
  return { response, snapshots, close: () => asked.destroy() }
}

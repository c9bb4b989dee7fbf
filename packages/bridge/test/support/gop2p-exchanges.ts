// The captured exchanges of real gop2p nodes (v1.1.3), and the probes sent to one, as the tests use them.
import { readFileSync } from 'node:fs'

export interface RecordedResponse {
  readonly statusLine: string
  readonly headers: readonly string[]
  readonly body: string
}

export interface Exchange {
  readonly label: string
  /** Port of the node that was asked; its address was 0.0.0.0. */
  readonly serverPort: number
  readonly request: { readonly startLine: string; readonly headers: readonly string[]; readonly body: string }
  readonly response: RecordedResponse
}

export interface Probe {
  readonly title: string
  readonly request: { readonly method: string; readonly path: string; readonly host: string; readonly body: string }
  /** An empty status line: the node crashed and said nothing. */
  readonly response: RecordedResponse
}

// The runner starts every test in the root.
const recorded = JSON.parse(readFileSync('packages/bridge/test/vectors/gop2p-exchanges.json', 'utf8'))

export const EXCHANGES: readonly Exchange[] = recorded['v1.1.3']
export const PROBES: readonly Probe[] = recorded['probes_v1.1.3']

/** Port of the node that sent it. */
export function senderOf({ request }: Exchange): number {
  return JSON.parse(request.body).from.port
}

export function statusOf({ statusLine }: RecordedResponse): number {
  return Number(statusLine.split(' ')[1])
}

/** Headers that mean something: without the date, and what says how the connection goes on. */
export function telling(headers: readonly string[]): string[] {
  return headers.filter((header) => !/^(date|connection|keep-alive):/i.test(header)).sort()
}

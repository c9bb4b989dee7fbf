// Tells what the network does: as objects on standard output to programs (--json), as sentences on standard error to people.
import type { Writable } from 'node:stream'
import type { Network, NetworkEvent, NetworkEvents } from '../api.ts'
import { errorObject, eventObject, eventText } from './event-lines.ts'
import type { LineOutput } from './line-output.ts'
import { visibleText } from './visible-text.ts'

export interface Reporter {
  event(event: NetworkEvent): void
  /** Something that only people want to read. */
  notice(text: string): void
  /** Why the command fails. */
  failure(code: string, message: string): void
}

const EVENT_NAMES = {
  listening: true,
  'peer-up': true,
  'peer-down': true,
  dial: true,
  refused: true,
  lagging: true,
  dropped: true,
  suppressed: true,
  join: true,
  'worker-restart': true,
  error: true,
  close: true
} as const satisfies Record<keyof NetworkEvents, true>

export function newReporter(json: boolean, output: LineOutput, stderr: Writable): Reporter {
  // When nobody reads the notices any more there is nobody left to tell so.
  stderr.on('error', () => {})
  return json ? jsonReporter(output, stderr) : textReporter(stderr)
}

/** Reports where the node listens and who is there already, and then every event. */
export function reportEvents(network: Network, reporter: Reporter): void {
  const { id, address, peers } = network
  if (address !== null) reporter.event({ name: 'listening', details: { address, id } })
  for (const peer of peers) reporter.event({ name: 'peer-up', details: peer })
  for (const name of Object.keys(EVENT_NAMES) as (keyof NetworkEvents)[]) {
    if (name !== 'listening') network.on(name, (details) => reporter.event({ name, details } as NetworkEvent))
  }
}

function textReporter(stderr: Writable): Reporter {
  const say = (text: string | null) => void (text !== null && stderr.write(`${text}\n`))
  return {
    event: (event) => say(eventText(event)),
    notice: say,
    failure: (code, message) => say(failureText(code, message))
  }
}

function jsonReporter(output: LineOutput, stderr: Writable): Reporter {
  const lines = new BoundedLines(output)
  return {
    event(event) {
      const object = eventObject(event)
      if (object !== null) lines.add(object)
    },
    notice() {},
    failure(code, message) {
      stderr.write(`${failureText(code, message)}\n`)
      lines.add(errorObject(code, message))
    }
  }
}

function failureText(code: string, message: string): string {
  return `floodnet: ${code}: ${visibleText(message)}`
}

/** Events of a network under attack may come faster than anyone reads: those that find no room are counted, and the count is told. */
class BoundedLines {
  readonly #output: LineOutput
  #skipped = 0

  constructor(output: LineOutput) {
    this.#output = output
  }

  add(object: object): void {
    if (this.#skipped > 0 && this.#offer({ event: 'dropped', reason: 'output-full', count: this.#skipped, peer: null }))
      this.#skipped = 0
    if (this.#skipped > 0 || !this.#offer(object)) this.#skipped++
  }

  #offer(object: object): boolean {
    return this.#output.offer(JSON.stringify(object))
  }
}

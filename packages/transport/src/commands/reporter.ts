// Reports what the network does: as objects on standard output for programs (--json), as sentences on standard error or
// in a log for people.
import type { Writable } from 'node:stream'
import type { Network, NetworkEvent, NetworkEvents } from '../api.ts'
import { eventText } from '../telemetry/event-text.ts'
import { visibleText } from '../telemetry/visible-text.ts'
import { errorObject, eventObject } from './event-lines.ts'
import type { LineOutput } from './line-output.ts'
import type { LogFile } from './log-file.ts'

export interface Reporter {
  event(event: NetworkEvent): void
  /** Something that only people want to read. */
  notice(text: string): void
  /** Reports why the command fails. */
  failure(code: string, message: string): void
  /** Closes the log. */
  end(): void
}

export interface Destinations {
  readonly json: boolean
  readonly output: LineOutput
  readonly stderr: (line: string) => void
  readonly log?: LogFile | null
}

const EVENT_NAMES = {
  listening: true,
  'peer-up': true,
  'peer-down': true,
  dial: true,
  entry: true,
  discovery: true,
  mapping: true,
  refused: true,
  lagging: true,
  dropped: true,
  suppressed: true,
  gap: true,
  'stem-ended': true,
  'worker-restart': true,
  error: true,
  left: true,
  close: true
} as const satisfies Record<keyof NetworkEvents, true>

/** Writes lines to `stderr`, each prefixed with the time if `timestamps` is set. */
export function lineWriter(stderr: Writable, timestamps = false): (line: string) => void {
  // If nobody reads the notices any more, there is nobody to tell.
  stderr.on('error', () => {})
  return (line) => void stderr.write(timestamps ? `${new Date().toISOString()} ${line}\n` : `${line}\n`)
}

export function newReporter({ json, output, stderr, log = null }: Destinations): Reporter {
  const say = log === null ? stderr : log.say
  // Programs read the objects; people who asked for a log want the sentences as well.
  const forPeople = textReporter(json && log === null ? () => {} : say)
  const lines = json ? new BoundedLines(output) : null
  return {
    event(event) {
      forPeople.event(event)
      const object = lines === null ? null : eventObject(event)
      if (object !== null) lines?.add(object)
    },
    notice: forPeople.notice,
    failure(code, message) {
      const text = `floodnet: ${code}: ${visibleText(message)}`
      stderr(text)
      if (log !== null) log.say(text)
      lines?.add(errorObject(code, message))
    },
    end() {
      log?.close()
    }
  }
}

/** Reports where the node listens and which neighbours it has, and then every event. */
export function reportEvents(network: Network, reporter: Reporter): void {
  const { id, address, peers } = network
  if (address !== null) reporter.event({ name: 'listening', details: { address, id } })
  for (const peer of peers) reporter.event({ name: 'peer-up', details: peer })
  for (const name of Object.keys(EVENT_NAMES) as (keyof NetworkEvents)[]) {
    if (name !== 'listening') network.on(name, (details) => reporter.event({ name, details } as NetworkEvent))
  }
}

function textReporter(say: (line: string) => void): Pick<Reporter, 'event' | 'notice'> {
  return {
    event(event) {
      const text = eventText(event)
      if (text !== null) say(text)
    },
    notice: say
  }
}

/**
 * Events of a network under attack may come faster than anyone reads. Those that find no room are counted, and the
 * count is reported.
 */
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

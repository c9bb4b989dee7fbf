// How events look to a person: one line of text each, or none. Shared by the terminal and the plain screen. Pure.
import { cleanText } from './clean-text.ts'
import type { ScreenEvent, Spoken } from './screen.ts'

/** The line for an event; null for what belongs in the log only. */
export function lineOf(event: ScreenEvent): string | null {
  const line = rawLineOf(event)
  return line === null ? null : cleanText(line)
}

function rawLineOf(event: ScreenEvent): string | null {
  switch (event.kind) {
    case 'listening':
      return `* listening on ${event.address ?? 'no address'}; /help lists the commands`
    case 'message':
      return spokenLine(event)
    case 'said':
      return event.to === null
        ? `${event.from}: ${event.text}`
        : `(direct to ${event.to}) ${event.from} -> ${event.text}`
    case 'notice':
      return `* ${event.text}`
    case 'error':
      return `! ${event.message} (${event.code})`
    case 'peer-up':
    case 'peer-down':
      return null
  }
}

function spokenLine({ from, fingerprint, text, direct }: Spoken): string {
  const name = from === '' ? `anon-${fingerprint.slice(0, 6)}` : from
  return direct ? `(direct) ${name} -> ${text}` : `${name}: ${text}`
}

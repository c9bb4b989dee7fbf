// How events look to a person: one line of text each, or none. The terminal and the plain screen share it. Pure.
import { parseAddress, reachOf } from '@floodnet/core'
import { cleanText } from '../text/clean-text.ts'
import type { Presence, Said, ScreenEvent, Spoken, Transfer } from './screen.ts'

/** The line for an event; null for events that belong in the log only. */
export function lineOf(event: ScreenEvent): string | null {
  const line = rawLineOf(event)
  return line === null ? null : cleanText(line)
}

function rawLineOf(event: ScreenEvent): string | null {
  switch (event.kind) {
    case 'listening':
      return `* ${listeningText(event)}`
    case 'left':
      return `* ${LEFT_TEXT}`
    case 'message':
      return spokenLine(event)
    case 'said':
      return saidLine(event)
    case 'presence':
      return presenceLine(event)
    case 'suppressed':
      return `* ${event.count} messages from ${nameOf(event)} suppressed`
    case 'transfer':
      return transferLine(event)
    case 'notice':
      return `* ${event.text}`
    case 'error':
      return `! ${event.message} (${event.code})`
    case 'peer-up':
    case 'peer-down':
    case 'conversation':
    case 'status':
      return null
  }
}

export const LEFT_TEXT =
  'you have left the network: you hear nobody, and nobody hears you; /connect ADDR joins one, exit leaves'

/** Who can reach this user, and how. */
export function listeningText({ address, join }: Extract<ScreenEvent, { kind: 'listening' }>): string {
  if (address === null) return 'nobody can join through this chat, which only dials others; /help lists the commands'
  const at = join ?? address
  const others = isOfThisMachine(at) ? 'others on this machine' : 'others'
  return `${others} join you at ${at}, or with what /invite shows; /help lists the commands`
}

function isOfThisMachine(address: string): boolean {
  return reachOf(parseAddress(address)?.host ?? '') === 'machine'
}

function spokenLine(event: Spoken): string {
  const name = event.trust === 'changed' ? `${nameOf(event)} (NOT the one known by that name)` : nameOf(event)
  if (event.direct) return `(direct) ${name} -> ${event.text}${event.sealed ? '' : ' (not private)'}`
  return `${roomOf(event)}${name}: ${event.text}`
}

function saidLine(event: Said): string | null {
  const { state, from, to, text } = event
  if (state === 'read') return `* read by ${to}`
  if (state === 'nobody') return `* nobody named ${to} is here: not said`
  return to === null ? `${roomOf(event)}${from}: ${text}` : `(direct to ${to}) ${from} -> ${text}`
}

function presenceLine({ name, fingerprint, change, previous }: Presence): string {
  if (change === 'renamed') return `* ${previous} is now ${name} (${fingerprint})`
  return `* ${name} (${fingerprint}) ${change === 'joined' ? 'is here' : 'has left'}`
}

// One line at the start and one at the end: a progress bar needs a terminal.
function transferLine({ state, file, from, direction, totalBytes, reason, id }: Transfer): string | null {
  // Words announce an offer as well.
  if (state === 'running' || (state === 'offered' && direction === 'in')) return null
  const why = reason === undefined ? '' : ` (${reason})`
  const whose = direction === 'in' ? `from ${from}` : `to ${from}`
  return `* file ${file} ${whose}, ${totalBytes} bytes: ${state}${why} [${id}]`
}

function roomOf({ conversation, title }: Spoken | Said): string {
  return conversation.startsWith('#') ? `[${title}] ` : ''
}

function nameOf({ from, fingerprint }: { from: string; fingerprint: string }): string {
  return from === '' ? `anon-${fingerprint.slice(0, 6)}` : from
}

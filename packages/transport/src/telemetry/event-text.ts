// Events as sentences for people.
import type { NetworkEvent } from '../api.ts'
import { visibleText } from './visible-text.ts'

/** The sentence for people; null for events that only matter to programs. */
export function eventText(event: NetworkEvent): string | null {
  const text = sentence(event)
  return text === null ? null : visibleText(text)
}

function sentence(event: NetworkEvent): string | null {
  switch (event.name) {
    case 'listening':
      return `listening on ${event.details.address}, id ${event.details.id}`
    case 'peer-up':
      return `peer up ${shortId(event.details.id)} at ${event.details.address} (${event.details.direction} neighbour)`
    case 'peer-down':
      return `peer down ${shortId(event.details.id)} at ${event.details.address}: ${event.details.reason}`
    case 'dial':
      return dialText(event.details)
    case 'entry':
      return entryText(event.details)
    case 'discovery':
      return discoveryText(event.details)
    case 'mapping':
      return mappingText(event.details)
    case 'refused':
      return refusedText(event.details)
    case 'lagging':
      return laggingText(event.details)
    case 'dropped': {
      const { count, reason, peer } = event.details
      return `dropped ${count}${peer === null ? '' : ` for ${shortId(peer)}`}: ${reason}`
    }
    case 'suppressed':
      return `suppressed ${event.details.count} from ${shortId(event.details.origin)}: it writes too much`
    case 'gap':
      return `packets ${event.details.from} to ${event.details.to} of ${shortId(event.details.origin)} did not come`
    case 'stem-ended':
      return `packet ${event.details.seq} floods from here, where it was written: ${event.details.reason}`
    case 'worker-restart':
      return `I/O thread ${event.details.worker} ended (${event.details.error.message}); back in ${event.details.delayMs} ms`
    case 'error':
      return `${event.details.code}: ${event.details.message}`
    case 'left':
    case 'close':
      return null
  }
}

type Details<Name extends NetworkEvent['name']> = Extract<NetworkEvent, { name: Name }>['details']

function dialText({ phase, address, attempt, reason }: Details<'dial'>): string | null {
  if (phase === 'skipped' && reason === 'self') return `${address} is this node itself, or one that has its key`
  if (phase === 'skipped') return `does not dial ${address}: ${reason ?? 'unknown'}`
  return phase === 'failed' ? `cannot reach ${address}: ${reason ?? 'unknown'} (attempt ${attempt})` : null
}

/** What neither a dial nor a neighbour reports. */
function entryText({ address, outcome }: Details<'entry'>): string | null {
  if (outcome === 'passed-on') return `${address} leaves the link to others of its network`
  return outcome === 'not-needed' ? `${address} is there; there are links enough without it` : null
}

function mappingText({ phase, gateway, address, reason }: Details<'mapping'>): string {
  const router = gateway === null ? 'no router' : `the router at ${gateway}`
  const at = address === null ? '' : `, at ${address} as it says`
  switch (phase) {
    case 'mapped':
      return `${router} maps our port${at}; a neighbour has yet to reach us there`
    case 'renewed':
      return `${router} still maps our port${at}`
    case 'reached':
      return `a neighbour reached this node at ${address}`
    case 'removed':
      return `${router} no longer maps our port`
    case 'lost':
      return `${router} no longer maps our port: ${reason ?? 'unknown'}`
    case 'failed':
      return gateway === null ? `no router maps our port: ${reason}` : `${router} maps our port${at}: ${reason}`
  }
}

function discoveryText({ source, phase, subject, count, reason }: Details<'discovery'>): string {
  const where = source === 'dns' ? `DNS at ${subject}` : `the local network (${subject})`
  if (phase === 'started') return `looking for others on ${where}`
  return phase === 'found' ? `${where} names ${count}` : `nothing from ${where}: ${reason ?? 'unknown'}`
}

function refusedText({ address, id, reason, by, count = 1 }: Details<'refused'>): string {
  const last = id === null ? address : `${shortId(id)} at ${address}`
  const peer = count === 1 ? last : `${count} more, ${last} the last of them`
  return by === 'us' ? `refused ${peer}: ${reason}` : `refused by ${peer}: ${reason}`
}

function laggingText({ peer, lagging, dropped }: Details<'lagging'>): string {
  const who = peer === null ? 'this program' : `peer ${shortId(peer)}`
  return lagging ? `${who} takes messages too slowly` : `${who} has caught up; ${dropped} dropped`
}

function shortId(id: string): string {
  return id.slice(0, 8)
}

// Events and messages as JSON for programs; the fields are a contract.
import { isUtf8 } from 'node:buffer'
import type { Message, NetworkEvent, NetworkEvents } from '../api.ts'

/** The object for `--json`; null for events that it leaves out. */
export function eventObject(event: NetworkEvent): object | null {
  switch (event.name) {
    case 'listening':
      return { event: 'listening', address: event.details.address, id: event.details.id }
    case 'peer-up':
      return { event: 'peer-up', id: event.details.id, address: event.details.address }
    case 'peer-down':
      return { event: 'peer-down', id: event.details.id, reason: event.details.reason }
    case 'dial':
      return isMissed(event.details) ? { event: 'dial', ...event.details } : null
    case 'entry':
    case 'discovery':
    case 'mapping':
    case 'refused':
    case 'lagging':
    case 'dropped':
    case 'suppressed':
    case 'gap':
    case 'stem-ended':
      return { event: event.name, ...event.details }
    case 'worker-restart': {
      const { worker, delayMs, error } = event.details
      return { event: 'worker-restart', worker, delayMs, message: error.message }
    }
    case 'error':
      return errorObject(event.details.code, event.details.message)
    case 'left':
    case 'close':
      return null
  }
}

export function errorObject(code: string, message: string): object {
  return { event: 'error', code, message }
}

/** `time`: when the message arrived. */
export function messageObject({ origin, seq, payload, hops }: Message, time: Date): object {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const text = isUtf8(bytes) ? { payload: bytes.toString('utf8') } : { payloadBase64: bytes.toString('base64') }
  return { event: 'message', origin, seq, ...text, hops, time: time.toISOString() }
}

/** A dial that brought no link. `peer-up` reports the others. */
function isMissed({ phase }: NetworkEvents['dial']): boolean {
  return phase === 'failed' || phase === 'skipped'
}

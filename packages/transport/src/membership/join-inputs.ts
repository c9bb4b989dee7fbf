// Converts a worker's reports into inputs of the join actor. Pure.
import type { JoinInput } from '@floodnet/core'
import type { FromWorker } from '../threads/messages.ts'

/** Null: the actor does not need it. */
export function joinInputOf(message: FromWorker): JoinInput | null {
  switch (message.kind) {
    case 'link-open': {
      const { link, peer, incarnation, dial, address, remote } = message
      return { kind: 'link-open', link, peer, incarnation, dial, address, remote }
    }
    case 'link-down':
      return { kind: 'link-down', link: message.link, reason: message.reason }
    case 'dial-failed':
      return { kind: 'dial-failed', dial: message.dial, reason: message.reason }
    case 'join-packet':
      return { kind: 'packet', link: message.link, packet: message.packet }
    case 'probe':
      return { kind: 'peer-degree', link: message.link, degree: message.degree }
    default:
      return null
  }
}

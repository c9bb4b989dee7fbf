// The end of what was typed: waits for what can still go out, and counts the rest as not done.
import { messageOf } from '@floodnet/core'
import type { Network } from '@floodnet/transport'
import { company, HEARD_WAIT_MS } from './network/company.ts'
import { type EntryWatch, titleOf } from './network/entry-watch.ts'
import type { SealedMail } from './network/sealed-mail.ts'
import type { Speaker } from './network/speaking.ts'
import type { Outcome } from './outcome.ts'
import type { Session } from './session/session.ts'
import { within } from './waiting.ts'

/** How long leaving may take; the network itself gives written messages 5 s. */
export const LEAVE_WAIT_MS = 10_000
/** How often we check whether a reader was found. */
const LOOK_MS = 200

export interface EndingParts {
  readonly network: Network
  readonly session: Session
  readonly mail: SealedMail
  readonly speaker: Speaker
  readonly watch: EntryWatch
  readonly outcome: Outcome
  readonly entries: readonly string[]
  readonly patient: boolean
  readonly leave: AbortSignal
  /** Resolves when `leave` is aborted. */
  readonly told: Promise<void>
}

/** The end of a pipe: what was typed should be heard, and readers should be found. */
export async function finish(parts: EndingParts): Promise<void> {
  const { session, network, leave, entries, patient, told, outcome } = parts
  while (session.pending.searches.length > 0 && !leave.aborted) await within(LOOK_MS, told)
  await sendTheRest(parts)
  if (outcome.held > 0) await company(network, told)
  if (network.peers.length > 0) await flush(network, outcome)
  if (!patient && entries.length > 0 && outcome.heardBySome) await judge(parts)
}

/** Others have heard it, but has the address that it was for? A dial that is under way gets the time it needs. */
async function judge({ watch, outcome, leave, told, entries }: EndingParts): Promise<void> {
  for (let waited = 0; waited < HEARD_WAIT_MS && !leave.aborted && watch.isDialled(entries); waited += LOOK_MS)
    await within(LOOK_MS, told)
  if (!watch.mayBeReached(entries)) outcome.miss(`${titleOf(entries)} did not answer; others may have heard it`)
}

/** The user has left: what has not been said will not be. True if what was held for the first neighbour is lost. */
export function settle({ session, speaker, outcome }: EndingParts): boolean {
  const searched = session.pending.searches.filter(({ text }) => text !== null)
  outcome.fail('its recipient was not found', searched.length)
  outcome.fail('it could not be sent', speaker.unsent)
  outcome.fail('a file was not taken', session.files.outgoing.size)
  if (outcome.held === 0) return false
  outcome.lose('nobody was there')
  return true
}

// As long as some of it goes out.
async function sendTheRest({ network, mail, leave, told }: EndingParts): Promise<void> {
  let before = Number.POSITIVE_INFINITY
  while (network.peers.length > 0 && mail.unsent > 0 && mail.unsent < before && !leave.aborted) {
    before = mail.unsent
    await within(LEAVE_WAIT_MS, Promise.race([mail.idle, told]))
  }
}

async function flush(network: Network, outcome: Outcome): Promise<void> {
  const failed = (error: unknown) => outcome.fail(messageOf(error))
  await within(LEAVE_WAIT_MS, network.flush().catch(failed))
}

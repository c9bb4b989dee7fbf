// What follows from leaving the network, and from being in one again. Pure.
import { retrySearches } from './conversations/direct.ts'
import { newAnnouncing } from './people/announcing.ts'
import { fingerprintOf } from './people/trust.ts'
import { type Effect, type StepContext, show } from './session/effects.ts'
import { knownOf, type Session } from './session/session.ts'

/** The last words have been said. Everybody is out of reach, and nobody we are looking for will be found. */
export function onAway(session: Session, context: StepContext): Effect[] {
  const farewells = [...session.roster.keys()].map((id) => {
    const { name } = knownOf(session, id)
    return show({ kind: 'presence', name, fingerprint: fingerprintOf(id), change: 'left', at: context.wall })
  })
  session.away = true
  session.companySince = null
  session.roster.clear()
  session.speakers.clear()
  session.pending.receipts.clear()
  session.pending.searches = session.pending.searches.map((search) => ({ ...search, until: context.now }))
  return [...retrySearches(session, context), ...farewells, show({ kind: 'left' })]
}

/** The next network hears of this user in the same way as the first. */
export function onBack(session: Session): void {
  session.away = false
  Object.assign(session.announcing, newAnnouncing())
}

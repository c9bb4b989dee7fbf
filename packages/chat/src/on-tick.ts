// What follows from time passing: presence told and forgotten, receipts given, searches given up, floods reported. Pure.

import { retrySearches } from './conversations/direct.ts'
import { onFileTick } from './files/on-file.ts'
import { takeReports } from './guard/author-rate.ts'
import { announceSoon, takeDue } from './people/announcing.ts'
import { ageOut } from './people/roster.ts'
import { fingerprintOf, identify } from './people/trust.ts'
import { type Effect, type Reader, type StepContext, show } from './session/effects.ts'
import { takeDueReceipts } from './session/pending.ts'
import type { Session } from './session/session.ts'
import { encodePresence, type Presence } from './wire/presence.ts'
import { MAX_READ_IDS } from './wire/sealed-body.ts'

/** To be called several times a second. `connected`: there is a neighbour, so that presence has somebody to be told to. */
export function onTick(session: Session, connected: boolean, context: StepContext): Effect[] {
  const due = session.silent || !connected ? null : takeDue(session.announcing, session.roster, context.now)
  return [
    ...(due === null ? [] : [presenceWrite(session, 'here', due.asks)]),
    ...retrySearches(session, context),
    ...onFileTick(session, context),
    ...receipts(session, context.now, context),
    ...farewells(session, context),
    ...suppressed(session, context)
  ]
}

/** The first neighbour after none: there may be people beyond it who do not know us. */
export function onCompany(session: Session, context: StepContext): void {
  session.companySince = context.now
  announceSoon(session.announcing, context.now, true)
}

/** Last words. */
export function onLeave(session: Session, context: StepContext): Effect[] {
  if (session.silent) return []
  return [...receipts(session, Number.POSITIVE_INFINITY, context), presenceWrite(session, 'gone', false)]
}

function presenceWrite({ name, key }: Session, state: Presence['state'], asks: boolean): Effect {
  return { kind: 'write', payload: encodePresence({ name, key, state, asks }), said: null }
}

function receipts(session: Session, until: number, context: StepContext): Effect[] {
  return takeDueReceipts(session.pending, until).flatMap(([author, ids]) => {
    const key = session.roster.get(author)?.key ?? null
    return key === null ? [] : receiptMessages({ id: author, key }, ids, context)
  })
}

function receiptMessages(reader: Reader, ids: readonly string[], context: StepContext): Effect[] {
  const effects: Effect[] = []
  for (let at = 0; at < ids.length; at += MAX_READ_IDS) {
    const content = { kind: 'read', ids: ids.slice(at, at + MAX_READ_IDS) } as const
    effects.push({ kind: 'sealed', readers: [reader], id: context.newId(), content, said: null })
  }
  return effects
}

function farewells(session: Session, context: StepContext): Effect[] {
  return ageOut(session.roster, context.now).map(({ id, claimed }) => {
    const { name } = identify(session.book, session, id, claimed)
    return show({ kind: 'presence', name, fingerprint: fingerprintOf(id), change: 'left', at: context.now })
  })
}

function suppressed(session: Session, context: StepContext): Effect[] {
  return takeReports(session.suppression, context.now).map(({ id, name, count }) =>
    show({ kind: 'suppressed', from: name, fingerprint: fingerprintOf(id), count })
  )
}

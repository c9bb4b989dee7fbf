// What follows from time passing: presence told and forgotten, receipts given, searches given up, floods reported. Pure.

import { retrySearches } from './conversations/direct.ts'
import { onFileTick } from './files/on-file.ts'
import { takeReports } from './guard/author-rate.ts'
import { announceSoon, takeDue } from './people/announcing.ts'
import { ageOut } from './people/roster.ts'
import { fingerprintOf, identify } from './people/trust.ts'
import { type Effect, type Reader, show, type Turn } from './session/effects.ts'
import { takeDueReceipts } from './session/pending.ts'
import type { Session } from './session/session.ts'
import { encodePresence, type Presence } from './wire/presence.ts'
import { MAX_READ_IDS } from './wire/sealed-body.ts'

/** To be called several times a second. `connected`: there is a neighbour, so that presence has somebody to be told to. */
export function onTick(session: Session, connected: boolean, turn: Turn): Effect[] {
  const due = session.silent || !connected ? null : takeDue(session.announcing, session.roster, turn.now)
  return [
    ...(due === null ? [] : [presenceWrite(session, 'here', due.asks)]),
    ...retrySearches(session, turn),
    ...onFileTick(session, turn),
    ...receipts(session, turn.now, turn),
    ...farewells(session, turn),
    ...suppressed(session, turn)
  ]
}

/** The first neighbour after none: there may be people beyond it who do not know us. */
export function onCompany(session: Session, turn: Turn): void {
  announceSoon(session.announcing, turn.now, true)
}

/** Last words. */
export function onLeave(session: Session, turn: Turn): Effect[] {
  if (session.silent) return []
  return [...receipts(session, Number.POSITIVE_INFINITY, turn), presenceWrite(session, 'gone', false)]
}

function presenceWrite({ name, key }: Session, state: Presence['state'], asks: boolean): Effect {
  return { kind: 'write', payload: encodePresence({ name, key, state, asks }), said: null }
}

function receipts(session: Session, until: number, turn: Turn): Effect[] {
  return takeDueReceipts(session.post, until).flatMap(([author, ids]) => {
    const key = session.roster.get(author)?.key ?? null
    return key === null ? [] : receiptLetters({ id: author, key }, ids, turn)
  })
}

function receiptLetters(reader: Reader, ids: readonly string[], turn: Turn): Effect[] {
  const effects: Effect[] = []
  for (let at = 0; at < ids.length; at += MAX_READ_IDS) {
    const content = { kind: 'read', ids: ids.slice(at, at + MAX_READ_IDS) } as const
    effects.push({ kind: 'letters', readers: [reader], id: turn.newId(), content, said: null })
  }
  return effects
}

function farewells(session: Session, turn: Turn): Effect[] {
  return ageOut(session.roster, turn.now).map(({ id, claimed }) => {
    const { name } = identify(session.book, session, id, claimed)
    return show({ kind: 'presence', name, fingerprint: fingerprintOf(id), change: 'left', at: turn.now })
  })
}

function suppressed(session: Session, turn: Turn): Effect[] {
  return takeReports(session.suppression, turn.now).map(({ id, name, count }) =>
    show({ kind: 'suppressed', from: name, fingerprint: fingerprintOf(id), count })
  )
}

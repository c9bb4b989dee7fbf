// What follows from the passing of time: announces and forgets presence, gives receipts, gives searches up, reports
// floods. Pure.

import { retrySearches } from './conversations/direct.ts'
import { onFileTick } from './files/on-file.ts'
import { mayAnswer } from './guard/answers.ts'
import { takeReports } from './guard/author-rate.ts'
import { takeRefused } from './guard/refused.ts'
import { announceSoon, takeDue } from './people/announcing.ts'
import { ageOut } from './people/roster.ts'
import { fingerprintOf, identify } from './people/trust.ts'
import { type Effect, notice, type Reader, type StepContext, show } from './session/effects.ts'
import { oweReceipt, takeDueReceipts, takeSeen } from './session/pending.ts'
import { knownOf, type Session } from './session/session.ts'
import { encodePresence, type Presence } from './wire/presence.ts'
import { MAX_READ_IDS } from './wire/sealed-body.ts'

/** Call this several times a second. `connected`: there is a neighbour, so presence has an audience. */
export function onTick(session: Session, connected: boolean, context: StepContext): Effect[] {
  const due = session.silent || !connected ? null : takeDue(session.announcing, session.roster, context.now)
  return [
    ...(due === null ? [] : [presenceWrite(session, 'here', due.asks)]),
    ...retrySearches(session, context),
    ...onFileTick(session, context),
    ...receiptsForSeen(session, context),
    ...farewells(session, context),
    ...suppressed(session, context),
    ...refused(session, context)
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
  const due = receiptsForSeen(session, context)
  return [...due, ...receipts(session, Number.POSITIVE_INFINITY, context), presenceWrite(session, 'gone', false)]
}

function presenceWrite({ name, key }: Session, state: Presence['state'], asks: boolean): Effect {
  return { kind: 'write', payload: encodePresence({ name, key, state, asks }), said: null }
}

// A receipt means that the reader had the message in front of them, not that it arrived.
function receiptsForSeen(session: Session, context: StepContext): Effect[] {
  for (const { author, id } of takeSeen(session.pending, session.front))
    oweReceipt(session.pending, author, id, context.now, context.random)
  return receipts(session, context.now, context)
}

function receipts(session: Session, until: number, context: StepContext): Effect[] {
  return takeDueReceipts(session.pending, until).flatMap(([author, ids]) => {
    const key = session.roster.get(author)?.key ?? null
    if (key === null || !mayAnswer(session, author, context.now)) return []
    return receiptMessages({ id: author, key }, ids, context)
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
    return show({ kind: 'presence', name, fingerprint: fingerprintOf(id), change: 'left', at: context.wall })
  })
}

function refused(session: Session, context: StepContext): Effect[] {
  const [loudest, ...others] = takeRefused(session.refusals, context.now)
  if (loudest === undefined) return []
  const { author, count, aheadMs } = loudest
  const { name } = knownOf(session, author)
  const also = others.length === 0 ? '' : ` (and others of ${others.length} more)`
  const what = `${count} sealed ${count === 1 ? 'message' : 'messages'} of ${name}${also} not shown`
  if (aheadMs === null) return [notice(`${what}: there were too many`)]
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  return [
    notice(
      `${what}: the clock of ${name} is ${minutes} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'} yours; one is wrong`
    )
  ]
}

function suppressed(session: Session, context: StepContext): Effect[] {
  return takeReports(session.suppression, context.now).map(({ id, name, count }) =>
    show({ kind: 'suppressed', from: name, fingerprint: fingerprintOf(id), count })
  )
}

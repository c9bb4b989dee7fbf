// What was lost: one row for each reason, with its meaning.

import { quantity, short } from '../../figures/units.ts'
import type { DropReason } from '../../threads/drop-reasons.ts'
import type { Snapshot } from '../snapshot.ts'
import { byId, element, setFigure, setText } from './dom.ts'

const MEANINGS: Readonly<Record<DropReason, string>> = {
  lagging: 'a neighbour was too slow for too long',
  'link-down': 'waited for a link when it ended',
  'no-link': 'the last neighbour had gone',
  'sibling-lagging': 'an I/O thread of this node was too slow',
  'packet-link-lagging': 'a program behind a packet link was too slow',
  'packet-link-fault': 'forged, or of another network, behind a packet link',
  'inbox-full': 'the program reads too slowly',
  'worker-crash': 'with an I/O thread that crashed',
  closed: 'the program closed, or wrote afterwards',
  left: 'written in no network, or of a network left',
  'write-queue-full': 'written faster than the network takes',
  'incomplete-message': 'parts of a large message never came',
  'message-too-large': 'larger than this node takes',
  'reassembly-full': 'no room to put a large message together',
  'malformed-batch': 'its author wrote nonsense',
  'malformed-fragment': 'its author wrote nonsense',
  stale: 'too old to tell: most often a late copy, which harms nobody',
  'old-incarnation': 'of an earlier run of its author',
  'future-incarnation': "its author's clock is ahead",
  'forgotten-origin': 'older than what this node remembers of authors',
  'origins-full': 'more authors than this node tells apart',
  'one-time-age': 'a one-time message out of its time',
  'one-time-full': 'too many one-time messages',
  'origin-rate': 'an author wrote too much',
  'neighbour-rate': 'a neighbour brought too much',
  'weak-signature': 'signed so that verifiers may differ',
  'frame-too-large': "larger than this node's frames",
  gap: 'never came, though later ones did',
  'direct-forged': 'a direct message under a wrong name',
  'direct-untried': 'too many direct messages to try',
  'control-rate': 'a peer sent too many control frames'
}

export class Losses {
  readonly #rows = new Map<string, { readonly count: HTMLElement; readonly now: HTMLElement }>()

  show({ figures: { drops }, rates }: Snapshot): void {
    for (const [reason, count] of Object.entries(drops)) {
      const row = this.#rowOf(reason)
      setFigure(row.count, short(count), count)
      const rate = rates?.drops[reason] ?? 0
      setText(row.now, rate > 0 ? `${quantity(rate, '/s')} now` : '')
    }
    byId('no-losses').hidden = this.#rows.size > 0
  }

  #rowOf(reason: string): { readonly count: HTMLElement; readonly now: HTMLElement } {
    const known = this.#rows.get(reason)
    if (known !== undefined) return known
    const row = { count: element('td', 'number'), now: element('td', 'number') }
    row.count.dataset.reason = reason
    const meaning = (MEANINGS as Readonly<Record<string, string>>)[reason] ?? ''
    const head = element('th', '', element('b', 'reason', reason), element('span', 'hint', meaning))
    head.scope = 'row'
    byId('losses').append(element('tr', '', head, row.now, row.count))
    this.#rows.set(reason, row)
    return row
  }
}

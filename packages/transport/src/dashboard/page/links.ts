// The neighbours: each has a row for as long as its link is up.
import type { PeerRates } from '../../figures/rates.ts'
import { delay, duration, percent, quantity } from '../../figures/units.ts'
import type { Snapshot, SnapshotPeer } from '../snapshot.ts'
import { byId, element, setFigure, setText } from './dom.ts'

const ID_DIGITS = 12
const ARROWS = { dialled: '→', accepted: '←' } as const

export class Links {
  readonly #rows = new Map<string, LinkRow>()

  show({ figures: { peers }, rates }: Snapshot): void {
    const gone = new Set(this.#rows.keys())
    for (const peer of peers) {
      gone.delete(peer.id)
      this.#rowOf(peer).show(peer, rates?.peers[peer.id] ?? null)
    }
    for (const id of gone) this.#remove(id)
    byId('no-links').hidden = peers.length > 0
  }

  #rowOf(peer: SnapshotPeer): LinkRow {
    const known = this.#rows.get(peer.id)
    if (known !== undefined) return known
    const row = new LinkRow(peer)
    this.#rows.set(peer.id, row)
    byId('links').append(row.row)
    return row
  }

  #remove(id: string): void {
    this.#rows.get(id)?.row.remove()
    this.#rows.delete(id)
  }
}

class LinkRow {
  readonly row = element('tr')
  readonly #address = element('span', 'address')
  readonly #state = element('span', 'badge')
  readonly #since = cell('Since')
  readonly #trip = cell('Round trip')
  readonly #in = cell('In')
  readonly #out = cell('Out')
  readonly #fresh = cell('New')
  readonly #news = element('span')
  readonly #bar = element('i')
  readonly #again = cell('Copies')
  readonly #waits = cell('Waits')

  constructor({ id, direction }: SnapshotPeer) {
    const name = element('span', 'code', id.slice(0, ID_DIGITS))
    name.title = id
    const arrow = element('span', 'arrow', ARROWS[direction] ?? '')
    arrow.title = direction
    const head = element('th', '', arrow, name, this.#state, this.#address)
    head.scope = 'row'
    this.#fresh.append(this.#news, element('span', 'bar', this.#bar))
    this.row.append(head, this.#since, this.#trip, this.#in, this.#out, this.#fresh, this.#again, this.#waits)
  }

  show(peer: SnapshotPeer, rates: PeerRates | null): void {
    setText(this.#address, peer.address)
    setText(this.#state, peer.lagging ? 'lags' : '')
    this.row.classList.toggle('bad', peer.lagging)
    setText(this.#since, duration(peer.upSeconds))
    setText(this.#trip, peer.rttSeconds === null ? '-' : delay(peer.rttSeconds))
    setFigure(this.#in, rates === null ? '-' : quantity(rates.bytes.in, 'B/s'), peer.bytes.in)
    setFigure(this.#out, rates === null ? '-' : quantity(rates.bytes.out, 'B/s'), peer.bytes.out)
    const share = rates?.share ?? null
    const news = rates === null ? '-' : quantity(rates.fresh, '/s')
    setFigure(this.#news, share === null ? news : `${news}, ${percent(share)}`, peer.fresh)
    this.#bar.style.width = `${Math.round((share ?? 0) * 100)}%`
    setFigure(this.#again, rates === null ? '-' : quantity(rates.duplicates, '/s'), peer.duplicates)
    setFigure(this.#waits, quantity(peer.queuedBytes, 'B'), peer.queuedBytes)
  }
}

/** Narrow screens show the label beside the value. */
function cell(label: string): HTMLTableCellElement {
  const made = element('td')
  made.dataset.label = label
  return made
}

// What an operator wants to know first, each in a tile: a figure, and a line about it.
import { duration, percent, quantity, short } from '../../figures/units.ts'
import type { Snapshot } from '../snapshot.ts'
import { byId, element, setFigure, setText } from './dom.ts'
import { lossesOf, worstThread } from './health.ts'

interface Words {
  readonly figure: string
  readonly about: string
  /** The exact figure, or what it comes from. */
  readonly exact: number | null
  readonly isBad?: boolean
}

const TILES: Readonly<Record<string, (snapshot: Snapshot) => Words>> = {
  Links: ({ figures: { links, peers } }) => {
    const all = links.dialled + links.accepted
    const lagging = peers.filter((peer) => peer.lagging).length
    const about = `${links.dialled} dialled, ${links.accepted} accepted`
    return {
      figure: String(all),
      about: lagging > 0 ? `${about}; ${lagging} lag` : about,
      exact: all,
      isBad: lagging > 0
    }
  },
  In: ({ rates, figures }) => {
    const figure = rates === null ? '-' : quantity(rates.bytes.in, 'B/s')
    return { figure, about: packetsIn(rates?.packets.in, figures.bytes.in), exact: figures.bytes.in }
  },
  Out: ({ rates, figures }) => {
    const figure = rates === null ? '-' : quantity(rates.bytes.out, 'B/s')
    return { figure, about: packetsIn(rates?.packets.out, figures.bytes.out), exact: figures.bytes.out }
  },
  Copies: ({ rates, figures }) => {
    const figure = rates?.copies == null ? '-' : rates.copies.toFixed(2)
    const all = figures.fresh === 0 ? null : 1 + figures.duplicates / figures.fresh
    const about = all === null ? 'no packet came yet' : `of each packet; ${all.toFixed(2)} since the start`
    return { figure, about, exact: figures.duplicates }
  },
  Messages: ({ rates, figures: { messages, origins } }) => {
    const figure = rates === null ? '-' : quantity(rates.messages.delivered, '/s')
    const written = rates === null ? '-' : quantity(rates.messages.written, '/s')
    return { figure, about: `delivered; ${written} written; ${origins} authors`, exact: messages.delivered }
  },
  Lost: (snapshot) => {
    const { total, rate } = lossesOf(snapshot)
    const about = rate > 0 ? `${quantity(rate, '/s')} now` : total > 0 ? 'since the start, none now' : 'since the start'
    return { figure: total === 0 ? 'nothing' : short(total), about, exact: total, isBad: rate > 0 }
  },
  'Busiest thread': (snapshot) => {
    const worst = worstThread(snapshot)
    const { workers, eventLoopDelaySeconds: delay } = snapshot.figures
    const about = `${worst?.name ?? '-'}; ${workers.running} for I/O, ${workers.restarts} restarts`
    const isBad = (worst?.share ?? 0) > 0.9 || workers.restarts > 0
    return { figure: worst === null ? '-' : percent(worst.share), about, exact: delay.max, isBad }
  },
  Process: ({ rates, figures: { process, uptimeSeconds } }) => {
    const figure = quantity(process.residentBytes, 'B')
    const cores = rates === null ? '-' : percent(rates.cores)
    return { figure, about: `${cores} of a core; up ${duration(uptimeSeconds)}`, exact: process.residentBytes }
  }
}

function packetsIn(rate: number | undefined, bytes: number): string {
  return `${rate === undefined ? '-' : quantity(rate, 'packets/s')}; ${quantity(bytes, 'B')} in all`
}

export class Tiles {
  readonly #tiles = Object.entries(TILES).map(([name, words]) => {
    const figure = element('b')
    const about = element('span')
    const tile = element('div', 'card tile', element('h2', '', name), figure, about)
    figure.dataset.figure = name
    byId('tiles').append(tile)
    return { tile, figure, about, words }
  })

  show(snapshot: Snapshot): void {
    for (const { tile, figure, about, words } of this.#tiles) {
      const said = words(snapshot)
      setFigure(figure, said.figure, said.exact)
      setText(about, said.about)
      tile.classList.toggle('bad', said.isBad === true)
    }
  }
}

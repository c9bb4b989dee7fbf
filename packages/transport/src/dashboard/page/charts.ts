// The charts of the page: what crosses the links, how much of it is new, how busy threads are, how far away neighbours
// are.
import { delay, percent, quantity } from '../../figures/units.ts'
import type { Snapshot } from '../snapshot.ts'
import { Chart } from './chart.ts'
import { History } from './history.ts'

const NAMES = ['in', 'out', 'fresh', 'duplicates', 'program', 'io', 'nearest', 'farthest'] as const

export class Charts {
  readonly #history = new History(NAMES, valuesOf)
  readonly #charts: readonly { readonly chart: Chart; readonly names: readonly (typeof NAMES)[number][] }[] = [
    {
      names: ['in', 'out'],
      chart: new Chart({
        title: 'Bytes',
        lines: [
          { label: 'in', colour: '--in' },
          { label: 'out', colour: '--out' }
        ],
        format: (value) => quantity(value, 'B/s'),
        least: 1_000
      })
    },
    {
      names: ['fresh', 'duplicates'],
      chart: new Chart({
        title: 'Packets in',
        lines: [
          { label: 'new', colour: '--fresh' },
          { label: 'copies', colour: '--copies' }
        ],
        format: (value) => quantity(value, '/s'),
        least: 10
      })
    },
    {
      names: ['program', 'io'],
      chart: new Chart({
        title: 'Busy threads',
        lines: [
          { label: "the program's", colour: '--program' },
          { label: 'busiest I/O', colour: '--io' }
        ],
        format: percent,
        least: 0.2
      })
    },
    {
      names: ['nearest', 'farthest'],
      chart: new Chart({
        title: 'Round trips',
        lines: [
          { label: 'shortest', colour: '--fresh' },
          { label: 'longest', colour: '--copies' }
        ],
        format: delay,
        least: 0.002
      })
    }
  ]

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const { chart } of this.#charts) chart.redraw()
    })
  }

  show(snapshot: Snapshot): void {
    this.#history.add(snapshot)
    const { times, columns } = this.#history
    for (const { chart, names } of this.#charts)
      chart.show(
        times,
        names.map((name) => columns[name])
      )
  }
}

function valuesOf({ rates, figures }: Snapshot): Record<(typeof NAMES)[number], number | null> {
  const trips = figures.peers.flatMap(({ rttSeconds }) => rttSeconds ?? [])
  const io = Object.entries(rates?.busy ?? {}).flatMap(([thread, share]) => (thread === 'program' ? [] : share))
  return {
    in: rates?.bytes.in ?? null,
    out: rates?.bytes.out ?? null,
    fresh: rates?.fresh ?? null,
    duplicates: rates?.duplicates ?? null,
    program: rates?.busy.program ?? null,
    io: io.length === 0 ? null : Math.max(...io),
    nearest: trips.length === 0 ? null : Math.min(...trips),
    farthest: trips.length === 0 ? null : Math.max(...trips)
  }
}

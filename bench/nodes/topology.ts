// Who is linked to whom. Stations are started in this order, each joining neighbours that are there already.

export interface Place {
  readonly name: string
  /** Neighbours among those before it. */
  readonly join: readonly string[]
  readonly writes: boolean
  readonly reads: boolean
}

export type Topology = readonly Place[]

/** A -> B -> C. B passes on and its program reads nothing. */
export const LINE: Topology = [
  { name: 'B', join: [], writes: false, reads: false },
  { name: 'A', join: ['B'], writes: true, reads: false },
  { name: 'C', join: ['B'], writes: false, reads: true }
]

/** All linked to each other; A writes, B and C read. */
export const TRIANGLE: Topology = [
  { name: 'A', join: [], writes: true, reads: false },
  { name: 'B', join: ['A'], writes: false, reads: true },
  { name: 'C', join: ['A', 'B'], writes: false, reads: true }
]

/** A hub that reads and `count` writers linked to it alone. As in any flood, each writer gets what the others write. */
export function fanIn(count: number): Topology {
  const writers = numbered('W', count).map((name) => ({ name, join: ['hub'], writes: true, reads: false }))
  return [{ name: 'hub', join: [], writes: false, reads: true }, ...writers]
}

/** A writer and `count` readers linked to it alone. */
export function fanOut(count: number): Topology {
  const readers = numbered('R', count).map((name) => ({ name, join: ['hub'], writes: false, reads: true }))
  return [{ name: 'hub', join: [], writes: true, reads: false }, ...readers]
}

/**
 * Everybody linked to five others of eight: those one and two places away on a ring, and the one opposite. `all`:
 * everybody writes. A system that links more by itself may do so.
 */
export function mesh(all: boolean): Topology {
  const away = [1, 2, 4, 6, 7]
  return numbered('M', 8).map((name, i) => ({
    name,
    join: away.filter((step) => step <= i).map((step) => `M${i - step + 1}`),
    writes: all || i === 0,
    reads: all || i > 0
  }))
}

/** The links of a place: 'A-B', the one that is started first in front. */
export function edgesOf(topology: Topology, name: string): string[] {
  return topology
    .flatMap((place) => place.join.map((first) => ({ first, second: place.name })))
    .filter(({ first, second }) => first === name || second === name)
    .map(({ first, second }) => `${first}-${second}`)
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`)
}

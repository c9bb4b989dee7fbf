// The figures of the last minutes, in columns for the charts.
import type { Snapshot } from '../snapshot.ts'

/** What the charts show. */
export const SHOWN_SECONDS = 300

export type Column = (number | null)[]

export class History<Name extends string> {
  /** Unix seconds. */
  readonly times: number[] = []
  readonly columns: Readonly<Record<Name, Column>>
  readonly #pick: (snapshot: Snapshot) => Readonly<Record<Name, number | null>>

  constructor(names: readonly Name[], pick: (snapshot: Snapshot) => Readonly<Record<Name, number | null>>) {
    this.columns = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Column>
    this.#pick = pick
  }

  add(snapshot: Snapshot): void {
    const values = this.#pick(snapshot)
    const names = Object.keys(this.columns) as Name[]
    this.times.push(snapshot.at / 1000)
    for (const name of names) this.columns[name].push(values[name])
    const first = this.times.findIndex((time) => time >= snapshot.at / 1000 - SHOWN_SECONDS)
    if (first <= 0) return
    this.times.splice(0, first)
    for (const name of names) this.columns[name].splice(0, first)
  }
}

// Writes numbered messages as a program would: in a loop that awaits each, with a window of writes not awaited, or
// paced.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { nowNs } from '../run/usage.ts'
import { type Blank, blankOf, PATTERNS } from './content.ts'
import type { SystemStation, Work } from './station-calls.ts'

/** Timers have a resolution of 1 ms; what is due is written when one fires. */
const TICK_MS = 1

export class Writer {
  written = 0
  readonly #station: SystemStation
  readonly #work: Work
  /** As many as may be in use at one time, and a multiple of the patterns. */
  readonly #blanks: Blank[]
  #limit: number
  #onCredit: (() => void) | null = null
  #stopped = false
  readonly #done: Promise<void>

  constructor(station: SystemStation, work: Work) {
    this.#station = station
    this.#work = work
    const held = work.style.kind === 'windowed' ? work.style.window : 1
    const count = Math.ceil((held + 1) / PATTERNS) * PATTERNS
    this.#blanks = Array.from({ length: count }, (_, i) => blankOf(work.writer, i % PATTERNS, work.bytes))
    this.#limit = work.credit ?? Number.POSITIVE_INFINITY
    this.#done = this.#run()
    // `stop` tells; nobody may be waiting for it yet.
    this.#done.catch(() => undefined)
  }

  /** Readers have so many. */
  onReceived(count: number): void {
    if (this.#work.credit === null) return
    this.#limit = Math.max(this.#limit, count + this.#work.credit)
    this.#onCredit?.()
  }

  /** Resolves when nothing more is written. */
  async stop(): Promise<number> {
    this.#stopped = true
    this.#onCredit?.()
    await this.#done
    return this.written
  }

  #run(): Promise<void> {
    const { perSecond, style } = this.#work
    if (perSecond !== null) return this.#paced(perSecond)
    return style.kind === 'awaited' ? this.#awaited() : this.#windowed(style.window)
  }

  async #awaited(): Promise<void> {
    while (!this.#stopped) {
      if (this.written >= this.#limit) await this.#credit()
      else await this.#station.write(this.#next())
    }
  }

  async #windowed(window: number): Promise<void> {
    const pending: unknown[] = []
    while (!this.#stopped) {
      if (this.written >= this.#limit) await this.#credit()
      else pending.push(this.#station.write(this.#next()))
      if (pending.length < window) continue
      await Promise.all(pending.splice(0))
      // Systems that do not wait for anything send when the turn ends.
      await nextTurn()
    }
    await Promise.all(pending)
  }

  #paced(perSecond: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = nowNs()
      const timer = setInterval(() => {
        if (this.#stopped) {
          clearInterval(timer)
          return resolve()
        }
        const due = ((nowNs() - start) / 1e9) * perSecond
        while (this.written < due) Promise.resolve(this.#station.write(this.#next(nowNs()))).catch(reject)
      }, TICK_MS)
    })
  }

  #next(sentNs = 0): Uint8Array {
    const place = this.written++
    const { payload, view } = this.#blanks[place % this.#blanks.length]!
    view.setUint32(4, place)
    if (sentNs > 0) view.setFloat64(8, sentNs)
    return payload
  }

  #credit(): Promise<void> {
    return new Promise((resolve) => {
      this.#onCredit = () => {
        this.#onCredit = null
        resolve()
      }
    })
  }
}

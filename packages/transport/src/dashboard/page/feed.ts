// What happened, the newest first. What could not be shown is counted.
import type { Snapshot } from '../snapshot.ts'
import { byId, element } from './dom.ts'

/** A guess: more than anyone scrolls through. */
const MAX_LINES = 200
/** Events that are good or bad news, whatever their level. */
const TONES: Readonly<Record<string, string>> = { 'peer-up': 'good', 'peer-down': 'gone' }

export class EventList {
  #total: number | null = null

  show({ feed, at }: Snapshot): void {
    const told = feed.lines.reduce((sum, { count }) => sum + count, 0)
    // If the page has just opened, lines may have gone to other pages before.
    const skipped = this.#total === null ? 0 : feed.total - this.#total - told
    this.#total = feed.total
    for (const line of feed.lines) this.#add(line.at, line.text, TONES[line.name] ?? line.level, line.count)
    if (skipped > 0) this.#add(at, `${skipped.toLocaleString()} more events that are not shown`, 'skipped', 1)
  }

  /** The stream starts again, perhaps on another node. */
  forget(): void {
    this.#total = null
  }

  #add(at: number, text: string, tone: string, count: number): void {
    const list = byId('feed')
    const time = element('time', '', new Date(at).toLocaleTimeString([], { hour12: false }))
    time.dateTime = new Date(at).toISOString()
    const item = element('li', '', time, element('span', 'text', text))
    item.dataset.tone = tone
    if (count > 1) item.append(element('b', 'badge', `× ${count.toLocaleString()}`))
    list.prepend(item)
    while (list.childElementCount > MAX_LINES) list.lastElementChild?.remove()
    byId('no-events').hidden = true
  }
}

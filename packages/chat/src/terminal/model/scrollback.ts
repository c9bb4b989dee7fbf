// The entries of a conversation: bounded, so that a flood costs neither the reader the history nor the machine its
// time. Of words that come faster than anyone reads, the newest are kept, and one line in place of the others says how
// many are gone.
import { type Draft, type Entry, folded, isSkippable, isUpdate } from './entries.ts'

/** Entries kept of a conversation: some 200 screens (a guess between weechat's 4096 lines and what memory allows). */
export const MAX_ENTRIES = 5000
/**
 * Entries kept of one second: more than ten times what anyone reads, and a few screens to look back into a flood (a
 * guess).
 */
export const MAX_ENTRIES_PER_SECOND = 300
/** How far back to look for an entry that changes: a message that is finally read, a file that arrives. */
export const MAX_UPDATE_SCAN = 1000

interface Slot {
  entry: Entry
  /** When it was added, on the screen's clock. */
  readonly addedAt: number
  skipped: boolean
}

export class Scrollback {
  #slots: Slot[] = []
  /** Entries of the last second that a flood may push out, oldest first. */
  readonly #recent: Slot[] = []
  #skipped = 0
  #lastSeq = 0

  /** What is kept, oldest first. */
  get entries(): readonly Entry[] {
    this.#compact()
    return this.#slots.map(({ entry }) => entry)
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Forgets everything. Numbers continue afterwards. */
  clear(): void {
    this.#slots = []
    this.#recent.length = 0
    this.#skipped = 0
  }

  /** `at`: ms since the epoch, shown; `now`: ms of a clock that never jumps. */
  add(draft: Draft, at: number, now: number): void {
    const last = this.#slots.at(-1)
    const both = last === undefined || last.skipped ? null : folded(last.entry, draft)
    if (last !== undefined && both !== null) {
      last.entry = { ...both, seq: last.entry.seq, at }
      return
    }
    const slot = { entry: { ...draft, seq: ++this.#lastSeq, at }, addedAt: now, skipped: false }
    this.#slots.push(slot)
    if (isSkippable(draft)) this.#meter(slot)
    if (this.#slots.length > MAX_ENTRIES * 1.25 || this.#skipped > MAX_ENTRIES_PER_SECOND) this.#compact()
  }

  /** Replaces the entry that `draft` continues. False if there is none. */
  update(draft: Draft): boolean {
    const end = Math.max(0, this.#slots.length - MAX_UPDATE_SCAN)
    for (let index = this.#slots.length - 1; index >= end; index--) {
      const slot = this.#slots[index]
      if (slot === undefined || !isUpdate(slot.entry, draft)) continue
      slot.entry = { ...draft, seq: slot.entry.seq, at: slot.entry.at }
      return true
    }
    return false
  }

  #meter(slot: Slot): void {
    const recent = this.#recent
    recent.push(slot)
    while ((recent[0] ?? slot).addedAt <= slot.addedAt - 1000) recent.shift()
    if (recent.length <= MAX_ENTRIES_PER_SECOND) return
    const oldest = recent.shift()
    if (oldest !== undefined) oldest.skipped = true
    this.#skipped++
  }

  #compact(): void {
    if (this.#skipped > 0) this.#slots = withoutSkipped(this.#slots)
    this.#skipped = 0
    if (this.#slots.length > MAX_ENTRIES) this.#slots = this.#slots.slice(-MAX_ENTRIES)
  }
}

// Each run of skipped slots becomes one entry, and a later run joins it.
function withoutSkipped(slots: readonly Slot[]): Slot[] {
  const kept: Slot[] = []
  for (const slot of slots) {
    if (!slot.skipped) {
      kept.push(slot)
      continue
    }
    const last = kept.at(-1)
    const { seq, at } = slot.entry
    if (last?.entry.kind === 'skipped') last.entry = { ...last.entry, count: last.entry.count + 1, at }
    else kept.push({ entry: { kind: 'skipped', count: 1, seq, at }, addedAt: slot.addedAt, skipped: false })
  }
  return kept
}

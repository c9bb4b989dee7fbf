// The events between two snapshots, however many: similar ones share a line, each name gets a few lines, and all are
// counted.
import type { NetworkEvent } from '../api.ts'
import { EVENT_LEVELS } from '../telemetry/event-log.ts'
import { eventText } from '../telemetry/event-text.ts'
import type { Feed, FeedLine } from './snapshot.ts'

/**
 * Lines with one name in a snapshot, so that a storm of one kind hides no other. A guess: more than anyone reads in a
 * second.
 */
const MAX_LINES_A_NAME = 8
/** A guess: longer than any honest sentence. */
const MAX_TEXT_LENGTH = 300

export class EventFeed {
  readonly #lines = new Map<NetworkEvent['name'], Map<string, FeedLine>>()
  #total = 0

  add(event: NetworkEvent, at: number): void {
    const text = eventText(event)
    if (text === null) return
    this.#total++
    const { name } = event
    const lines = this.#lines.get(name) ?? new Map<string, FeedLine>()
    this.#lines.set(name, lines)
    const line = lines.get(text)
    if (line === undefined && lines.size === MAX_LINES_A_NAME) return
    const count = (line?.count ?? 0) + 1
    lines.set(text, { at, name, level: EVENT_LEVELS[name], text: clipped(text), count })
  }

  /** What has come since the last call. */
  take(): Feed {
    const lines = [...this.#lines.values()].flatMap((byText) => [...byText.values()])
    this.#lines.clear()
    return { lines: lines.sort((a, b) => a.at - b.at), total: this.#total }
  }
}

function clipped(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}...`
}

// The screen for programs: one JSON object a line. The strings are as clean as on a terminal, since most of them end up
// on one.
import { cleanText } from '../text/clean-text.ts'
import { LineWriter } from './line-writer.ts'
import type { Output, Screen, ScreenEvent } from './screen.ts'

export function openJsonScreen(output: Output): Screen {
  const writer = new LineWriter(output)
  return {
    show(event: ScreenEvent) {
      // A program knows what it said, but not the outcome. The status is for a line that changes in place.
      const known = event.kind === 'status' || (event.kind === 'said' && event.state === 'sent')
      if (!known) writer.write(jsonOf(event))
    },
    setPrompt() {},
    setCompleter() {},
    ready: () => writer.ready(),
    async close() {
      writer.flush()
      await writer.ready()
    }
  }
}

/** An event as NDJSON: `kind` becomes `event`, and everything else keeps its name. */
export function jsonOf({ kind, ...details }: ScreenEvent): string {
  return JSON.stringify({ event: kind, ...details }, cleanValue)
}

function cleanValue(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? cleanText(value) : value
}

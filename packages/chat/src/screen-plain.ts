// The screen for pipes and --plain: lines of text, no escape codes.
import { LineWriter } from './line-writer.ts'
import type { Output, Screen, ScreenEvent } from './screen.ts'
import { lineOf } from './screen-line.ts'

/** `echo`: repeat what this user says. Wanted where no terminal shows the typing, so that a transcript is whole. */
export function openPlainScreen(output: Output, { echo }: { echo: boolean }): Screen {
  const writer = new LineWriter(output)
  return {
    show(event: ScreenEvent) {
      if (event.kind === 'said' && !echo) return
      const line = lineOf(event)
      if (line !== null) writer.write(line)
    },
    setPrompt() {},
    ready: () => writer.ready(),
    async close() {
      writer.flush()
      await writer.ready()
    }
  }
}

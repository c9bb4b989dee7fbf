// The screen for pipes and --plain: lines of text, no escape codes.
import { LineWriter } from './line-writer.ts'
import type { Output, Screen, ScreenEvent } from './screen.ts'
import { lineOf } from './screen-line.ts'

/**
 * `echo`: repeat what this user says. For output where no terminal shows the typing, so that a transcript is complete.
 */
export function openPlainScreen(output: Output, { echo }: { echo: boolean }): Screen {
  const writer = new LineWriter(output)
  return {
    show(event: ScreenEvent) {
      // A terminal shows what was typed; we report only the outcome.
      if (event.kind === 'said' && event.state === 'sent' && !echo) return
      const line = lineOf(event)
      if (line !== null) writer.write(line)
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

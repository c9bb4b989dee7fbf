// The screen of a terminal: all of it. Joins terminal/full-screen.ts to this process.

import type { Alerting } from './alerts.ts'
import { FullScreen } from './full-screen.ts'
import { colourDepthOf, openTty, type TtyOutput } from './tty.ts'

export function openFullScreen(input: NodeJS.ReadStream, output: TtyOutput, alerting: Alerting): FullScreen {
  return new FullScreen({
    device: openTty(input, output),
    clock: { now: () => ({ at: Date.now(), ms: performance.now() }), after },
    depth: colourDepthOf(output),
    alerting,
    env: process.env
  })
}

function after(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms)
  return () => clearTimeout(timer)
}

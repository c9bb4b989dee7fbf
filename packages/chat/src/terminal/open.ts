// The whole screen of a terminal. Connects full-screen.ts to this process.

import { foreignLocale } from './abilities.ts'
import type { Alerting } from './alerts.ts'
import { FullScreen } from './full-screen.ts'
import { colourDepthOf, openTty, type TtyOutput } from './tty.ts'

export function openFullScreen(input: NodeJS.ReadStream, output: TtyOutput, alerting: Alerting): FullScreen {
  const screen = new FullScreen({
    device: openTty(input, output),
    clock: { now: () => ({ at: Date.now(), ms: performance.now() }), after },
    depth: colourDepthOf(output),
    alerting,
    env: process.env
  })
  const locale = foreignLocale(process.env)
  if (locale !== null) {
    const text = `${locale} is not a UTF-8 locale: letters other than A to Z may be shown wrong; LC_ALL=C.UTF-8 helps`
    screen.show({ kind: 'notice', text })
  }
  return screen
}

function after(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms)
  return () => clearTimeout(timer)
}

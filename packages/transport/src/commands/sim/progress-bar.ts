// A line on the terminal that shows how far a long computation has come.
import type { Writable } from 'node:stream'

export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export interface ProgressBar {
  /** `share`: 0 to 1. */
  show(what: string, share: number): void
  clear(): void
}

const BAR_CELLS = 30
const LINE_START = '\r\u001b[K'
/** Without a terminal, one line per this period is enough for a log; a shorter wait needs no progress. A guess. */
const LINE_EVERY_MS = 10_000

/**
 * Shows a bar on a terminal, and an occasional line elsewhere, such as in a log or a pipe. `now`: ms on a clock that
 * never goes back.
 */
export function progressBar(stderr: Terminal, now: () => number = () => performance.now()): ProgressBar {
  return stderr.isTTY === true ? barOn(stderr) : linesOn(stderr, now)
}

function barOn(stderr: Terminal): ProgressBar {
  return {
    show(what, share) {
      const cells = Math.round(BAR_CELLS * Math.min(1, share))
      const bar = '#'.repeat(cells).padEnd(BAR_CELLS, '.')
      stderr.write(`${LINE_START}[${bar}] ${percent(share)} ${what}`.slice(0, stderr.columns ?? 80))
    },
    clear: () => void stderr.write(LINE_START)
  }
}

function linesOn(stderr: Terminal, now: () => number): ProgressBar {
  let toldAt = now()
  return {
    show(what, share) {
      if (now() - toldAt < LINE_EVERY_MS) return
      toldAt = now()
      stderr.write(`${what}: ${percent(share)}\n`)
    },
    clear() {}
  }
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}

// A line on the terminal that says how far a long computation has come.
import type { Writable } from 'node:stream'

export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export interface ProgressBar {
  /** `share`: 0 to 1. */
  show(what: string, share: number): void
  clear(): void
}

const BAR_CELLS = 30
const LINE_START = '\r\u001b[K'

/** On a terminal only: elsewhere it would be noise. */
export function progressBar(stderr: Terminal): ProgressBar {
  const isShown = stderr.isTTY === true
  return {
    show(what, share) {
      if (!isShown) return
      const cells = Math.round(BAR_CELLS * Math.min(1, share))
      const bar = '#'.repeat(cells).padEnd(BAR_CELLS, '.')
      stderr.write(`${LINE_START}[${bar}] ${Math.floor(share * 100)} % ${what}`.slice(0, stderr.columns ?? 80))
    },
    clear() {
      if (isShown) stderr.write(LINE_START)
    }
  }
}

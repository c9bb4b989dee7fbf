// When a command should leave the network: on a signal, or when the npm that started it ended without passing a signal
// on.
import { isatty } from 'node:tty'
import { isHangupIgnored } from './hangup.ts'

/** How often it checks whether npm is still there. A guess: nobody waits for it, and it costs nothing. */
const PARENT_LOOK_MS = 500

export interface LeaveSignal {
  readonly signal: AbortSignal
  /**
   * From now on SIGHUP calls `act` instead of leaving, unless a terminal has closed. The returned function undoes it.
   */
  onHangup(act: () => void): () => void
}

/** Listens to this process's signals. The first one aborts the signal; later ones call `onSecond`. */
export function leaveSignal(onSecond: () => void): LeaveSignal {
  const leaving = new AbortController()
  let hangup: (() => void) | null = null
  const leave = () => (leaving.signal.aborted ? onSecond() : leaving.abort())
  const ignoresHangup = isHangupIgnored()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave)
  process.on('SIGHUP', () => {
    if (hangup !== null) hangup()
    else if (!ignoresHangup) leave()
  })
  watchNpm(() => leaving.abort())
  return {
    signal: leaving.signal,
    onHangup(act) {
      if (!hasTerminal()) hangup = act
      return () => {
        hangup = null
      }
    }
  }
}

/** A terminal that closes sends SIGHUP too, and then it means to leave. */
function hasTerminal(): boolean {
  return [0, 1, 2].some((file) => isatty(file))
}

/**
 * Calls `onGone` when the npm that started this process has ended. npm passes a signal on to a shell, which ends
 * without telling us.
 */
export function watchNpm(onGone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, PARENT_LOOK_MS)
  timer.unref()
}

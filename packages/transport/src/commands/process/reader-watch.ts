// Finds out that nobody reads standard output any more while there is nothing to write: `floodnet sub | head -1` ends
// with its reader. Node does not watch a pipe that it only writes to, so this asks the system in other ways.
import { type ChildProcess, spawn } from 'node:child_process'
import { fstatSync, writeSync } from 'node:fs'

const STDOUT = 1
/** A guess: nobody waits for a command to end after they stopped reading its output. */
const LOOK_MS = 1_000
const NOTHING = new Uint8Array(0)

/** Calls `gone` once when the reader of standard output leaves. Returns a function that ends the watch. */
export function watchReader(gone: () => void): () => void {
  const kind = outputKind()
  if (kind === 'other') return () => {}
  return kind === 'fifo' && process.platform === 'linux' ? watchByTail(gone) : watchByWrites(gone)
}

function outputKind(): 'socket' | 'fifo' | 'other' {
  try {
    const stats = fstatSync(STDOUT)
    return stats.isSocket() ? 'socket' : stats.isFIFO() ? 'fifo' : 'other'
  } catch {
    return 'other'
  }
}

/** An empty write to a socket fails if the other end is closed. So does one to a pipe, except on Linux. */
function watchByWrites(gone: () => void): () => void {
  const timer = setInterval(() => {
    try {
      writeSync(STDOUT, NOTHING)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return
      clearInterval(timer)
      gone()
    }
  }, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * GNU tail watches the pipe that it would write to, and ends by SIGPIPE with its reader. Without GNU tail, the next
 * message finds out.
 */
function watchByTail(gone: () => void): () => void {
  let isWatching = true
  const tail: ChildProcess = spawn('tail', ['-f', `--pid=${process.pid}`, '/dev/null'], {
    stdio: ['ignore', STDOUT, 'ignore']
  })
  tail.unref()
  tail.on('error', () => {})
  tail.on('exit', (_, signal) => {
    if (isWatching && signal === 'SIGPIPE') gone()
  })
  return () => {
    isWatching = false
    tail.kill('SIGKILL')
  }
}

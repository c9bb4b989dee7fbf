// The first process of a container gets no signal that it does not listen to, and a program that computes without a
// pause listens to none: so it runs as a child, which signals end as they do everywhere else.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Runs this very command line once more, below this process. Resolves with its exit code, or 128 and the number of what
 * ended it.
 */
export function runBelow(): Promise<number> {
  let child: ChildProcess | null = null
  // Before there is a child, so that no signal is missed.
  for (const signal of FORWARDED) process.on(signal, () => child?.kill(signal))
  child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' })
  return endOf(child)
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

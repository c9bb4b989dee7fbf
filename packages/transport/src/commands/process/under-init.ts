// The first process of a container gets no signal that it does not listen to, and a program that computes without a
// pause listens to none. So it runs as a child, which signals end as usual.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Runs this same command line again, as a child of this process. Resolves with its exit code, or with 128 plus the
 * number of the signal that ended it.
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

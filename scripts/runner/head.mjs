// What a test file says about itself in its first lines: `// time-limit: 240 s`, `// runs: alone` and the other ways to
// run.
import { readFileSync } from 'node:fs'

const linesRead = 10
const defaultLimitSeconds = 120

/** How long the file may take. */
export function limitSeconds(file) {
  const stated = /^\/\/ time-limit: (\d+) s$/m.exec(headOf(file))
  return stated === null ? defaultLimitSeconds : Number(stated[1])
}

/**
 * 'alone': nothing may run beside it, since it fills the machine by itself. 'quiet': beside it only files that mostly
 * wait. Else null.
 */
export function wayToRun(file) {
  return /^\/\/ runs: (alone|quiet)$/m.exec(headOf(file))?.[1] ?? null
}

function headOf(file) {
  return readFileSync(file, 'utf8').split('\n', linesRead).join('\n')
}

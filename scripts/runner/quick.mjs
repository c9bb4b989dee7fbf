// Which test files are for the quick run: no real sockets, processes, terminals or threads, and nothing that asked for
// more time.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { limitSeconds, wayToRun } from './head.mjs'

const USUAL_SECONDS = 120
const OUTSIDE =
  /from '(?:node:(?:net|tls|http|https|dgram|child_process|worker_threads)|@floodnet\/(?:transport|chat))'/
const TEST_HELPER = /from '(\.{1,2}\/[^']*support\/[^']+)'/g

export function isQuick(file) {
  return (
    !file.includes('/scenarios/') && wayToRun(file) === null && limitSeconds(file) <= USUAL_SECONDS && staysInside(file)
  )
}

/** Neither the file nor the helpers that it imports reach outside. Types of the built packages do not count. */
function staysInside(file, seen = new Set()) {
  if (seen.has(file)) return true
  seen.add(file)
  const text = readFileSync(file, 'utf8').replace(/^import type [^;]*?from '[^']*'/gm, '')
  if (OUTSIDE.test(text)) return false
  return [...text.matchAll(TEST_HELPER)].every(([, path]) => staysInside(join(dirname(file), path), seen))
}

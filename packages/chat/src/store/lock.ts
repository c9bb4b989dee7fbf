// One running chat for each identity: two nodes with one key shut each other out of the network. The lock is a file with the process's
// number beside the key. What a killed process left is taken over.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'

export type LockResult = { kind: 'locked'; release(): void } | { kind: 'taken'; by: number }

/** @throws what the system says when the file cannot be made for other reasons. */
export function takeLock(path: string, pid = process.pid): LockResult {
  // Once more after a stale one is out of the way. Two that start in the same instant after a crash may both take it: a risk of
  // milliseconds that a portable lock without an owner cannot close.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (tryLock(path, pid)) return { kind: 'locked', release: hold(path) }
    const owner = ownerOf(path)
    if (owner !== null && (owner === pid ? held.has(path) : isAlive(owner))) return { kind: 'taken', by: owner }
    rmSync(path, { force: true })
  }
  return { kind: 'taken', by: ownerOf(path) ?? 0 }
}

// A process has the number of one that died, as after a restart in a container: its own locks are those it knows of.
const held = new Set<string>()

function hold(path: string): () => void {
  held.add(path)
  return () => {
    held.delete(path)
    rmSync(path, { force: true })
  }
}

function tryLock(path: string, pid: number): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, `${pid}\n`)
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// Null for a file that is gone again, or was being written when its process died.
function ownerOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

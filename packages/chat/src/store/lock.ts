// One running chat for each identity: two nodes with one key shut each other out of the network. The lock is a file beside the key with the
// process's number and when that process began. What a killed process left is taken over, also when its number is another's by now.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'

export type LockResult = { kind: 'locked'; release(): void } | { kind: 'taken'; by: number }

/** Who made a lock. */
interface Owner {
  readonly pid: number
  /** As `startOf` gives it; null where nobody knows. */
  readonly start: string | null
}

/** @throws what the system says when the file cannot be made for other reasons. */
export function takeLock(path: string, pid = process.pid): LockResult {
  // Once more after a stale one is out of the way. Two that start in the same instant after a crash may both take it: a risk of
  // milliseconds that a portable lock without an owner cannot close.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (tryLock(path, pid)) return { kind: 'locked', release: hold(path) }
    const owner = ownerOf(path)
    if (owner !== null && (owner.pid === pid ? held.has(path) : isRunning(owner)))
      return { kind: 'taken', by: owner.pid }
    rmSync(path, { force: true })
  }
  return { kind: 'taken', by: ownerOf(path)?.pid ?? 0 }
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
    writeSync(file, `${pid} ${startOf(pid) ?? ''}`.trimEnd().concat('\n'))
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// Null for a file that is gone again, or was being written when its process died.
function ownerOf(path: string): Owner | null {
  try {
    const [first = '', start = null] = readFileSync(path, 'utf8').trimEnd().split(' ')
    const pid = Number(first)
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, start } : null
  } catch {
    return null
  }
}

function isRunning({ pid, start }: Owner): boolean {
  const now = startOf(pid)
  // Numbers are given again: a process of this number that began at another time is somebody else's.
  if (start !== null && now !== null) return start === now
  return isAlive(pid)
}

/** When a process began, in ticks since this boot, and which boot that was. Null where there is no /proc, or no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may have spaces and brackets of its own; the 22nd is the time.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return ticks === undefined ? null : `${ticks}@${boot}`
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

// One running chat for each identity: two nodes with one key shut each other out of the network. The lock is a file
// beside the key with the process's number, when that process began and where it runs. What a killed process left is
// taken over, also when its number is another's by now. Numbers of another container or machine that shares the folder
// mean nothing here: a lock from there is alive while it is touched.
import { closeSync, openSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'

/** How often a running chat touches its lock. */
const TOUCH_MS = 2_000
/** How long a lock from elsewhere is watched: one that is not touched meanwhile is left over. More than two touches. */
const WATCH_MS = 5_000

export type LockResult = { kind: 'locked'; release(): void } | { kind: 'taken'; by: number }

/** Who made a lock. */
interface Owner {
  readonly pid: number
  /** As `startOf` gives it; null where nobody knows. */
  readonly start: string | null
  /** As `here` gives it; null in a lock of an earlier version. */
  readonly place: string | null
}

/** @throws what the system says when the file cannot be made for other reasons. */
export function takeLock(path: string, pid = process.pid): LockResult {
  // Once more after a stale one is out of the way. Two that start in the same instant after a crash may both take it: a
  // risk of milliseconds that a portable lock without an owner cannot close.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (tryLock(path, pid)) return { kind: 'locked', release: hold(path) }
    const owner = ownerOf(path)
    if (owner !== null && isHeld(path, owner, pid)) return { kind: 'taken', by: owner.pid }
    rmSync(path, { force: true })
  }
  return { kind: 'taken', by: ownerOf(path)?.pid ?? 0 }
}

// A process has the number of one that died, as after a restart in a container: its own locks are those it knows of.
const held = new Set<string>()

function hold(path: string): () => void {
  held.add(path)
  const touching = setInterval(() => touch(path), TOUCH_MS).unref()
  return () => {
    clearInterval(touching)
    held.delete(path)
    rmSync(path, { force: true })
  }
}

function tryLock(path: string, pid: number): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, `${pid} ${startOf(pid) ?? '-'} ${here()}\n`)
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// Null for a file that is gone again, or was being written when its process died.
function ownerOf(path: string): Owner | null {
  try {
    const [first = '', start = '-', place = null] = readFileSync(path, 'utf8').trimEnd().split(' ')
    const pid = Number(first)
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, start: start === '-' ? null : start, place } : null
  } catch {
    return null
  }
}

function isHeld(path: string, owner: Owner, pid: number): boolean {
  if (owner.place !== null && owner.place !== here()) return isTouched(path)
  return owner.pid === pid ? held.has(path) : isRunning(owner)
}

/** The machine, or the container, whose process numbers are meant. */
function here(): string {
  let space = ''
  try {
    space = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Not Linux: the machine alone tells them apart.
  }
  return `${hostname()}${space}`.replace(/\s/g, '_')
}

// The clocks of two machines may differ, so the times are compared with each other only. Waits in place: nothing else
// has begun yet.
function isTouched(path: string): boolean {
  const before = touchedAt(path)
  for (let waited = 0; waited < WATCH_MS && before !== null; waited += WATCH_MS / 10) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WATCH_MS / 10)
    if (touchedAt(path) !== before) return touchedAt(path) !== null
  }
  return false
}

function touchedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Removed by its user, or on a disk that went: the lock is lost, and the chat goes on.
  }
}

function isRunning({ pid, start }: Owner): boolean {
  const now = startOf(pid)
  // Numbers are given again: a process of this number that began at another time is somebody else's.
  if (start !== null && now !== null) return start === now
  return isAlive(pid)
}

/**
 * When a process began, in ticks since this boot, and which boot that was. Null where there is no /proc, or no such
 * process.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may have spaces and brackets of its own; the 22nd is
    // the time.
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

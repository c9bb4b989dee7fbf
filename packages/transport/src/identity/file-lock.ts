// A file that only one process can make, and that names it: its number, when it began and where it runs. What a killed
// process left is taken over, even if another process has its number by now. Numbers from another container or machine
// that shares the folder mean nothing here: a lock from there is alive while it is touched.
import { closeSync, openSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How often a running program touches its lock. */
const TOUCH_MS = 2_000
/**
 * How long we watch a lock from elsewhere: if nobody touches it in this time, it is left over. More than two touches.
 */
const WATCH_MS = 5_000
/** The pause between two looks at what another starting process does. */
const STEP_MS = 10
/** One for each process that may start: more of them do not wait for one lock. */
const MAX_ROUNDS = 16

/** A lock that is held until you release it, or the number of the process that holds it. */
export type LockResult =
  | { kind: 'locked'; release(): void }
  | {
      kind: 'taken'
      by: number
      /** This very process has it. */
      isOwn?: true
    }

/** Who made a lock. */
interface Owner {
  readonly pid: number
  /** As `startOf` returns it; null if unknown. */
  readonly start: string | null
  /** As `here` returns it; null in a lock of an earlier version. */
  readonly place: string | null
}

/**
 * Takes the lock, or says who has it. Blocks for up to some seconds if that takes time to find out: for programs in
 * which nothing else has begun yet.
 *
 * @throws the system's error if the file cannot be made for other reasons.
 */
export function takeLock(path: string, pid = process.pid): LockResult {
  const steps = takingLock(path, pid)
  let step = steps.next()
  for (; !step.done; step = steps.next()) wait(step.value)
  return step.value
}

/** The same for a program that goes on in the meantime. */
export async function takeLockLater(path: string): Promise<LockResult> {
  const steps = takingLock(path, process.pid)
  let step = steps.next()
  for (; !step.done; step = steps.next()) await pause(step.value)
  return step.value
}

/** Yields the milliseconds to wait before it goes on. */
type Steps<T> = Generator<number, T>

function* takingLock(path: string, pid: number): Steps<LockResult> {
  const text = `${pid} ${startOf(pid) ?? '-'} ${here()}\n`
  // Each round ends with an answer, or finds that another start was quicker: as many rounds as there may be starts.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (tryMake(path, text)) return { kind: 'locked', release: hold(path, text) }
    const found = yield* settledTextOf(path)
    if (found === null) continue
    const owner = ownerIn(found)
    if (owner !== null && (yield* isHeld(path, owner, pid))) return takenBy(owner)
    yield* removeStale(path, found)
  }
  return { kind: 'taken', by: ownerIn(textOf(path) ?? '')?.pid ?? 0 }
}

function takenBy({ pid, place }: Owner): LockResult {
  return { kind: 'taken', by: pid, ...(pid === process.pid && place === here() && { isOwn: true as const }) }
}

// Our process may have the number of one that died, as after a restart in a container. It knows its own locks from this
// set.
const held = new Set<string>()

function hold(path: string, text: string): () => void {
  const name = resolve(path)
  held.add(name)
  const touching = setInterval(() => touch(path), TOUCH_MS).unref()
  return () => {
    clearInterval(touching)
    held.delete(name)
    // If its user removed it in the meantime and another program made it again, it belongs to that one.
    if (textOf(path) === text) rmSync(path, { force: true })
  }
}

/** False if the file exists. A file that cannot be written whole is removed again. */
function tryMake(path: string, text: string): boolean {
  const file = openNew(path)
  if (file === null) return false
  try {
    writeSync(file, text)
    return true
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

function openNew(path: string): number | null {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  }
}

// A file exists before its text does. One without an owner belongs to a process that is just starting, and counts as
// left over only if it stays that way.
function* settledTextOf(path: string): Steps<string | null> {
  let text = textOf(path)
  for (let waited = 0; waited < WATCH_MS && text !== null && ownerIn(text) === null; waited += STEP_MS) {
    yield STEP_MS
    text = textOf(path)
  }
  return text
}

/**
 * Removes a leftover if it still is the one that was judged. One start at a time, or two that judge the same leftover
 * would remove each other's new lock.
 */
function* removeStale(path: string, judged: string): Steps<void> {
  const gate = `${path}.stale`
  if (!tryMake(gate, '')) return yield* waitForGate(gate)
  try {
    if (textOf(path) === judged) rmSync(path, { force: true })
  } finally {
    rmSync(gate, { force: true })
  }
}

// Its maker needs only an instant. A gate that stays was left by a process that died in that instant.
function* waitForGate(gate: string): Steps<void> {
  const before = touchedAt(gate)
  for (let waited = 0; waited < WATCH_MS && before !== null; waited += STEP_MS) {
    yield STEP_MS
    if (touchedAt(gate) !== before) return
  }
  rmSync(gate, { force: true })
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It is gone again, or we may not read it.
    return null
  }
}

/** Null for an incomplete text: its file is being written, or was when its process died. */
function ownerIn(text: string): Owner | null {
  if (!text.endsWith('\n')) return null
  const [first = '', start = '-', place = null] = text.trimEnd().split(' ')
  const pid = Number(first)
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, start: start === '-' ? null : start, place } : null
}

function* isHeld(path: string, owner: Owner, pid: number): Steps<boolean> {
  if (owner.place !== null && owner.place !== here()) return yield* isTouched(path)
  // Where nobody knows when it began, a dead process of this number looks like this one.
  if (owner.pid === pid && owner.start === null) return held.has(resolve(path))
  return isRunning(owner)
}

/** The machine or container to which the process numbers belong. */
function here(): string {
  let space = ''
  try {
    space = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Not Linux: only the machine tells them apart.
  }
  return `${hostname()}${space}`.replace(/\s/g, '_')
}

// The clocks of two machines may differ, so we only compare the times with each other.
function* isTouched(path: string): Steps<boolean> {
  const before = touchedAt(path)
  for (let waited = 0; waited < WATCH_MS && before !== null; waited += WATCH_MS / 10) {
    yield WATCH_MS / 10
    if (touchedAt(path) !== before) return touchedAt(path) !== null
  }
  return false
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function touchedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Its user removed it, or its disk is gone: the lock is lost, but the program goes on.
  }
}

function isRunning({ pid, start }: Owner): boolean {
  const now = startOf(pid)
  // Numbers are reused: a process with this number that began at another time is a different one.
  if (start !== null && now !== null) return start === now
  return isAlive(pid)
}

/**
 * When a process began, in ticks since this boot, and which boot that was. Null without /proc, or if there is no such
 * process.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may contain spaces and brackets; the 22nd is the time.
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

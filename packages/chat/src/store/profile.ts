// Who this user is from one run to the next: the files of one identity, locked while a chat runs. Without --identity
// there are up to 16 in the state folder, since several chats may run on one machine. Each start takes the one with the
// requested name, or else the first that is free.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '@floodnet/core'
import { FloodnetError, takeLock } from '@floodnet/transport'
import { type HighMarks, newHighMarks } from '../guard/high-water-marks.ts'
import { type AddressBook, newAddressBook } from '../people/address-book.ts'
import { isSameName } from '../text/name.ts'
import { type Book, bookOf, bookText } from './book-file.ts'
import { makeFolder, readWhole, writeWhole } from './files.ts'
import { marksOf, marksText } from './marks-file.ts'

/** Chats of one user on one machine that keep their identity. */
export const MAX_PROFILES = 16

export interface Profile {
  /** File of the key, for the network to load or make; null: a throw-away key in memory. */
  readonly identity: string | null
  /** The name used last; null if there is none. */
  readonly name: string | null
  /** What to tell the user in a line if they might have expected another identity; null if not. */
  readonly warning: string | null
  /** More about it, for the log. */
  readonly detail?: string
  readonly book: AddressBook
  readonly marks: HighMarks
  /** Saves what has changed. @throws the system's error. */
  save(name: string): Promise<void>
  /** Releases it for others. */
  release(): void
}

/** Keeps nothing. */
export function throwAwayProfile(): Profile {
  const nothing = async () => undefined
  return {
    identity: null,
    name: null,
    warning: null,
    book: newAddressBook(),
    marks: newHighMarks(),
    save: nothing,
    release: () => undefined
  }
}

/**
 * The profile of one identity file. @throws ERR_FLOODNET_IDENTITY if another chat uses it, or its files are damaged.
 */
export function openProfile(identity: string): Profile {
  const release = lockOrThrow(identity)
  try {
    return profileOf(identity, release)
  } catch (error) {
    release()
    throw error
  }
}

/** A profile in the state folder. @throws ERR_FLOODNET_IDENTITY if all are in use. */
export function chooseProfile(folder: string, username: string | null): Profile {
  const all = Array.from({ length: MAX_PROFILES }, (_, n) => join(folder, `floodchat-${n + 1}.pem`))
  const existing = all.filter((identity) => existsSync(identity))
  const named = username === null ? [] : existing.filter((identity) => isNamed(identity, username))
  // The profile that another one replaces: the one asked for, or the usual one.
  const [expected] = username === null ? existing : named
  let other: Pick<Profile, 'warning' | 'detail'> = { warning: null }
  for (const identity of new Set([...named, ...existing, ...all])) {
    const result = tryLock(identity)
    if (result.kind === 'locked') return { ...profileOf(identity, result.release), ...other }
    if (identity === expected) other = otherThan(identity, result.by, username)
  }
  throw identityError(
    folder,
    `all ${MAX_PROFILES} identities in ${folder} are in use; --identity FILE or --throwaway starts one more`
  )
}

// Usually a second terminal of the same user, as in the README: no reason for alarm.
function otherThan(identity: string, by: number, username: string | null): Pick<Profile, 'warning' | 'detail'> {
  const detail = `${identity} is in use by process ${by}; if that is not a chat, remove ${identity}.lock and start again`
  return username === null
    ? { warning: 'another chat of yours runs: here you have another key', detail }
    : { warning: `${username} runs already: this one has another key, and contacts of its own`, detail }
}

function profileOf(identity: string, release: () => void): Profile {
  const files = { book: `${identity}.contacts`, marks: `${identity}.heard` }
  const { name, book } = readOr(files.book, bookOf, (): Book => ({ name: null, book: newAddressBook() }))
  const marks = readOr(files.marks, marksOf, newHighMarks)
  return {
    identity,
    name,
    warning: null,
    book,
    marks,
    async save(current) {
      await saveChanged(book, files.book, () => bookText(current, book))
      await saveChanged(marks, files.marks, () => marksText(marks))
    },
    release
  }
}

// What changes during the write is dirty again. What could not be written stays dirty, for the next time.
async function saveChanged(of: { dirty: boolean }, path: string, text: () => string): Promise<void> {
  if (!of.dirty) return
  of.dirty = false
  try {
    await writeWhole(path, text())
  } catch (error) {
    of.dirty = true
    throw error
  }
}

function readOr<T>(path: string, parse: (text: string) => T, none: () => T): T {
  try {
    const text = readWhole(path)
    return text === null ? none() : parse(text)
  } catch (error) {
    throw identityError(path, `${path} is spoilt (${messageOf(error)}). Move it away to start a new one`, error)
  }
}

// Whether this name was last used with it. Whoever opens the file reports what is wrong with it.
function isNamed(identity: string, username: string): boolean {
  try {
    const name = bookOf(readWhole(`${identity}.contacts`) ?? '').name
    return name !== null && isSameName(name, username)
  } catch {
    return false
  }
}

function lockOrThrow(identity: string): () => void {
  const result = tryLock(identity)
  if (result.kind === 'locked') return result.release
  throw identityError(
    identity,
    `identity file ${identity} is in use by process ${result.by}: two nodes with one key shut each other out. ` +
      `If that is not a chat, remove ${identity}.lock`
  )
}

// A folder that takes no lock takes no key either, and the network explains that better.
function tryLock(identity: string): ReturnType<typeof takeLock> {
  try {
    makeFolder(dirname(identity))
    return takeLock(`${identity}.lock`)
  } catch {
    return { kind: 'locked', release: () => undefined }
  }
}

function identityError(subject: string, message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_IDENTITY', message, { subject, cause })
}

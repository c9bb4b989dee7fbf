// The identity in a file: a PKCS#8 PEM that openssl reads and makes. RFC 7468 allows text around the key. We keep the
// last incarnation there, so that it rises after every start even if the clock was set back.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, readFile, realpath, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { FloodnetError, messageOf, nextIncarnation } from '@floodnet/core'
import { createIdentity, type Identity, identityOf, MAX_INCARNATION, secondsOf } from './identity.ts'
import { append, exists, HAS_MODE_BITS, ignoresModes, makeWhole, overwrite, replaceWhole } from './key-store.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** An identity, and how it is kept. */
export interface StoredIdentity {
  readonly identity: Identity
  /** False: the file cannot be written, and will contain nothing of this run. */
  readonly kept: boolean
  /** What the user should know about the file; null if all is well. */
  readonly notice: string | null
}

/** A key is one PEM block of 119 bytes; a larger file is something else. */
const MAX_FILE_BYTES = 64 * 1024
const INCARNATION_LINE = /^floodnet identity ([0-9a-f]{64}), incarnation ([0-9]{1,10})(?=\r?$)/gm
/** How long another node may take to fill the file that it has just made. A guess. */
const FILLING_MS = 100

/**
 * The identity in `file`, which is created if missing. Each call raises the stored incarnation if the file can be
 * written. Only one running node may use a key at a time.
 * @throws ERR_FLOODNET_IDENTITY naming the file and what to do.
 */
export async function loadIdentity(file: string, nowMs: number): Promise<StoredIdentity> {
  try {
    const made = await makeFile(file, nowMs)
    if (made !== null) return { identity: made, kept: true, notice: null }
    const path = await realpath(file)
    return await oneAtATime(path, () => nextStart(path, nowMs))
  } catch (cause) {
    if (cause instanceof FloodnetError) throw cause
    throw identityError(
      file,
      `cannot be read and written (${messageOf(cause)}). Name a file in a folder that you may write to`,
      cause
    )
  }
}

/**
 * Raises the incarnation stored in `file` to one that is in use by now, so that the next start has a higher one. It
 * never lowers it, and leaves another key's file unchanged.
 */
export async function storeIncarnation(file: string, identity: Identity): Promise<void> {
  const path = await realpath(file)
  await oneAtATime(path, async () => {
    const { text } = await readKeyFile(path)
    if (identityOf(parseKey(path, text), 0).id !== identity.id) return
    if (incarnationIn(text, identity.id) < identity.incarnation) await store(path, text, identity)
  })
}

/** Null if there is such a file already. Container tools make an empty file for a path that did not exist. */
async function makeFile(file: string, nowMs: number): Promise<Identity | null> {
  const isThere = await exists(file)
  if (isThere && !(await isEmpty(file))) return null
  const identity = createIdentity(nowMs)
  const text = `${lineOf(identity)}\n${identity.privateKeyPem}`
  if (!isThere) return (await makeWhole(file, text)) ? identity : null
  // Before it contains a key.
  await chmod(file, 0o600)
  await overwrite(file, 0, text)
  return identity
}

async function isEmpty(file: string): Promise<boolean> {
  const sizeOf = async () => ((await stat(file)).isFile() ? (await stat(file)).size : -1)
  if ((await sizeOf()) !== 0) return false
  await pause(FILLING_MS)
  return (await sizeOf()) === 0
}

async function nextStart(path: string, nowMs: number): Promise<StoredIdentity> {
  const { text, notice } = await readKeyFile(path)
  const key = parseKey(path, text)
  const last = incarnationIn(text, identityOf(key, 0).id)
  const identity = identityOf(key, nextOf(path, last, nowMs))
  try {
    await store(path, text, identity)
    return { identity, kept: true, notice }
  } catch (error) {
    return { identity: await unkeptStart(key, path, last, nowMs), kept: false, notice: unkeptNotice(path, error) }
  }
}

/** The seconds tell such starts apart, so no two may begin in the same second. */
async function unkeptStart(key: KeyObject, path: string, last: number, nowMs: number): Promise<Identity> {
  const restMs = 1_000 - (nowMs % 1_000)
  await pause(restMs)
  return identityOf(key, nextOf(path, last, nowMs + restMs))
}

function unkeptNotice(path: string, error: unknown): string {
  return `identity file ${path} cannot be written (${messageOf(error)}) and is used as it is: run one node with it at a time, and keep the clock right`
}

function nextOf(path: string, last: number, nowMs: number): number {
  const next = nextIncarnation(last, secondsOf(nowMs))
  if (next > MAX_INCARNATION) throw identityError(path, 'has used up its incarnations. Move it away; a new one is made')
  return next
}

/** Overwrites the line if there is one; appending never touches the key. */
async function store(path: string, text: string, identity: Identity): Promise<void> {
  const line = lineOf(identity)
  const old = lineIn(text, identity.id)
  try {
    if (old !== null && old[0].length === line.length) return await overwrite(path, old.index, line)
  } catch {
    // We can still replace a read-only file if the folder is writable.
  }
  try {
    await replaceWhole(path, old === null ? `${line}\n${withoutLines(text)}` : text.replace(old[0], line))
  } catch (error) {
    if (old !== null) throw error
    // A mounted file, for example, cannot be replaced.
    await append(path, `${text.endsWith('\n') ? '' : '\n'}${line}\n`)
  }
}

async function readKeyFile(file: string): Promise<{ text: string; notice: string | null }> {
  const { mode, size } = await stat(file)
  if ((mode & constants.S_IFMT) !== constants.S_IFREG)
    throw identityError(file, 'is not a file. Name a file; it is made when absent')
  if (size > MAX_FILE_BYTES) throw notAKey(file, `it has ${size} bytes`)
  const text = await readFile(file, 'latin1')
  if (!HAS_MODE_BITS || (mode & 0o077) === 0) return { text, notice: null }
  // Check the content first: if the user named some other file by mistake, its readers must not lose access to it.
  parseKey(file, text)
  if (await ignoresModes(file))
    return { text, notice: `identity file ${file} is where no permissions are kept: others may read the key` }
  throw identityError(
    file,
    `can be read by others (mode ${(mode & 0o777).toString(8)}). If nobody has copied it, run: chmod 600 '${file}'`
  )
}

function parseKey(file: string, text: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch (cause) {
    throw notAKey(file, messageOf(cause), cause)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw notAKey(file, `it is ${key.asymmetricKeyType}`)
  return key
}

function incarnationIn(text: string, id: string): number {
  return Number(lineIn(text, id)?.[2] ?? 0)
}

/** The last line about this key. One about another key stayed when somebody put a new key into the file. */
function lineIn(text: string, id: string): RegExpExecArray | null {
  return [...text.matchAll(INCARNATION_LINE)].filter(([, named]) => named === id).at(-1) ?? null
}

function withoutLines(text: string): string {
  return text.replaceAll(/^floodnet identity [0-9a-f]{64}, incarnation [0-9]{1,10}\r?\n/gm, '')
}

function lineOf({ id, incarnation }: Identity): string {
  return `floodnet identity ${id}, incarnation ${incarnation}`
}

function notAKey(file: string, why: string, cause?: unknown): FloodnetError {
  return identityError(
    file,
    `is not an Ed25519 private key in PKCS#8 PEM (${why}). Make one with: openssl genpkey -algorithm ed25519 -out '${file}'`,
    cause
  )
}

function identityError(file: string, text: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_IDENTITY', `identity file ${file} ${text}`, { subject: file, cause })
}

// Who a node is: an Ed25519 key, and the incarnation that tells its runs apart. Knows files and keys; nothing of TLS or packets.
// The file is a PKCS#8 PEM that openssl reads and makes. RFC 7468 allows text before the key, and there the last incarnation is kept,
// so that it rises after every start even where the clock was set back.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FloodnetError } from '@floodnet/core'

export interface Identity {
  /** The raw public key as 64 hex digits: the node's name in the network. */
  readonly id: string
  /** The raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The private key, PKCS#8 PEM. */
  readonly privateKeyPem: string
  /** 32 bits; Unix seconds at the start, and higher after every restart with the same key. */
  readonly incarnation: number
}

/** A key is one PEM block of 119 bytes; more than this is some other file. */
const MAX_FILE_BYTES = 64 * 1024
/** The key ends its SubjectPublicKeyInfo (RFC 8410). */
const PUBLIC_KEY_BYTES = 32
const MAX_INCARNATION = 0xffff_ffff
const INCARNATION_LINE = /^floodnet identity ([0-9a-f]{64}), incarnation ([0-9]{1,10})\r?$/m
/** Windows has no such bits and reports every file as readable by all. */
const HAS_MODE_BITS = process.platform !== 'win32'

/** A fresh identity, in memory only. */
export function createIdentity(nowMs: number): Identity {
  return identityOf(generateKeyPairSync('ed25519').privateKey, secondsOf(nowMs))
}

/**
 * The identity in `file`, which is made when absent. Each call raises the stored incarnation. A key is for one running node at a time.
 * @throws ERR_FLOODNET_IDENTITY naming the file and what to do.
 */
export async function loadIdentity(file: string, nowMs: number): Promise<Identity> {
  try {
    return (await makeFile(file, nowMs)) ?? (await raiseIncarnation(await realpath(file), nowMs))
  } catch (cause) {
    if (cause instanceof FloodnetError) throw cause
    throw identityError(
      file,
      `cannot be read and written (${(cause as Error).message}). Name a file in a folder that you may write to`,
      cause
    )
  }
}

/**
 * Raises the incarnation stored in `file` to one that is in use by now, so that the next start has a higher one. A lower
 * one, or another key's file, is left as it is.
 */
export async function storeIncarnation(file: string, identity: Identity): Promise<void> {
  const path = await realpath(file)
  const text = await readKeyFile(path)
  if (identityOf(parseKey(path, text), 0).id !== identity.id) return
  if (storedIncarnation(text, identity.id) < identity.incarnation) await rewrite(path, text, identity)
}

/** The raw 32 bytes of an Ed25519 key, private or public; null for keys of other kinds. */
export function rawPublicKey(key: KeyObject): Uint8Array | null {
  if (key.asymmetricKeyType !== 'ed25519') return null
  // DER, not JWK: on Node 20 an export as JWK can lock its thread for ever when the collector frees a key generation inside it.
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' })
  return new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES))
}

function identityOf(key: KeyObject, incarnation: number): Identity {
  const publicKey = rawPublicKey(key)
  if (publicKey === null) throw new TypeError('not an Ed25519 key')
  const privateKeyPem = key.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { id: Buffer.from(publicKey).toString('hex'), publicKey, privateKeyPem, incarnation }
}

// Never 0, also on machines that start in 1970, and never past 32 bits (the year 2106).
function secondsOf(nowMs: number): number {
  return Math.min(Math.max(Math.floor(nowMs / 1000), 1), MAX_INCARNATION)
}

/** Null when there is such a file already. */
async function makeFile(file: string, nowMs: number): Promise<Identity | null> {
  if (await exists(file)) return null
  await makeFolder(dirname(file))
  const identity = createIdentity(nowMs)
  const temporary = await writeTemporary(file, `${incarnationLine(identity)}\n${identity.privateKeyPem}`)
  try {
    // Unlike a rename, a link fails when the name is taken: of two nodes that start at once one makes the file, whole, and the other reads it.
    await link(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(file))
  return identity
}

// Not mkdir's own `recursive`: that loops for ever under /proc, where making a folder says "not found" below a parent that exists.
async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return
  await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // Another node that starts at the same moment has made it.
    if (error.code !== 'EEXIST') throw error
  })
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function raiseIncarnation(file: string, nowMs: number): Promise<Identity> {
  const text = await readKeyFile(file)
  const key = parseKey(file, text)
  const stored = storedIncarnation(text, identityOf(key, 0).id)
  if (stored >= MAX_INCARNATION)
    throw identityError(file, 'has used up its incarnations. Move it away; a new one is made')
  const identity = identityOf(key, Math.max(secondsOf(nowMs), stored + 1))
  await rewrite(file, text, identity)
  return identity
}

async function rewrite(file: string, text: string, identity: Identity): Promise<void> {
  const temporary = await writeTemporary(file, withIncarnation(text, incarnationLine(identity)))
  try {
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(file))
}

async function readKeyFile(file: string): Promise<string> {
  const { mode, size } = await stat(file)
  if ((mode & constants.S_IFMT) !== constants.S_IFREG)
    throw identityError(file, 'is not a file. Name a file; it is made when absent')
  if (size > MAX_FILE_BYTES) throw notAKey(file, `it has ${size} bytes`)
  const text = await readFile(file, 'latin1')
  if (HAS_MODE_BITS && (mode & 0o077) !== 0) {
    // First what is in it: whoever named some other file by mistake is not to close that to its readers.
    parseKey(file, text)
    throw identityError(
      file,
      `can be read by others (mode ${(mode & 0o777).toString(8)}). If nobody has copied it, run: chmod 600 '${file}'`
    )
  }
  return text
}

function parseKey(file: string, text: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch (cause) {
    throw notAKey(file, (cause as Error).message, cause)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw notAKey(file, `it is ${key.asymmetricKeyType}`)
  return key
}

// A line about another key was left by whoever put a new key into the file; it says nothing about this one.
function storedIncarnation(text: string, id: string): number {
  const match = INCARNATION_LINE.exec(text)
  return match?.[1] === id ? Number(match[2]) : 0
}

function incarnationLine({ id, incarnation }: Identity): string {
  return `floodnet identity ${id}, incarnation ${incarnation}`
}

function withIncarnation(text: string, line: string): string {
  return INCARNATION_LINE.test(text) ? text.replace(INCARNATION_LINE, line) : `${line}\n${text}`
}

// In the same folder, for a rename or a link cannot leave its file system.
async function writeTemporary(file: string, text: string): Promise<string> {
  const temporary = join(dirname(file), `.floodnet-${randomBytes(8).toString('hex')}.tmp`)
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(text, 'latin1')
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return temporary
}

// Without this a power cut may bring the old name back, and with it an incarnation that was already used. Windows cannot do it.
async function syncFolder(folder: string): Promise<void> {
  if (!HAS_MODE_BITS) return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function notAKey(file: string, why: string, cause?: unknown): FloodnetError {
  return identityError(
    file,
    `is no Ed25519 private key in PKCS#8 PEM (${why}). Make one with: openssl genpkey -algorithm ed25519 -out '${file}'`,
    cause
  )
}

function identityError(file: string, text: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_IDENTITY', `identity file ${file} ${text}`, { subject: file, cause })
}

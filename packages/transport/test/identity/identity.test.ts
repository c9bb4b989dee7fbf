import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import fs, { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createIdentity, type Identity } from '../../src/identity/identity.ts'
import { loadIdentity as loadStored, type StoredIdentity, storeIncarnation } from '../../src/identity/identity-file.ts'

const NOW_MS = 1_800_000_000_000
const NOW_S = NOW_MS / 1000
const test = suite<{ folder: string }>('identity')

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'floodnet-identity-'))
})

test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true })
})

/** Of a file where all is well. */
async function loadIdentity(file: string, nowMs: number): Promise<Identity> {
  const { identity, kept, notice } = await loadStored(file, nowMs)
  assert.equal([kept, notice], [true, null])
  return identity
}

async function refused(file: string, text: RegExp): Promise<void> {
  try {
    await loadStored(file, NOW_MS)
  } catch (error) {
    assert.instance(error, FloodnetError)
    const { code, subject, message } = error as FloodnetError
    assert.is(code, 'ERR_FLOODNET_IDENTITY')
    assert.ok(subject !== null && message.includes(subject) && file.endsWith(subject.slice(-8)), message)
    assert.match(message, text)
    return
  }
  assert.unreachable('the file was taken')
}

/** DER of an Ed25519 SubjectPublicKeyInfo before its 32 bytes of key (RFC 8410). */
const SPKI_PREFIX_BYTES = 12

test('a fresh identity is named by its raw public key and starts at the clock', () => {
  const identity = createIdentity(NOW_MS + 999)
  const spki = createPublicKey(identity.privateKeyPem).export({ format: 'der', type: 'spki' })
  assert.is(identity.publicKey.length, 32)
  assert.equal(Buffer.from(identity.publicKey), spki.subarray(SPKI_PREFIX_BYTES))
  assert.is(identity.id, Buffer.from(identity.publicKey).toString('hex'))
  assert.is(identity.incarnation, NOW_S)
})

test('an incarnation stays within 32 bits and is never 0, whatever the clock says', () => {
  assert.is(createIdentity(0).incarnation, 1)
  assert.is(createIdentity(1e16).incarnation, 0xffff_ffff)
})

test('an absent file is made, readable by its owner only, in a folder that is made too', async ({ folder }) => {
  const file = join(folder, 'new', 'node.pem')
  const identity = await loadIdentity(file, NOW_MS)
  assert.is(identity.incarnation, NOW_S)
  assert.is((await stat(file)).mode & 0o777, 0o600)
  assert.is((await stat(join(folder, 'new'))).mode & 0o777, 0o700)
  assert.equal(await readdir(join(folder, 'new')), ['node.pem'])
})

test('the key stays and the incarnation rises at every start, also when the clock was set back', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const first = await loadIdentity(file, NOW_MS)
  const second = await loadIdentity(file, NOW_MS)
  const third = await loadIdentity(file, NOW_MS - 500_000)
  const fourth = await loadIdentity(file, NOW_MS + 60_000)
  assert.equal(
    [first, second, third, fourth].map(({ id }) => id),
    Array(4).fill(first.id)
  )
  assert.equal(
    [second, third, fourth].map(({ incarnation }) => incarnation),
    [NOW_S + 1, NOW_S + 2, NOW_S + 60]
  )
  assert.match(
    await readFile(file, 'utf8'),
    `floodnet identity ${first.id}, incarnation ${NOW_S + 60}\n-----BEGIN PRIVATE KEY-----`
  )
  assert.equal(await readdir(folder), ['node.pem'])
})

test('an incarnation that was renewed meanwhile is stored, and the next start has a higher one', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const identity = await loadIdentity(file, NOW_MS)
  await storeIncarnation(file, { ...identity, incarnation: NOW_S + 600 })
  await storeIncarnation(file, { ...identity, incarnation: NOW_S + 300 })
  assert.is((await loadIdentity(file, NOW_MS + 100_000)).incarnation, NOW_S + 601)
  assert.equal(await readdir(folder), ['node.pem'])
})

test('a renewed incarnation is not stored for another key put into the file meanwhile', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const identity = await loadIdentity(file, NOW_MS)
  await writeFile(file, createIdentity(NOW_MS).privateKeyPem)
  await storeIncarnation(file, { ...identity, incarnation: NOW_S + 600 })
  assert.is((await loadIdentity(file, NOW_MS)).incarnation, NOW_S)
})

test('of many nodes that start at once one makes the file and all get its key', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const identities = await Promise.all(Array.from({ length: 8 }, () => loadIdentity(file, NOW_MS)))
  assert.is(new Set(identities.map(({ id }) => id)).size, 1)
  assert.is((await loadIdentity(file, NOW_MS)).id, identities[0]?.id)
  assert.equal(await readdir(folder), ['node.pem'])
})

test('openssl reads the file', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const { publicKey } = await loadIdentity(file, NOW_MS)
  const der = execFileSync('openssl', ['pkey', '-in', file, '-pubout', '-outform', 'DER'])
  assert.equal(der.subarray(-32), Buffer.from(publicKey))
})

test('a key that openssl made is taken, and other text before it is kept', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const pem = execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519'], { encoding: 'utf8' })
  await writeFile(file, `of the weather station\n${pem}`, { mode: 0o600 })
  const { id } = await loadIdentity(file, NOW_MS)
  await loadIdentity(file, NOW_MS)
  const text = await readFile(file, 'utf8')
  assert.is(text, `floodnet identity ${id}, incarnation ${NOW_S + 1}\nof the weather station\n${pem}`)
})

test('an incarnation noted for another key is not carried over to a key put into the file', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const { id } = await loadIdentity(file, NOW_MS + 9_000_000)
  const text = await readFile(file, 'utf8')
  const fresh = createIdentity(NOW_MS)
  await writeFile(file, `${text.slice(0, text.indexOf('-----BEGIN'))}${fresh.privateKeyPem}`)
  const loaded = await loadIdentity(file, NOW_MS)
  assert.is.not(loaded.id, id)
  assert.is(loaded.incarnation, NOW_S)
})

test('a symbolic link stays one, and the file behind it is rewritten', async ({ folder }) => {
  const { id } = await loadIdentity(join(folder, 'node.pem'), NOW_MS)
  await symlink('node.pem', join(folder, 'alias.pem'))
  const loaded = await loadIdentity(join(folder, 'alias.pem'), NOW_MS)
  assert.equal([loaded.id, loaded.incarnation], [id, NOW_S + 1])
  assert.is((await loadIdentity(join(folder, 'node.pem'), NOW_MS)).incarnation, NOW_S + 2)
})

test('a file that others can read is refused', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await loadIdentity(file, NOW_MS)
  await chmod(file, 0o640)
  await refused(file, /mode 640.*chmod 600/)
  // Somebody's other file, named by mistake: closing it to its readers is no advice to give.
  await writeFile(file, 'root:x:0:0\n')
  await refused(file, /^(?!.*chmod)/)
})

test('a file without a key is refused', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await writeFile(file, 'hello', { mode: 0o600 })
  await refused(file, /not an Ed25519 private key.*openssl genpkey/)
})

test('a file too large for a key is refused unread', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await writeFile(file, Buffer.alloc(1 << 20), { mode: 0o600 })
  await refused(file, /1048576 bytes/)
})

test('starts at the same moment have incarnations of their own, and leave nothing behind', async ({ folder }) => {
  const file = join(folder, 'key.pem')
  await loadIdentity(file, NOW_MS)
  const starts = await Promise.all(Array.from({ length: 8 }, () => loadIdentity(file, NOW_MS)))
  const incarnations = starts.map(({ incarnation }) => incarnation).sort((a, b) => a - b)
  assert.equal(
    incarnations,
    Array.from({ length: 8 }, (_, i) => NOW_S + 1 + i)
  )
  assert.equal(await readdir(folder), ['key.pem'])
})

test('a lock that a crash has left behind holds up nobody for long', async ({ folder }) => {
  const file = join(folder, 'key.pem')
  const first = await loadIdentity(file, NOW_MS)
  await writeFile(`${file}.opening`, '')
  await fs.utimes(`${file}.opening`, 1_000, 1_000)
  assert.is((await loadIdentity(file, NOW_MS)).incarnation, first.incarnation + 1)
  assert.equal(await readdir(folder), ['key.pem'])
})

test('a key of another kind is refused', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const pem = generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
  await writeFile(file, pem, { mode: 0o600 })
  await refused(file, /it is x25519/)
})

test('a folder is refused', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await mkdir(file, { mode: 0o700 })
  await refused(file, /is not a file/)
})

test('a used-up incarnation is refused rather than repeated', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await loadIdentity(file, 1e16)
  const error = await loadStored(file, 1e16).catch((refusal: Error) => refusal)
  assert.match((error as Error).message, /used up its incarnations/)
})

test('a path through something that is no folder is refused', async ({ folder }) => {
  await writeFile(join(folder, 'plain'), '')
  await refused(join(folder, 'plain', 'node.pem'), /cannot be read and written.*folder that you may write to/)
})

test('a folder where none can be made is refused, and not tried for ever (only Linux has /proc)', async () => {
  if (process.platform === 'linux') await refused('/proc/floodnet/keys/node.pem', /cannot be read and written/)
})

test('a start hours ahead is forgotten once the clock is right, so that the key is heard', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await loadIdentity(file, NOW_MS + 3 * 3_600_000)
  assert.is((await loadIdentity(file, NOW_MS)).incarnation, NOW_S)
  assert.is((await loadIdentity(file, NOW_MS)).incarnation, NOW_S + 1)
})

test('a start changes the incarnation where it stands, in the same file', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await loadIdentity(file, NOW_MS)
  const { ino } = await stat(file)
  await loadIdentity(file, NOW_MS)
  assert.is((await stat(file)).ino, ino)
})

test('a file in a folder where nothing can be made is kept up all the same', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await loadIdentity(file, NOW_MS)
  await asNobody([folder, file], async () => {
    await chmod(folder, 0o500)
    assert.is((await loadIdentity(file, NOW_MS)).incarnation, NOW_S + 1)
    await chmod(folder, 0o700)
  })
})

test('a key without an incarnation in a folder where nothing can be made has it added after the key', async ({
  folder
}) => {
  const file = join(folder, 'node.pem')
  const { id, privateKeyPem } = createIdentity(0)
  await writeFile(file, privateKeyPem, { mode: 0o600 })
  await asNobody([folder, file], async () => {
    await chmod(folder, 0o500)
    await loadIdentity(file, NOW_MS)
    assert.is((await loadIdentity(file, NOW_MS)).incarnation, NOW_S + 1)
    await chmod(folder, 0o700)
  })
  assert.is(await readFile(file, 'utf8'), `${privateKeyPem}floodnet identity ${id}, incarnation ${NOW_S + 1}\n`)
})

test('a file that cannot be written is used as it is, and the user is told', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  const { id } = await loadIdentity(file, NOW_MS)
  const text = await readFile(file, 'utf8')
  let stored: StoredIdentity | null = null
  await asNobody([folder, file], async () => {
    await chmod(file, 0o400)
    await chmod(folder, 0o500)
    stored = await loadStored(file, NOW_MS + 5_000)
    await chmod(folder, 0o700)
  })
  const { identity, kept, notice } = stored as unknown as StoredIdentity
  assert.equal([identity.id, identity.incarnation, kept], [id, NOW_S + 6, false])
  assert.match(notice ?? '', /node\.pem cannot be written .*one node with it at a time/)
  assert.is(await readFile(file, 'utf8'), text)
})

test('an empty file, as containers make it for a path that was not there, becomes the identity', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  await writeFile(file, '', { mode: 0o644 })
  const { id } = await loadIdentity(file, NOW_MS)
  assert.is((await stat(file)).mode & 0o777, 0o600)
  assert.is((await loadIdentity(file, NOW_MS)).id, id)
})

for (const [call, codes] of [
  ['link', ['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'EACCES', 'EMLINK']],
  ['fsync of a folder', ['EINVAL', 'EACCES', 'EPERM']]
] as const) {
  test(`no ${call}, as on exFAT, Android and shares, is no reason not to start`, async ({ folder }) => {
    for (const code of codes) {
      const file = join(folder, code, 'node.pem')
      const failing = async () => {
        throw Object.assign(new Error(code), { code })
      }
      const hooks = call === 'link' ? { link: failing } : { sync: failing }
      const { id } = await withFileSystem(hooks, () => loadIdentity(file, NOW_MS))
      assert.is((await withFileSystem(hooks, () => loadIdentity(file, NOW_MS))).id, id)
      assert.equal(await readdir(join(folder, code)), ['node.pem'])
    }
  })
}

test('a disk that takes half of a new key leaves none behind', async ({ folder }) => {
  const file = join(folder, 'node.pem')
  let writes = 0
  const write = async () => {
    if (++writes > 1) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    return 20
  }
  const refusal = await withFileSystem({ write }, () => loadStored(file, NOW_MS).catch((error: Error) => error))
  assert.match((refusal as Error).message, /node\.pem cannot be read and written \(ENOSPC/)
  assert.equal(await readdir(folder), [])
})

interface Hooks {
  link?: () => Promise<void>
  /** Of a folder. */
  sync?: () => Promise<void>
  write?: () => Promise<number>
}

/** Acts on a file system that fails as `hooks` say. */
async function withFileSystem<T>(hooks: Hooks, act: () => Promise<T>): Promise<T> {
  const { link, open } = fs
  Object.assign(fs, {
    ...(hooks.link && { link: hooks.link }),
    open: async (...given: Parameters<typeof open>) => {
      const handle = await open(...given)
      const isFolder = (await handle.stat()).isDirectory()
      if (isFolder && hooks.sync) handle.sync = hooks.sync
      if (hooks.write)
        handle.write = (async () => ({ bytesWritten: await hooks.write?.() })) as unknown as typeof handle.write
      return handle
    }
  })
  syncBuiltinESMExports()
  try {
    return await act()
  } finally {
    Object.assign(fs, { link, open })
    syncBuiltinESMExports()
  }
}

// No folder is closed to root, so root becomes somebody else meanwhile.
async function asNobody(paths: readonly string[], act: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return await act()
  for (const path of paths) await chown(path, 65_534, 65_534)
  process.seteuid?.(65_534)
  try {
    await act()
  } finally {
    process.seteuid?.(0)
  }
}

test.run()

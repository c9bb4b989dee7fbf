// Files that come in, on a real disk.
import { createHash, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PART_LIFE_MS, removeOldParts } from '../../src/files/old-parts.ts'
import { PartFile, type PartKey } from '../../src/files/part-file.ts'
import { SourceFile } from '../../src/files/source-file.ts'
import { CHUNK_BYTES } from '../../src/wire/chunk-set.ts'

interface Context {
  root: string
  folder: string
}

const test = suite<Context>('part file')
test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'floodchat-files-'))
  context.folder = join(context.root, 'got')
})
test.after.each(({ root }) => rmSync(root, { recursive: true }))

const DATA = randomBytes(2 * CHUNK_BYTES + 100)

function keyOf(data: Uint8Array): PartKey {
  const hash = createHash('sha256').update(data).digest('hex')
  return { hash, bytes: data.length, author: 'a'.repeat(64), own: 'b'.repeat(64) }
}

async function receive(
  folder: string,
  name: string,
  data: Uint8Array = DATA,
  key = keyOf(data)
): Promise<string | null> {
  const part = await PartFile.open(folder, key)
  try {
    for (let index = 0; index < part.chunks.count; index++)
      if (!part.chunks.has(index))
        await part.write(index, data.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))
    return await part.finish(name)
  } finally {
    await part.close(false)
  }
}

test('a file gets its name when all of it is there, and nothing else is left', async ({ folder }) => {
  const path = await receive(folder, 'x.bin')
  assert.is(path, join(folder, 'x.bin'))
  assert.ok(readFileSync(path ?? '').equals(DATA))
  assert.equal(readdirSync(join(folder, '.floodchat-parts')), [])
})

test('goes on with the chunks that were written down', async ({ folder }) => {
  const first = await PartFile.open(folder, keyOf(DATA))
  await first.write(1, DATA.subarray(CHUNK_BYTES, 2 * CHUNK_BYTES))
  await first.close(false)
  const again = await PartFile.open(folder, keyOf(DATA))
  assert.equal(
    [0, 1, 2].map((index) => again.chunks.has(index)),
    [false, true, false]
  )
  await again.close(false)
  assert.is(await receive(folder, 'x.bin'), join(folder, 'x.bin'))
})

test('begins anew when what was written down is spoilt, or another file is offered', async ({ folder }) => {
  const first = await PartFile.open(folder, keyOf(DATA))
  await first.write(0, DATA.subarray(0, CHUNK_BYTES))
  await first.close(false)
  const other = await PartFile.open(folder, keyOf(randomBytes(100)))
  assert.is(other.chunks.held, 0)
  await other.close(true)
  const parts = join(folder, '.floodchat-parts')
  const [state = ''] = readdirSync(parts).filter((name) => name.endsWith('.json'))
  for (const text of ['{', '[]', '{"chunks":5}', 'null']) {
    writeFileSync(join(parts, state), text)
    const again = await PartFile.open(folder, keyOf(DATA))
    assert.is(again.chunks.held, 0, text)
    await again.close(false)
  }
})

test('a file with another hash than was offered gets no name', async ({ folder }) => {
  const key = keyOf(DATA)
  const changed = Uint8Array.from(DATA)
  changed[5] = (changed[5] ?? 0) ^ 1
  assert.is(await receive(folder, 'x.bin', changed, key), null)
  assert.not.ok(existsSync(join(folder, 'x.bin')))
})

test('nothing that is there is written over, a symlink neither followed nor replaced', async ({ root, folder }) => {
  const outside = join(root, 'outside')
  mkdirSync(folder)
  writeFileSync(join(folder, 'x.bin'), 'mine')
  symlinkSync(outside, join(folder, 'x (1).bin'))
  assert.is(await receive(folder, 'x.bin'), join(folder, 'x (2).bin'))
  assert.is(readFileSync(join(folder, 'x.bin'), 'utf8'), 'mine')
  assert.not.ok(existsSync(outside))
})

test('a symlink in the place of the parts, or of a part, is refused', async ({ root, folder }) => {
  const outside = join(root, 'outside')
  mkdirSync(folder)
  mkdirSync(outside)
  symlinkSync(outside, join(folder, '.floodchat-parts'))
  await refused(() => receive(folder, 'x.bin'))
  rmSync(join(folder, '.floodchat-parts'))
  mkdirSync(join(folder, '.floodchat-parts'))
  const { hash } = keyOf(DATA)
  const part = `${hash.slice(0, 32)}-${'a'.repeat(16)}-${'b'.repeat(16)}.part`
  symlinkSync(join(outside, 'target'), join(folder, '.floodchat-parts', part))
  await refused(() => receive(folder, 'x.bin'))
  assert.equal(readdirSync(outside), [])
})

test('gives no name that leads out of the folder, whoever asks for it', async ({ root, folder }) => {
  for (const name of ['../x', '/tmp/x', 'a/b', '..']) await refused(() => receive(folder, name))
  assert.equal(readdirSync(root), ['got'])
})

test('a write that the disk takes in part is not counted as a chunk', async ({ folder }) => {
  const part = await PartFile.open(folder, keyOf(DATA))
  const [probe] = [await open(join(folder, 'probe'), 'w')]
  const handle = Object.getPrototypeOf(probe) as { write: (...args: unknown[]) => Promise<{ bytesWritten: number }> }
  await probe.close()
  const whole = handle.write
  let calls = 0
  handle.write = function (data, at, length, position) {
    if (++calls > 1) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    return whole.call(this, data, at, Math.floor((length as number) / 2), position)
  }
  try {
    await refused(() => part.write(0, DATA.subarray(0, CHUNK_BYTES)))
  } finally {
    handle.write = whole
  }
  assert.is(part.chunks.held, 0)
  await part.write(1, DATA.subarray(CHUNK_BYTES, 2 * CHUNK_BYTES))
  await part.close(false)
  rmSync(join(folder, 'probe'))
  assert.is(await receive(folder, 'x.bin'), join(folder, 'x.bin'))
})

test('a file that changes while it is sent is noticed at the next chunk, wherever it changed', async ({ root }) => {
  const path = join(root, 'x.bin')
  writeFileSync(path, DATA)
  const source = await SourceFile.open(path)
  await source.hash()
  await source.read(0)
  const changed = Buffer.from(DATA)
  changed[2 * CHUNK_BYTES] = (changed[2 * CHUNK_BYTES] ?? 0) ^ 1
  writeFileSync(path, changed)
  utimesSync(path, new Date(), new Date(Date.now() + 5000))
  await refused(() => source.read(0))
  await source.close()
})

test('a file that only grows is still what was offered', async ({ root }) => {
  const path = join(root, 'log')
  writeFileSync(path, DATA)
  const source = await SourceFile.open(path)
  const hash = await source.hash()
  appendFileSync(path, 'one line more')
  for (const index of [0, 1, 2]) await source.read(index)
  await source.close()
  assert.is(hash, keyOf(DATA).hash)
})

test('a file whose size the system does not tell is refused, and an empty one is sent', async ({ root }) => {
  const empty = join(root, 'empty')
  writeFileSync(empty, '')
  const source = await SourceFile.open(empty)
  assert.is(await source.hash(), createHash('sha256').digest('hex'))
  await source.close()
  if (existsSync('/proc/self/status')) await refused(() => SourceFile.open('/proc/self/status'))
})

test('a path is understood as people paste it', async ({ root }) => {
  const names = ['my file.txt', "it's.txt", 'a+b & c (1).txt', 'say "hi".txt', 'money$.txt', 'ümlaut 100%.txt']
  for (const name of names) {
    const path = join(root, name)
    writeFileSync(path, name)
    const forms = [
      path,
      ` ${path} `,
      `'${path.replaceAll("'", "'\\''")}' `,
      `"${path.replace(/[\\"$`]/g, '\\$&')}"`,
      path.replace(/[^\w/.ü]/g, '\\$&'),
      pathToFileURL(path).href,
      `'${pathToFileURL(path).href.replaceAll("'", '%27')}'`
    ]
    for (const form of forms) {
      const source = await SourceFile.open(form)
      assert.is(source.name, name, form)
      await source.close()
    }
  }
})

test('a file that is there under the name as typed goes before every other reading', async ({ root }) => {
  for (const name of ['a\\ b', 'a b', '"q"', 'q']) writeFileSync(join(root, name), name)
  const source = await SourceFile.open(join(root, 'a\\ b'))
  assert.is(source.name, 'a\\ b')
  await source.close()
  await refused(() => SourceFile.open(`${join(root, 'none')} `))
})

test('what is no file, or has become shorter, is not sent', async ({ root }) => {
  await refused(() => SourceFile.open(root))
  await refused(() => SourceFile.open(join(root, 'none')))
  const path = join(root, 'x.bin')
  writeFileSync(path, DATA)
  const source = await SourceFile.open(path)
  assert.ok(Buffer.from(await source.read(2)).equals(DATA.subarray(2 * CHUNK_BYTES)))
  writeFileSync(path, 'short')
  await refused(() => source.read(2))
  await source.close()
})

async function refused(action: () => Promise<unknown>): Promise<void> {
  const error = await action().then(
    () => null,
    (reason: unknown) => reason
  )
  assert.instance(error, Error)
}

test('what is left of files goes after two weeks without news, and nothing else does', async ({ folder }) => {
  const parts = join(folder, '.floodchat-parts')
  mkdirSync(parts, { recursive: true })
  const now = Date.now()
  const name = (digit: string) => `${digit.repeat(32)}-${digit.repeat(16)}-${digit.repeat(16)}`
  const lay = (file: string, ageMs: number) => {
    const path = join(parts, file)
    writeFileSync(path, 'x')
    utimesSync(path, new Date(now - ageMs), new Date(now - ageMs))
  }
  for (const end of ['part', 'json', `json.${'a'.repeat(12)}.tmp`]) lay(`${name('a')}.${end}`, PART_LIFE_MS + 60_000)
  for (const end of ['part', 'json']) lay(`${name('b')}.${end}`, PART_LIFE_MS - 60_000)
  lay('notes.txt', 2 * PART_LIFE_MS)
  assert.is(await removeOldParts(folder, now), 3)
  assert.equal(readdirSync(parts).sort(), [`${name('b')}.json`, `${name('b')}.part`, 'notes.txt'])
  assert.is(await removeOldParts(join(folder, 'none'), now), 0)
})

test.run()

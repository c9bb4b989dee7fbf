import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FloodnetError } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { logLine, openLog } from '../../src/store/log.ts'
import { hostileText } from '../support/hostile-text.ts'

const test = suite<{ folder: string }>('log', { folder: '' })
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodchat-log-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const options = { tag: { pid: 7 }, skip: new Set(['chatter']), onFailure: () => undefined }

test('writes time, level, text and details', () => {
  const line = logLine(new Date(0), 'info', { id: 'ab', count: 2 }, 'peer-up')
  assert.is(line, '1970-01-01T00:00:00.000Z info peer-up {"id":"ab","count":2}\n')
})

test('makes the file and its folders for the owner only', ({ folder }) => {
  const path = join(folder, 'a', 'b', 'chat.log')
  openLog(path, options).close()
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.is(statSync(join(folder, 'a')).mode & 0o777, 0o700)
})

test('two chats append to one file and can be told apart', ({ folder }) => {
  const path = join(folder, 'chat.log')
  const one = openLog(path, options)
  const other = openLog(path, { ...options, tag: { pid: 8 } })
  one.info({ n: 1 }, 'first')
  other.warn({ n: 2 }, 'second')
  one.error(new Error('third'), 'bad')
  one.close()
  other.close()
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.is(lines.length, 3)
  assert.match(lines[0] ?? '', / info first \{"pid":7,"n":1\}$/)
  assert.match(lines[1] ?? '', / warn second \{"pid":8,"n":2\}$/)
  assert.match(lines[2] ?? '', / error bad \{"pid":7,"message":"third"\}$/)
})

test('leaves out what it is told to skip', ({ folder }) => {
  const path = join(folder, 'chat.log')
  const log = openLog(path, options)
  log.debug({}, 'chatter')
  log.debug({}, 'dial')
  log.close()
  assert.match(readFileSync(path, 'utf8'), / debug dial \{"pid":7\}\n$/)
  assert.not.match(readFileSync(path, 'utf8'), 'chatter')
})

test('a path that cannot be written is a coded error that names it', ({ folder }) => {
  openLog(join(folder, 'file'), options).close()
  for (const path of [folder, join(folder, 'file', 'x.log'), '/proc/floodchat/x.log']) {
    assert.throws(
      () => openLog(path, options),
      (error: unknown) =>
        error instanceof FloodnetError && error.code === 'ERR_FLOODNET_OPTION' && error.message.includes(path)
    )
  }
})

test('a log that is full is put aside once, by however many write it, and never grows without end', ({ folder }) => {
  const path = join(folder, 'chat.log')
  const maxBytes = 10_000
  const logs = [1, 2, 3].map((pid) => openLog(path, { ...options, tag: { pid }, maxBytes }))
  for (let n = 0; n < 3_000; n++) logs[n % 3]?.info({ n, text: 'x'.repeat(100) }, 'event')
  for (const log of logs) log.close()
  assert.equal(readdirSync(folder).sort(), ['chat.log', 'chat.log.1'])
  const texts = ['chat.log.1', 'chat.log'].map((name) => readFileSync(join(folder, name), 'utf8'))
  // Each node looks after as many bytes as there may be.
  for (const text of texts) assert.ok(text.length <= 5 * maxBytes, `${text.length}`)
  const numbers =
    texts
      .join('')
      .match(/"n":\d+/g)
      ?.map((match) => Number(match.slice(4))) ?? []
  assert.is(numbers.at(-1), 2_999)
  assert.ok(numbers.length > 50)
})

test('says once that a full disk ended the log, and goes on', () => {
  if (!existsSync('/dev/full')) return
  const failures: Error[] = []
  const log = openLog('/dev/full', { ...options, onFailure: (error) => failures.push(error) })
  log.info({}, 'one')
  log.info({}, 'two')
  log.close()
  assert.is(failures.length, 1)
})

test('holds printable ASCII only, whatever strangers send', () => {
  check(hostileText, (text) =>
    assert.match(logLine(new Date(0), 'warn', { text, error: new Error(text) }, text), /^[ -~]+\n$/)
  )
})

test.run()

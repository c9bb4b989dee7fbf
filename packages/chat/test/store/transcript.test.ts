import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScreenEvent } from '../../src/screens/screen.ts'
import { openTranscript } from '../../src/store/transcript.ts'

const test = suite<{ folder: string }>('transcript')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodchat-transcript-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const place = { conversation: '', title: '', at: 0, id: 'm1' } as const
const said: ScreenEvent = { kind: 'said', from: 'me', text: 'hi', to: null, ...place, state: 'sent' }
const heard: ScreenEvent = {
  kind: 'message',
  from: 'bob',
  fingerprint: 'abababab',
  text: 'evil\u001B[2J\nline',
  direct: true,
  to: 'me',
  sealed: true,
  ...place,
  trust: 'new',
  mention: true
}

test('keeps what is said, one readable and clean line each, in one file a day', async ({ folder }) => {
  const path = join(folder, 'talk')
  const transcript = openTranscript(path, assert.unreachable)
  transcript.note(said, new Date(2026, 10, 21, 23, 59, 58))
  transcript.note({ kind: 'listening', address: 'a:1', id: 'x' }, new Date(2026, 10, 21, 23, 59, 59))
  transcript.note({ kind: 'peer-up', id: 'x', address: 'a:1' }, new Date(2026, 10, 21, 23, 59, 59))
  transcript.note(heard, new Date(2026, 10, 22, 0, 0, 1))
  transcript.note(said, new Date(2026, 10, 22, 9, 5, 7))
  await transcript.close()
  assert.equal(readdirSync(path).sort(), ['2026-11-21.log', '2026-11-22.log'])
  assert.is(readFileSync(join(path, '2026-11-21.log'), 'utf8'), '23:59:58 me: hi\n')
  assert.is(readFileSync(join(path, '2026-11-22.log'), 'utf8'), '00:00:01 (direct) bob -> evil⏎line\n09:05:07 me: hi\n')
  assert.is(statSync(join(path, '2026-11-21.log')).mode & 0o777, 0o600)
})

test('goes on where the last run ended', async ({ folder }) => {
  const at = new Date(2026, 10, 21, 12)
  for (let run = 0; run < 2; run++) {
    const transcript = openTranscript(folder, assert.unreachable)
    transcript.note(said, at)
    await transcript.close()
  }
  assert.is(readFileSync(join(folder, '2026-11-21.log'), 'utf8'), '12:00:00 me: hi\n'.repeat(2))
})

test('a folder that cannot be made is said at once, one that goes away once', async ({ folder }) => {
  writeFileSync(join(folder, 'file'), '')
  assert.throws(() => openTranscript(join(folder, 'file', 'talk'), assert.unreachable), '--transcript')
  const failures: Error[] = []
  const transcript = openTranscript(join(folder, 'gone'), (error) => void failures.push(error))
  rmSync(join(folder, 'gone'), { recursive: true })
  transcript.note(said, new Date())
  await transcript.close()
  transcript.note(said, new Date())
  await transcript.close()
  assert.is(failures.length, 1)
})

test.run()

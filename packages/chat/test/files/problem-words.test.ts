// What people are told of a file that cannot be used.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fileProblem } from '../../src/files/problem-words.ts'
import { SourceFile } from '../../src/files/source-file.ts'

test('a file that is not there, or no file, is told in words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'floodchat-words-'))
  const problem = (path: string) => SourceFile.open(path).then(() => 'none', fileProblem)
  try {
    assert.is(await problem(join(folder, 'missing')), 'there is no such file')
    assert.is(await problem(folder), 'it is not a file')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('what has no words yet is told as the system says it', () => {
  assert.is(fileProblem(Object.assign(new Error('EWEIRD: so odd'), { code: 'EWEIRD' })), 'EWEIRD: so odd')
  assert.is(fileProblem(new RangeError('it has changed since it was offered')), 'it has changed since it was offered')
})

test.run()

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { takeLock } from '../../src/identity/file-lock.ts'
import { oneAtATime } from '../../src/identity/one-at-a-time.ts'

const test = suite<{ folder: string }>('one at a time')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodnet-one-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

test('work on one file follows upon another, and nothing is left', async ({ folder }) => {
  const file = join(folder, 'key')
  let working = 0
  const most: number[] = []
  const work = async () => {
    most.push(++working)
    await new Promise((resolve) => setImmediate(resolve))
    working--
  }
  await Promise.all(Array.from({ length: 8 }, () => oneAtATime(file, work)))
  assert.equal(most, Array(8).fill(1))
  assert.equal(readdirSync(folder), [])
})

test('a process that stands still while it holds the file is waited for with an end, and told', async ({ folder }) => {
  const file = join(folder, 'key')
  const other = takeLock(`${file}.opening`, process.ppid)
  assert.is(other.kind, 'locked')
  const problem: unknown = await oneAtATime(file, async () => assert.unreachable('held'), 30).catch((error) => error)
  assert.match((problem as Error).message, `is being opened by process ${process.ppid}, which does not go on`)
  assert.ok(existsSync(`${file}.opening`))
})

test('what a killed process left holds up nobody', async ({ folder }) => {
  const file = join(folder, 'key')
  writeFileSync(`${file}.opening`, '4194305\n')
  assert.is(await oneAtATime(file, async () => 'done', 0), 'done')
})

test.run()

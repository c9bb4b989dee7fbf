// One owner for each lock, also when several start in the same instant.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { takeLock } from '../../src/identity/file-lock.ts'

const test = suite<{ folder: string; children: ChildProcess[] }>('file lock')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodnet-lock-'))
  context.children = []
})
test.after.each(({ folder, children }) => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const STARTS = 6
const ROUNDS = 20
/** A number that Linux gives no process. */
const NO_PROCESS = 4_194_304 + 1

test('a lock whose process is gone is taken over, though another has its number', ({ folder }) => {
  const path = join(folder, 'lock')
  const mine = takeLock(path, process.ppid)
  const [text, start] = /^\d+ (\d+)@\S+ \S+\n$/.exec(readFileSync(path, 'utf8')) ?? []
  if (text === undefined) return console.log('skipped: this system does not tell when a process began')
  writeFileSync(path, text.replace(` ${start}@`, ` ${Number(start) - 1}@`))
  const taken = takeLock(path)
  assert.is(taken.kind, 'locked')
  for (const lock of [mine, taken]) if (lock.kind === 'locked') lock.release()
})

test('a lock holds against others until it is released', ({ folder }) => {
  const path = join(folder, 'lock')
  const mine = takeLock(path, process.ppid)
  assert.equal(takeLock(path), { kind: 'taken', by: process.ppid })
  if (mine.kind === 'locked') mine.release()
  assert.is(takeLock(path).kind, 'locked')
})

test('who releases a lock that was removed and made by another leaves the other one', ({ folder }) => {
  const path = join(folder, 'lock')
  const mine = takeLock(path)
  const others = `${process.ppid}\n`
  writeFileSync(path, others)
  if (mine.kind === 'locked') mine.release()
  assert.is(readFileSync(path, 'utf8'), others)
})

// `takeLock` waits in place, so the one that writes is another process.
test('a lock that is being written is no leftover', ({ folder, children }) => {
  const path = join(folder, 'lock')
  writeFileSync(path, '')
  const code = 'setTimeout(() => require("fs").writeFileSync(process.argv[1], process.argv[2] + "\\n"), 300)'
  children.push(spawn(process.execPath, ['-e', code, path, `${process.ppid}`]))
  assert.equal(takeLock(path), { kind: 'taken', by: process.ppid })
})

for (const [what, leftover] of [
  ['at once', null],
  ['at once after a crash', `${NO_PROCESS}\n`]
] as const) {
  test(`of several that start ${what} one gets the lock`, async ({ folder, children }) => {
    const program = join(folder, 'start.mjs')
    bundleStart(program)
    for (let n = 0; n < STARTS; n++) {
      const stdio = ['pipe', 'pipe', 'inherit'] as const
      children.push(spawn(process.execPath, [program], { stdio: [...stdio] }))
    }
    await Promise.all(children.map(answerOf))
    for (let round = 0; round < ROUNDS; round++) {
      const path = join(folder, `lock-${round}`)
      if (leftover !== null) writeFileSync(path, leftover)
      const answers = children.map(answerOf)
      for (const child of children) child.stdin?.write(`${path}\n`)
      const got = await Promise.all(answers)
      assert.equal(got.sort(), ['locked', ...Array(STARTS - 1).fill('taken')], `round ${round}`)
    }
    // Nothing but the locks is left.
    assert.is(readdirSync(folder).filter((name) => !/^(lock-\d+|start\.mjs)$/.test(name)).length, 0)
  })
}

/** A program that takes the lock of each line it reads, and answers with how that went. */
function bundleStart(outfile: string): void {
  const contents = `
    import { takeLock } from './file-lock.ts'
    import { createInterface } from 'node:readline'
    createInterface({ input: process.stdin }).on('line', (path) => console.log(takeLock(path).kind))
    console.log('ready')`
  const resolveDir = 'packages/transport/src/identity'
  buildSync({ stdin: { contents, resolveDir }, outfile, bundle: true, format: 'esm', platform: 'node' })
}

function answerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()))
    child.once('exit', (code) => reject(new Error(`a start ended with ${code}`)))
  })
}

test.run()

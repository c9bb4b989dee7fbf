// The start where little can be kept.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FloodnetError, takeLock } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ChatOptions, parseOptions } from '../src/options.ts'
import { logFor, profileWithout } from '../src/starting.ts'
import { readWhole } from '../src/store/files.ts'
import { chooseProfile, openProfile, throwAwayProfile } from '../src/store/profile.ts'

const test = suite<{ folder: string }>('starting')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodchat-start-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const LOG = { tag: {}, skip: new Set<string>(), onFailure: () => undefined }
const NO_KEY = new FloodnetError('ERR_FLOODNET_IDENTITY', 'it cannot be written', { cause: new Error('EROFS') })

function optionsIn(state: string, ...args: string[]): ChatOptions {
  const invocation = parseOptions(args, { XDG_STATE_HOME: state, XDG_DOWNLOAD_DIR: state })
  if (invocation.kind !== 'chat') throw new Error('no chat')
  return invocation.options
}

// Another process that touches a file, as a chat in another container does: `takeLock` waits in place, so it cannot be
// this one.
function toucher(path: string): ChildProcess {
  const code = 'setInterval(() => require("fs").utimesSync(process.argv[1], new Date(), new Date()), 50)'
  return spawn(process.execPath, ['-e', code, path], { stdio: 'ignore' })
}

test('a log that nobody asked for is done without, with one line that says so', ({ folder }) => {
  writeFileSync(join(folder, 'file'), '')
  const { what, warning } = logFor(optionsIn(join(folder, 'file')), LOG)
  what.info({}, 'nothing')
  what.close()
  assert.match(warning ?? '', /^no log is kept in .*: E/)
})

test('a log that was asked for must work', ({ folder }) => {
  assert.throws(() => logFor(optionsIn(folder, '--log', folder), LOG), /--log/)
})

test('without a place for a key the chat starts with one for this run, and says so', ({ folder }) => {
  writeFileSync(join(folder, 'file'), '')
  const options = optionsIn(join(folder, 'file'))
  const profile = chooseProfile(options.state, null)
  const without = profileWithout(NO_KEY, options, profile)
  assert.is(without?.identity, null)
  assert.match(without?.warning ?? '', /nothing can be kept in .*EROFS/)
})

test('nobody becomes somebody else when the key is there, was asked for, or the fault is another', ({ folder }) => {
  const options = optionsIn(folder)
  const missing = { ...throwAwayProfile(), identity: join(folder, 'none.pem') }
  const there = { ...throwAwayProfile(), identity: join(folder, 'key.pem') }
  writeFileSync(there.identity, 'spoilt')
  assert.is(profileWithout(NO_KEY, options, there), null)
  assert.is(profileWithout(NO_KEY, optionsIn(folder, '--identity', missing.identity), missing), null)
  assert.is(profileWithout(new Error('another'), options, missing), null)
  assert.ok(profileWithout(NO_KEY, options, missing))
})

test('a folder that is none holds no file of ours', ({ folder }) => {
  writeFileSync(join(folder, 'file'), '')
  assert.is(readWhole(join(folder, 'file', 'key.contacts')), null)
})

test('a lock of another machine or container holds while it is touched', ({ folder }) => {
  const path = join(folder, 'key.lock')
  writeFileSync(path, `${process.pid} - another-machine\n`)
  const own = toucher(path)
  try {
    assert.equal(takeLock(path), { kind: 'taken', by: process.pid })
  } finally {
    own.kill()
  }
})

test('a lock of another machine or container that nobody touches is left over', ({ folder }) => {
  const path = join(folder, 'key.lock')
  writeFileSync(path, `${process.pid} - another-machine\n`)
  const lock = takeLock(path)
  assert.is(lock.kind, 'locked')
  assert.not.match(readFileSync(path, 'utf8'), 'another-machine')
  if (lock.kind === 'locked') lock.release()
})

test('an identity in use elsewhere is refused, and its lock stays', ({ folder }) => {
  mkdirSync(join(folder, 'state'))
  const identity = join(folder, 'state', 'key.pem')
  writeFileSync(`${identity}.lock`, '1 - another-machine\n')
  const own = toucher(`${identity}.lock`)
  try {
    assert.throws(() => openProfile(identity), /in use by process 1/)
    assert.ok(existsSync(`${identity}.lock`))
  } finally {
    own.kill()
  }
})

test.run()

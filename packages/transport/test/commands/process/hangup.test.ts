import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isHangupIgnored } from '../../../src/commands/process/hangup.ts'

const test = suite('hangup')
const PLAIN = { command: '/usr/bin/node', parentIgnores: '0000000000000000', inputFlags: '0100000' }

for (const [what, traces, ignored] of [
  ['started as usual', {}, false],
  ['where nothing is known', { command: undefined, parentIgnores: null, inputFlags: null }, false],
  ['run by nohup', { command: '/usr/bin/nohup' }, true],
  ['run by a command that only ends like nohup', { command: '/usr/bin/nonohup' }, false],
  ['below a shell that ignores SIGHUP', { parentIgnores: '0000000000000001' }, true],
  ['below a shell that ignores other signals', { parentIgnores: '0000000000381004' }, false],
  ['with the input that nohup puts in place of a terminal', { inputFlags: '0100001' }, true]
] as const) {
  test(`a process ${what} ${ignored ? 'ignores' : 'heeds'} SIGHUP`, () => {
    assert.is(isHangupIgnored({ ...PLAIN, ...traces }), ignored)
  })
}

test.run()

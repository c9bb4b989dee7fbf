// The terminal as a device, with streams that can be made to fail.
import { EventEmitter } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openTty, type TtyOutput } from '../../src/terminal/tty.ts'

const test = suite('tty')

const NOTHING = () => undefined

test('a terminal that cannot be read any more ends the input, and fails nothing afterwards', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodnet-tty-'))
  const fd = openSync(join(folder, 'screen'), 'w')
  const input = Object.assign(new EventEmitter(), { setRawMode: NOTHING, resume: NOTHING, pause: NOTHING })
  const output = Object.assign(new EventEmitter(), { fd, write: () => true })
  const tty = openTty(input as unknown as NodeJS.ReadStream, output as unknown as TtyOutput)
  let ends = 0
  try {
    tty.open({ onData: NOTHING, onResize: NOTHING, onDrain: NOTHING, onEnd: () => void ends++ })
    input.emit('error', Object.assign(new Error('read EIO'), { code: 'EIO' }))
    assert.is(ends, 1)
    tty.close()
    input.emit('error', new Error('read EIO'))
    assert.is(ends, 1)
  } finally {
    tty.close()
    closeSync(fd)
    rmSync(folder, { recursive: true })
  }
})

test.run()

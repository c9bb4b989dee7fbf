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

test('Ctrl-Z where nothing can be stopped leaves the screen as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodnet-tty-'))
  const fd = openSync(join(folder, 'screen'), 'w')
  const modes: boolean[] = []
  const setRawMode = (raw: boolean) => void modes.push(raw)
  const input = Object.assign(new EventEmitter(), { setRawMode, resume: NOTHING, pause: NOTHING })
  const output = Object.assign(new EventEmitter(), { fd, write: () => true })
  const tty = openTty(input as unknown as NodeJS.ReadStream, output as unknown as TtyOutput)
  const { kill } = process
  let paints = 0
  try {
    tty.open({ onData: NOTHING, onResize: () => void paints++, onDrain: NOTHING, onEnd: NOTHING })
    process.kill = () => {
      throw Object.assign(new Error('unknown signal SIGTSTP'), { code: 'ERR_UNKNOWN_SIGNAL' })
    }
    tty.suspend()
    assert.equal(modes, [true, false, true])
    assert.is(paints, 2)
  } finally {
    process.kill = kill
    tty.close()
    closeSync(fd)
    rmSync(folder, { recursive: true })
  }
})

test.run()

// Commands that other packages bring: found by the name of the package, and never by a path that somebody typed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseArguments } from '../../src/commands/arguments.ts'
import { findExtension, missingExtension } from '../../src/commands/extension.ts'

const test = suite('extension')
const folder = mkdtempSync(join(tmpdir(), 'floodnet-extension-'))
test.after(() => rmSync(folder, { recursive: true }))

function resolve(name: string): string {
  const path = join(folder, name)
  if (name !== '@floodnet/zoo/package.json' && name !== '@floodnet/chat/package.json') throw new Error(`no ${name}`)
  return path
}

for (const [name, bin] of [
  ['zoo', { 'floodnet-zoo': './bin/zoo.js' }],
  ['chat', { floodchat: './bin/chat.js' }]
] as const) {
  mkdirSync(join(folder, '@floodnet', name), { recursive: true })
  writeFileSync(join(folder, '@floodnet', name, 'package.json'), JSON.stringify({ bin }))
}

test("a package's executable is found by the command's name", () => {
  assert.is(findExtension('zoo', resolve), join(folder, '@floodnet/zoo/bin/zoo.js'))
})

test('a package that is not there, or has no such executable, brings no command', () => {
  for (const command of ['bridge', 'chat', undefined, '', '--help', '../zoo', 'zoo/../zoo', 'Zoo', '@floodnet/zoo']) {
    assert.is(findExtension(command, resolve), null, command)
  }
})

test('a known command without its package is told from a wrong word', () => {
  assert.match(missingExtension('bridge') ?? '', /package @floodnet\/bridge, which is not installed/)
  assert.is(missingExtension('bridges'), null)
  assert.throws(() => parseArguments(['bridge']), /not installed/)
  assert.throws(() => parseArguments(['bridges']), /is not a command/)
})

test.run()

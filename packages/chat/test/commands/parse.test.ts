import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { type Command, parseLine } from '../../src/commands/parse.ts'
import { hostileText } from '../support/hostile-text.ts'

function means(line: string, command: Command) {
  assert.equal(parseLine(line), command, JSON.stringify(line))
}

test('says every ordinary line, spaces in front included', () => {
  means('hello all', { kind: 'say', text: 'hello all' })
  means('  indented  code ', { kind: 'say', text: '  indented  code' })
  means('mail me at a@b.c', { kind: 'say', text: 'mail me at a@b.c' })
})

test('ignores blank lines', () => {
  for (const line of ['', ' ', '\t  \r']) means(line, { kind: 'blank' })
})

test('knows the words of the tutorial', () => {
  means('exit', { kind: 'leave' })
  means(' quit ', { kind: 'leave' })
  means('connect', { kind: 'connect', address: null, network: null })
  means('connect 10.0.0.7:55555', { kind: 'connect', address: '10.0.0.7:55555', network: null })
  means('set username', { kind: 'ask-name' })
  means('set  username ', { kind: 'ask-name' })
  means('set username bob', { kind: 'rename', name: 'bob' })
})

test('says sentences that only begin like a command', () => {
  for (const text of [
    'exit now',
    'quitting',
    'connect me to bob',
    'set username policy first',
    'set the table',
    'Exit'
  ]) {
    means(text, { kind: 'say', text })
  }
})

test('takes @name text as direct and keeps the text as typed', () => {
  means('@bob hi', { kind: 'direct', to: ['bob'], text: 'hi' })
  means('@bob   three  spaces', { kind: 'direct', to: ['bob'], text: '  three  spaces' })
})

test('knows our own commands', () => {
  means('/help', { kind: 'help' })
  means('/nick bob', { kind: 'rename', name: 'bob' })
  means('/nick', { kind: 'ask-name' })
  means('/connect [::1]:7', { kind: 'connect', address: '[::1]:7', network: null })
  means('/connect 10.0.0.7:1 blue', { kind: 'connect', address: '10.0.0.7:1', network: 'blue' })
  means('/disconnect', { kind: 'disconnect' })
  means('/quit', { kind: 'leave' })
  means('/say exit', { kind: 'say', text: 'exit' })
  means('//nick bob', { kind: 'say', text: '/nick bob' })
})

test('knows the commands that fingers know from other chats', () => {
  means('/msg bob  hi', { kind: 'direct', to: ['bob'], text: ' hi' })
  means('/msg @bob,carol hi', { kind: 'direct', to: ['bob', 'carol'], text: 'hi' })
  means('/query bob', { kind: 'open', to: ['bob'] })
  means('/me waves', { kind: 'act', text: 'waves' })
  means('/clear', { kind: 'clear' })
  means('/ignore bob', { kind: 'block', who: 'bob', blocked: true })
  means('/unignore bob', { kind: 'block', who: 'bob', blocked: false })
  means('/close', { kind: 'part', conversation: null })
  means('/part #tea', { kind: 'part', conversation: '#tea' })
  means('/names', { kind: 'who' })
  for (const line of ['/msg', '/msg bob', '/me', '/query', '/ignore']) assert.is(parseLine(line).kind, 'wrong', line)
})

test('has a word for every mistake', () => {
  for (const line of ['/', '/bogus', '/say', '/say ', '@', '@ text', '@bob', '@bob  ', '/HELP']) {
    assert.is(parseLine(line).kind, 'wrong', line)
  }
})

test('never says a blank text and never throws, whatever is typed', () => {
  const line = fc
    .tuple(fc.constantFrom('', '@', '/', '//', '/say ', 'set username ', 'connect '), hostileText)
    .map((parts) => parts.join(''))
  check(line, (typed) => {
    const command = parseLine(typed)
    if (command.kind === 'say' || command.kind === 'direct') assert.not.match(command.text, /^\s*$/u)
  })
})

test.run()

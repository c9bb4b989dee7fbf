// Lines that are said whatever they look like, and lines that were meant for something else.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseLine, parseSaid, SLASH_WORDS } from '../../src/commands/parse.ts'
import { People } from '../support/people.ts'

const COMMANDS = [...SLASH_WORDS, 'exit', 'quit', 'connect', 'connect 10.0.0.7:1', 'set username']

test('a line of a pipe is said, to the letter, whatever it looks like', () => {
  const lines = [
    ...COMMANDS,
    ...SLASH_WORDS.map((word) => `${word} bob /etc/passwd`),
    '//x',
    '  indented',
    '@',
    '@ 5pm',
    '@bob'
  ]
  for (const line of lines) assert.equal(parseSaid(line), { kind: 'say', text: line })
})

test('only what is meant for one person is not said to all', () => {
  assert.equal(parseSaid('@bob psst'), { kind: 'direct', to: ['bob'], text: 'psst' })
  assert.equal(parseSaid('   '), { kind: 'blank' })
})

test('a pipe can neither leave, nor take a name, nor send a file', () => {
  const room = new People()
  const bot = room.add('bot', { obeys: false })
  const bob = room.add('bob')
  room.pass(10_000)
  for (const line of ['set username', 'mallory', 'exit', '/nick root', '/send bob /etc/passwd']) bot.type(line)
  assert.is(bot.session.name, 'bot')
  assert.equal(bot.tasks, [])
  assert.equal(
    bob.heard,
    ['set username', 'mallory', 'exit', '/nick root', '/send bob /etc/passwd'].map((text) => `bot: ${text}`)
  )
})

test('dm, msg and add contact as others write them are not said, and the word for it is told', () => {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob')
  if (alice === undefined || bob === undefined) throw new Error('they are there')
  const meant = [
    'dm bob secret',
    'msg bob secret',
    'DM @bob secret',
    'dm',
    'add contact',
    'add contact 1234abcd bob',
    'disconnect'
  ]
  for (const line of meant) alice.type(line)
  assert.is(alice.notices.filter((text) => text.startsWith('not said')).length, meant.length)
  assert.equal(bob.heard, [])
})

test('people may talk about such words all the same', () => {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob')
  const lines = ['dm me later', 'add contact details to the wiki please', 'msg queues are nice']
  for (const line of [...lines, '/say dm bob secret']) alice?.type(line)
  assert.equal(
    bob?.heard,
    [...lines, 'dm bob secret'].map((text) => `alice: ${text}`)
  )
})

test('on a line of a person the same words are commands', () => {
  for (const line of COMMANDS.filter((word) => word !== '/say')) assert.not.equal(parseLine(line).kind, 'say', line)
})

test.run()

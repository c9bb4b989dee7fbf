import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HELP, SLASH_WORDS } from '../../src/commands/parse.ts'
import { onLine } from '../../src/on-line.ts'
import { onMessage } from '../../src/on-message.ts'
import type { Effect, StepContext } from '../../src/session/effects.ts'
import { MAX_SAID_BYTES, MAX_SHOWN_BYTES, newSession, promptOf, type Session } from '../../src/session/session.ts'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { PART5_VECTORS } from '../support/part5-vectors.ts'
import { People } from '../support/people.ts'

const ID = '3f2a1c'.padEnd(64, '0')
const ORIGIN = 'abcdef0123456789'.padEnd(64, '0')
const NOW = 1_800_000_000_000
const context: StepContext = { now: NOW, wall: NOW, random: () => 0.5, newId: () => 'ab'.repeat(16) }

function sessionOf(name: string | null): Session {
  return newSession({ id: ID, name, key: new Uint8Array(32).fill(1), startedAt: NOW })
}

function heard(session: Session, text: string, from: string, to: string, seq = 3): Effect[] {
  const payload = encodeEnvelope({ text, from, to, via: '' })
  return messages(onMessage(session, arrived(payload, seq), context))
}

// The message alone, without the news that its author is there.
function messages(effects: Effect[]): Effect[] {
  return effects.filter((effect) => effect.kind !== 'show' || effect.event.kind !== 'presence')
}

function arrived(payload: Uint8Array, seq = 3) {
  return { payload, origin: ORIGIN, incarnation: 7, seq, index: 2 }
}

function typed(session: Session, text: string): Effect[] {
  return onLine(session, { text, conversation: null }, context)
}

function notices(effects: Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'show' && effect.event.kind === 'notice' ? [effect.event.text] : []
  )
}

function kinds(effects: Effect[]): string[] {
  return effects.map((effect) => effect.kind)
}

test('is called after the node until a name is given', () => {
  assert.is(sessionOf(null).name, 'anon-3f2a1c')
  assert.is(sessionOf('alice').name, 'alice')
})

test('says a line to everyone under the own name', () => {
  const payload = encodeEnvelope({ text: 'hi all', from: 'alice', to: '', via: '' })
  const said = { text: 'hi all', to: null, conversation: '', title: '' }
  assert.equal(typed(sessionOf('alice'), 'hi all'), [{ kind: 'write', payload, said }])
})

test('/plain sends a line as the Go program does, with the space that follows the name, and says that all can read it', () => {
  const [write, told] = typed(sessionOf('alice'), '/plain bob psst')
  const payload = encodeEnvelope({ text: ' psst', from: 'alice', to: 'bob', via: '' })
  const said = { text: 'psst', to: 'bob', conversation: '', title: 'bob' }
  assert.equal(write, { kind: 'write', payload, said })
  assert.match(notices(told === undefined ? [] : [told])[0] ?? '', 'every node')
})

test('shows what is meant for all or for us, and nothing that is meant for others', () => {
  const bob = sessionOf('bob')
  const shown = {
    kind: 'message',
    from: 'alice',
    fingerprint: 'abcdef01',
    text: 'hi',
    direct: false,
    to: null,
    sealed: false,
    conversation: '',
    title: '',
    trust: 'new',
    at: NOW,
    mention: false,
    id: 'abcdef0123456789-7-3-2'
  } as const
  assert.equal(heard(bob, 'hi', 'alice', ''), [{ kind: 'show', event: shown }])
  const direct = { ...shown, direct: true, to: 'bob', mention: true }
  assert.equal(heard(bob, ' hi', 'alice', 'bob'), [{ kind: 'show', event: direct }])
  assert.equal(heard(bob, ' hi', 'alice', 'carol'), [])
  assert.equal(heard(bob, ' hi', 'alice', 'Bob'), [])
})

test('understands the lines of the tutorial, and shows direct ones as not private', () => {
  for (const { from, to, textHex, payloadHex } of PART5_VECTORS) {
    const session = sessionOf(to === '' ? 'me' : to)
    const [effect] = messages(onMessage(session, arrived(Buffer.from(payloadHex, 'hex')), context))
    if (effect?.kind !== 'show' || effect.event.kind !== 'message') throw new Error('it is shown')
    const text = new TextDecoder().decode(Buffer.from(textHex, 'hex'))
    assert.is(effect.event.text, to === '' ? text : text.replace(/^ /, ''))
    assert.is(effect.event.direct, to !== '')
    assert.not.ok(effect.event.sealed)
    if (/^\w+$/.test(from)) assert.is(effect.event.from, from)
  }
})

test('takes a direct line without that space too', () => {
  const [effect] = heard(sessionOf('bob'), 'hi', 'alice', 'bob')
  assert.ok(effect?.kind === 'show' && effect.event.kind === 'message' && effect.event.text === 'hi')
})

test('set username takes the next line as the name, whatever it is', () => {
  const session = sessionOf('alice')
  assert.equal(kinds(typed(session, 'set username')), ['prompt', 'show'])
  assert.is(promptOf(session), 'new name: ')
  assert.equal(kinds(typed(session, ' exit ')), ['prompt', 'show'])
  assert.is(session.name, 'exit')
  assert.is(promptOf(session), 'exit: ')
})

test('an empty line keeps the name, and a bad one too, with a reason', () => {
  const session = sessionOf('alice')
  for (const line of ['', 'two words', '@x']) {
    typed(session, 'set username')
    assert.match(notices(typed(session, line)).join(), 'still alice')
    assert.is(promptOf(session), 'alice: ')
  }
})

test('/nick takes the name at once', () => {
  const session = sessionOf('alice')
  assert.equal(notices(typed(session, '/nick al')), ['you are now al'])
  assert.match(notices(typed(session, '/nick a b')).join(), 'no spaces')
  assert.is(session.name, 'al')
})

test('answers a line to oneself with a word, however it is sent', () => {
  const session = sessionOf('alice')
  for (const line of ['@alice hi', '/dm alice', '/plain alice hi', `@${ID.slice(0, 12)} hi`])
    assert.equal(notices(typed(session, line)), ['that is you'], line)
})

test('every mistake gets one clear word, and nothing is sent', () => {
  const lines = [
    '@',
    '@ x',
    '@bob',
    '@, x',
    '/',
    '/bogus',
    '/toString',
    '/dm',
    '/join',
    '/join a b c#',
    '/join #',
    '/leave',
    '/leave #nowhere',
    '/contact',
    '/contact add',
    '/contact add x',
    '/contact add nobody two names',
    '/contact remove',
    '/contact remove nobody',
    '/verify',
    '/verify nobody',
    '/verify nobody maybe',
    '/block',
    '/block nobody',
    '/unblock',
    '/whois',
    '/whois nobody',
    '/plain',
    '/plain bob',
    '/say',
    '/nick two words',
    '/nick #room',
    '/contact add abcdef01 #x'
  ]
  for (const line of lines) {
    const effects = typed(sessionOf('alice'), line).filter((effect) => effect.kind !== 'prompt')
    if (line === '/join a b c#') continue
    assert.equal(kinds(effects), ['show'], line)
    assert.is(notices(effects).length, 1, line)
  }
  for (const line of ['', '   ', '\t']) assert.equal(typed(sessionOf('alice'), line), [])
})

test('cuts a long text and says how much is missing', () => {
  const [effect] = heard(sessionOf('bob'), 'x'.repeat(MAX_SHOWN_BYTES + 7), 'alice', '')
  assert.ok(effect?.kind === 'show' && effect.event.kind === 'message')
  assert.is(effect.event.text, `${'x'.repeat(MAX_SHOWN_BYTES)}… (7 bytes cut)`)
})

test('warns the author of a line that will be cut and refuses one beyond the limit', () => {
  const session = sessionOf('alice')
  assert.equal(kinds(typed(session, 'x'.repeat(MAX_SHOWN_BYTES + 1))), ['write', 'show'])
  assert.equal(kinds(typed(session, 'x'.repeat(MAX_SAID_BYTES + 1))), ['show'])
})

test('reports a payload that is no chat message as invalid', () => {
  assert.equal(onMessage(sessionOf('bob'), arrived(Buffer.from('hello')), context), [
    { kind: 'invalid', reason: 'not-json' }
  ])
})

test('a name or a contact that is refused counts as not done', () => {
  for (const line of ['/nick two words', '/contact add abababab two words', '/contact add bob bob', '/whois bob'])
    assert.ok(
      typed(sessionOf('alice'), line).some((effect) => effect.kind === 'show' && Reflect.get(effect.event, 'undone')),
      line
    )
})

test('/help lists every command', () => {
  const help = notices(typed(sessionOf('alice'), '/help')).join('\n')
  assert.is(help, HELP.join('\n'))
  for (const word of ['@NAME', 'set username', 'connect', '//TEXT', 'exit', 'quit'])
    assert.ok(help.includes(word), word)
  const aliases = ['/connect', '/exit', '/quit']
  for (const word of SLASH_WORDS) assert.ok(help.includes(word) || aliases.includes(word), word)
})

test("who comes over a bridge is shown with where from, and takes nobody's name", () => {
  const bob = sessionOf('bob')
  const payload = encodeEnvelope({ text: 'hi', from: 'alice', to: '', via: 'gob' })
  const [effect] = onMessage(bob, arrived(payload), context)
  assert.ok(effect?.kind === 'show' && effect.event.kind === 'message')
  assert.is(effect.event.from, 'alice@gob')
  assert.is(effect.event.trust, 'outside')
  assert.is(bob.book.people.size, 0)
  assert.is(bob.roster.size, 0)
  const marked = encodeEnvelope({ text: 'hi', from: 'alice@gob', to: '', via: 'gob' })
  assert.match(JSON.stringify(onMessage(bob, arrived(marked, 4), context)), '"from":"alice@gob"')
  const pretender = encodeEnvelope({ text: 'hi', from: 'alice@gob', to: '' })
  assert.match(JSON.stringify(onMessage(bob, arrived(pretender, 5), context)), '"from":"alice_gob"')
  assert.match(notices(typed(bob, '@alice@gob hi')).join(), '/plain alice@gob TEXT')
})

test('one author too many is counted instead of shown, and the others still are', () => {
  const room = new People()
  const reader = room.add('reader', { shownPerSecond: 10 })
  const [loud, quiet] = [room.add('loud'), room.add('quiet')]
  room.pass(10_000)
  for (let n = 0; n < 500; n++) loud.type(`flood ${n}`)
  quiet.type('hello')
  room.pass(3_000)
  const from = (name: string) => reader.events('message').filter((event) => event.from === name).length
  assert.is(from('quiet'), 1)
  assert.ok(from('loud') >= 40 && from('loud') <= 50, `${from('loud')} shown`)
  const counted = reader.events('suppressed').reduce((sum, { count }) => sum + count, 0)
  assert.is(from('loud') + counted, 500)
  loud.type('later')
  assert.ok(reader.heard.includes('loud: later'))
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeEnvelope } from '../src/envelope.ts'
import {
  type Effect,
  MAX_SAID_BYTES,
  MAX_SHOWN_BYTES,
  newSession,
  onLine,
  onPayload,
  promptOf,
  type Session
} from '../src/session.ts'

const ID = '3f2a1c'.padEnd(64, '0')
const ORIGIN = 'abcdef0123456789'.padEnd(64, '0')
const NOW = 1_800_000_000_000

function heard(session: Session, text: string, from: string, to: string) {
  return onPayload(session, arrived(encodeEnvelope({ text, from, to })), NOW)
}

function arrived(payload: Uint8Array) {
  return { payload, origin: ORIGIN, incarnation: 7, seq: 3, index: 2 }
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
  assert.is(newSession(ID, null).name, 'anon-3f2a1c')
  assert.is(newSession(ID, 'alice').name, 'alice')
})

test('says a line to everyone under the own name', () => {
  assert.equal(onLine(newSession(ID, 'alice'), 'hi all'), [
    { kind: 'write', envelope: { text: 'hi all', from: 'alice', to: '' } }
  ])
})

test('sends a direct line as the Go program does, with the space that follows the name', () => {
  assert.equal(onLine(newSession(ID, 'alice'), '@bob psst'), [
    { kind: 'write', envelope: { text: ' psst', from: 'alice', to: 'bob' } }
  ])
})

test('shows what is meant for all or for us, and nothing that is meant for others', () => {
  const bob = newSession(ID, 'bob')
  const shown = {
    kind: 'message',
    from: 'alice',
    fingerprint: 'abcdef01',
    text: 'hi',
    direct: false,
    to: null,
    conversation: '',
    title: '',
    trust: 'new',
    at: NOW,
    mention: false,
    id: 'abcdef0123456789-7-3-2'
  } as const
  assert.equal(heard(bob, 'hi', 'alice', ''), [{ kind: 'show', event: shown }])
  assert.equal(heard(bob, ' hi', 'alice', 'bob'), [
    {
      kind: 'show',
      event: { ...shown, direct: true, to: 'bob', conversation: '@abcdef01', title: 'alice', mention: true }
    }
  ])
  assert.equal(heard(bob, ' hi', 'alice', 'carol'), [])
  assert.equal(heard(bob, ' hi', 'alice', 'Bob'), [])
})

test('takes a direct line without that space too', () => {
  const [effect] = heard(newSession(ID, 'bob'), 'hi', 'alice', 'bob')
  assert.ok(effect?.kind === 'show' && effect.event.kind === 'message' && effect.event.text === 'hi')
})

test('set username takes the next line as the name, whatever it is', () => {
  const session = newSession(ID, 'alice')
  assert.equal(kinds(onLine(session, 'set username')), ['prompt', 'show'])
  assert.is(promptOf(session), 'new name: ')
  assert.equal(kinds(onLine(session, ' exit ')), ['prompt', 'show'])
  assert.is(session.name, 'exit')
  assert.is(promptOf(session), 'exit: ')
})

test('an empty line keeps the name, and a bad one too, with a reason', () => {
  const session = newSession(ID, 'alice')
  for (const line of ['', 'two words', '@x']) {
    onLine(session, 'set username')
    assert.match(notices(onLine(session, line)).join(), 'still alice')
    assert.is(promptOf(session), 'alice: ')
  }
})

test('/nick takes the name at once', () => {
  const session = newSession(ID, 'alice')
  assert.equal(notices(onLine(session, '/nick al')), ['you are now al'])
  assert.match(notices(onLine(session, '/nick a b')).join(), 'no spaces')
  assert.is(session.name, 'al')
})

test('answers a direct line to oneself with a word', () => {
  assert.equal(notices(onLine(newSession(ID, 'alice'), '@alice hi')), ['that is you'])
})

test('cuts a long text and says how much is missing', () => {
  const [effect] = heard(newSession(ID, 'bob'), 'x'.repeat(MAX_SHOWN_BYTES + 7), 'alice', '')
  assert.ok(effect?.kind === 'show' && effect.event.kind === 'message')
  assert.is(effect.event.text, `${'x'.repeat(MAX_SHOWN_BYTES)}… (7 bytes cut)`)
})

test('warns the author of a line that will be cut and refuses one beyond the limit', () => {
  const session = newSession(ID, 'alice')
  assert.equal(kinds(onLine(session, 'x'.repeat(MAX_SHOWN_BYTES + 1))), ['write', 'show'])
  assert.equal(kinds(onLine(session, 'x'.repeat(MAX_SAID_BYTES + 1))), ['show'])
})

test('reports a payload that is no chat message as junk', () => {
  assert.equal(onPayload(newSession(ID, 'bob'), arrived(Buffer.from('hello')), NOW), [
    { kind: 'junk', reason: 'not-json' }
  ])
})

test('/help lists every command', () => {
  const help = notices(onLine(newSession(ID, 'alice'), '/help')).join('\n')
  for (const word of ['@NAME', 'set username', '/nick', 'connect', '//TEXT', 'exit', 'quit'])
    assert.ok(help.includes(word), word)
})

test.run()

// Direct conversations and rooms, between sessions.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_SEALED_AGE_MS } from '../../src/guard/sealed-replay.ts'
import { onCompany } from '../../src/on-tick.ts'
import { SEARCH_MS } from '../../src/session/pending.ts'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { encodeBody } from '../../src/wire/sealed-body.ts'
import { idOfName, People, type Person } from '../support/people.ts'

function three(): { room: People; alice: Person; bob: Person; carol: Person } {
  const room = new People()
  const [alice, bob, carol] = room.gather('alice', 'bob', 'carol') as [Person, Person, Person]
  return { room, alice, bob, carol }
}

test('one line goes to its reader, and the receipt comes back', () => {
  const { room, alice, bob, carol } = three()
  alice.type('@bob  psst  now')
  assert.equal(bob.heard, ['alice:  psst  now'])
  assert.equal(carol.heard, [])
  const said = alice.events('said')[0]
  assert.is(said?.state, 'sent')
  room.pass(2_000)
  assert.equal(alice.events('said').at(-1), { ...said, state: 'read' })
})

test('an open conversation takes what is typed, until it is closed', () => {
  const { alice, bob, carol } = three()
  alice.type('/dm bob')
  alice.type('only you')
  alice.type('/all')
  alice.type('all')
  alice.type('/dm bob')
  alice.type('you again')
  alice.type('/leave')
  alice.type('all again')
  assert.equal(bob.heard, ['alice: only you', 'alice: all', 'alice: you again', 'alice: all again'])
  assert.equal(carol.heard, ['alice: all', 'alice: all again'])
})

test('a screen that shows conversations decides itself where a line goes', () => {
  const { alice, bob, carol } = three()
  alice.type('/dm bob')
  alice.type('for all', '')
  alice.type('for bob', `@${bob.id.slice(0, 16)}`)
  assert.equal(carol.heard, ['alice: for all'])
  assert.equal(bob.heard, ['alice: for all', 'alice: for bob'])
})

test('leaving a room from another conversation stays in that one', () => {
  const { alice, bob } = three()
  alice.type('/join #a', '')
  alice.type('/join #b', '#a')
  alice.type('/leave #a', '')
  assert.equal(
    alice
      .events('conversation')
      .filter(({ change }) => change === 'current')
      .map(({ key }) => key),
    ['#a', '#b', '']
  )
  alice.type('/leave #b')
  alice.type('hello')
  assert.equal(bob.heard, ['alice: hello'])
})

test('several are spoken to with a sealed message each, and answer in the same conversation', () => {
  const { room, alice, bob, carol } = three()
  alice.type('/dm bob carol')
  alice.type('you two')
  assert.equal([bob.heard, carol.heard], [['alice: you two'], ['alice: you two']])
  const [message] = bob.events('message')
  assert.is(message?.title, 'alice, carol')
  bob.type('and you', message?.conversation ?? null)
  assert.equal([alice.heard, carol.heard.at(-1)], [['bob: and you'], 'bob: and you'])
  assert.is(alice.events('message')[0]?.conversation, alice.events('said')[0]?.conversation)
  room.pass(2_000)
  const readers = alice
    .events('said')
    .filter(({ state }) => state === 'read')
    .map(({ to }) => to)
    .sort()
  assert.equal(readers, ['bob', 'carol'])
})

test('@a,b speaks to both at once', () => {
  const { alice, bob, carol } = three()
  alice.type('@bob,carol hi both')
  assert.equal([bob.heard, carol.heard], [['alice: hi both'], ['alice: hi both']])
})

test('says when nobody of that name is here, after having looked', () => {
  const { room, alice } = three()
  alice.type('@dave hi')
  alice.type('@dave still there?')
  assert.equal([alice.notices, alice.events('said')], [['looking for dave...'], []])
  room.pass(6_000)
  assert.equal(
    alice.events('said').map(({ state, to }) => `${state} ${to}`),
    ['nobody dave', 'nobody dave']
  )
  alice.type('/dm dave bob')
  assert.is(alice.notices.at(-1), 'looking for dave...')
  room.pass(6_000)
  assert.is(alice.notices.at(-1), 'nobody named dave is here')
})

test('a line waits for a reader who is just coming, and later lines wait behind it', () => {
  const { room, alice } = three()
  alice.type('@dave one')
  alice.type('@dave two')
  room.pass(1_000)
  const dave = room.add('dave')
  room.pass(3_000)
  assert.equal(dave.heard, ['alice: one', 'alice: two'])
})

test('what is typed while /dm looks for somebody is theirs too, and never said to everyone', () => {
  const { room, alice, bob } = three()
  alice.type('/dm dave')
  alice.type('only for dave')
  room.pass(1_000)
  const dave = room.add('dave')
  room.pass(3_000)
  alice.type('more for dave')
  assert.equal(dave.heard, ['alice: only for dave', 'alice: more for dave'])
  alice.type('/dm nobody')
  alice.type('for nobody')
  assert.equal(bob.heard, [])
  alice.type('/all')
  alice.type('for all')
  room.pass(6_000)
  assert.equal(bob.heard, ['alice: for all'])
  assert.is(alice.events('said').at(-1)?.state, 'nobody')
})

test('a line typed in another conversation while /dm looks for somebody stays there, and so does the user', () => {
  const { room, alice, bob } = three()
  for (const person of [alice, bob]) person.type('/join #tea', '')
  alice.type('/dm dave', '')
  alice.type('for the room', '#tea')
  assert.equal(bob.heard, ['alice: for the room'])
  const dave = room.add('dave')
  room.pass(3_000)
  assert.equal(dave.heard, [])
  const changes = alice.events('conversation').map(({ key, change }) => `${key.slice(0, 4)} ${change}`)
  assert.equal(changes, ['#tea opened', '#tea current', `@${dave.id.slice(0, 3)} opened`])
})

test('who has left is said to be gone', () => {
  const { room, alice, bob } = three()
  alice.type('/dm bob')
  bob.leave()
  alice.type('still there?')
  room.pass(6_000)
  assert.equal(
    alice.events('said').map(({ state, to }) => `${state} ${to}`),
    ['nobody bob']
  )
})

test('a program that reads no sealed messages is named, and nothing is sent in the open by itself', () => {
  const { room, alice, bob } = three()
  const old = idOfName('old program')
  alice.hear(encodeEnvelope({ text: 'hello', from: 'gopher', to: '', via: '' }), old, 1)
  alice.type('@gopher hi')
  room.pass(6_000)
  assert.match(alice.notices.at(-1) ?? '', '/plain gopher TEXT')
  assert.equal(bob.heard, [])
  assert.equal(alice.events('said'), [])
})

test('a sealed message played again is not shown again, nor one that is too old', () => {
  const { room, alice, bob } = three()
  const content = { kind: 'text', text: 'once', name: 'alice', key: alice.session.key, to: [bob.id] } as const
  const body = encodeBody({ id: 'cd'.repeat(16), at: room.now, content, data: new Uint8Array() })
  bob.open(body, alice.id)
  bob.open(body, alice.id)
  room.now += MAX_SEALED_AGE_MS + 1
  bob.open(body, alice.id)
  assert.equal(bob.heard, ['alice: once'])
  assert.equal(bob.invalid, ['replayed', 'sealed-outdated'])
})

test('a sealed message whose list of readers leaves us out, or with nonsense inside, is no sealed message', () => {
  const { room, alice, bob, carol } = three()
  const content = { kind: 'text', text: 'x', name: 'alice', key: alice.session.key, to: [carol.id] } as const
  bob.open(encodeBody({ id: 'ef'.repeat(16), at: room.now, content, data: new Uint8Array() }), alice.id)
  bob.open(Buffer.from('nonsense'), alice.id)
  assert.equal([bob.heard, bob.invalid], [[], ['sealed-forged', 'sealed-unreadable']])
})

test('a receipt for what was never sent, or by somebody else, is ignored', () => {
  const { alice, bob, carol, room } = three()
  alice.type('@bob hi')
  const id = alice.events('said')[0]?.id ?? ''
  const read = (ids: string[]) =>
    encodeBody({ id: 'aa'.repeat(16), at: room.now, content: { kind: 'read', ids }, data: new Uint8Array() })
  alice.open(read([id, 'bb'.repeat(16)]), carol.id)
  assert.not.ok(alice.events('said').some(({ state }) => state === 'read'))
  alice.open(read([id]), bob.id)
  assert.ok(alice.events('said').some(({ state }) => state === 'read'))
})

test('a room is shown to its members only, and its user is told that it is not private', () => {
  const { alice, bob, carol } = three()
  alice.type('/join #Tea')
  assert.match(alice.notices.at(-1) ?? '', 'not private')
  bob.type('/join tea')
  alice.type('for members')
  assert.equal(bob.heard, ['alice: for members'])
  assert.is(bob.events('message')[0]?.conversation, '#tea')
  assert.equal(carol.heard, [])
  bob.type('/leave')
  alice.type('and now?')
  bob.type('to all')
  assert.equal(bob.heard, ['alice: for members'])
  assert.ok(carol.heard.includes('bob: to all'))
  bob.type('not in', '#tea')
  assert.match(bob.notices.at(-1) ?? '', '/join #tea')
})

test('a line to somebody who is not here is told at once, when all who are here had the time to answer', () => {
  const room = new People()
  const [alice] = room.gather('alice', 'bob') as [Person]
  onCompany(alice.session, room.context)
  alice.type('@nemo psst')
  assert.match(alice.notices.at(-1) ?? '', 'looking for nemo')
  room.pass(SEARCH_MS + 200)
  assert.is(alice.events('said').at(-1)?.state, 'nobody')
  const told = alice.events('said').length
  alice.type('@nemo psst again')
  assert.is(alice.events('said').length, told + 1)
  assert.is(alice.events('said').at(-1)?.text, 'psst again')
})

test('what one does is said as others write it, in every program', () => {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob') as [Person, Person]
  alice.type('/me waves')
  assert.is(bob.events('message').at(-1)?.text, '* alice waves')
})

test.run()

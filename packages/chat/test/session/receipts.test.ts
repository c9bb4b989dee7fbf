// What a receipt says, and what nobody can learn from one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NOWHERE } from '../../src/screens/screen.ts'
import { conversationOf, MAX_SHOWN, newPending, noteShown, RECEIPT_DELAY_MS } from '../../src/session/pending.ts'
import { encodeBody } from '../../src/wire/sealed-body.ts'
import { idOfName, People, type Person } from '../support/people.ts'

const SOON_MS = 4 * RECEIPT_DELAY_MS

function two(): { room: People; alice: Person; bob: Person } {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob')
  if (alice === undefined || bob === undefined) throw new Error('they are there')
  return { room, alice, bob }
}

function reads(person: Person): number {
  return person.events('said').filter(({ state }) => state === 'read').length
}

test('"read" means that the conversation was in front of the reader', () => {
  const { room, alice, bob } = two()
  bob.session.front = ''
  alice.type('@bob psst')
  room.pass(60_000)
  assert.equal(bob.heard, ['alice: psst'])
  assert.is(reads(alice), 0)
  bob.session.front = NOWHERE
  room.pass(SOON_MS)
  assert.is(reads(alice), 0)
  bob.session.front = conversationOf([alice.id])
  room.pass(SOON_MS)
  assert.is(reads(alice), 1)
})

test('who never opened it, leaves without having read it', () => {
  const { room, alice, bob } = two()
  bob.session.front = ''
  alice.type('@bob psst')
  room.pass(SOON_MS)
  bob.leave()
  room.pass(SOON_MS)
  assert.is(reads(alice), 0)
})

test('a screen that shows all in one has everything in front', () => {
  const { room, alice } = two()
  alice.type('@bob psst')
  room.pass(SOON_MS)
  assert.is(reads(alice), 1)
})

test('no receipt tells a blocked author, a replay or a message for others that somebody is here', () => {
  const { room, alice, bob } = two()
  const send = (id: string, to: readonly string[]) => {
    const content = { kind: 'text', text: 'x', name: 'alice', key: alice.session.key, to } as const
    bob.open(encodeBody({ id, at: room.now, content, data: new Uint8Array() }), alice.id)
  }
  const receipts = () => bob.posted.filter(({ kind }) => kind === 'read').length
  send('a'.repeat(32), [bob.id])
  room.pass(SOON_MS)
  assert.is(receipts(), 1)
  send('a'.repeat(32), [bob.id])
  send('b'.repeat(32), [idOfName('carol')])
  bob.type('/block alice')
  send('c'.repeat(32), [bob.id])
  room.pass(SOON_MS)
  assert.is(receipts(), 1)
})

test('who only looks on, and who was shown too much to see it, confirms nothing', () => {
  const { room, alice } = two()
  const looker = room.add('looker', { silent: true })
  const content = { kind: 'text', text: 'x', name: 'alice', key: alice.session.key, to: [looker.id] } as const
  looker.open(encodeBody({ id: 'd'.repeat(32), at: room.now, content, data: new Uint8Array() }), alice.id)
  room.pass(SOON_MS)
  assert.equal(looker.posted, [])
  const busy = room.add('busy', { shownPerSecond: 1 })
  room.pass(10_000)
  for (let n = 0; n < 200; n++) alice.type(`@busy line ${n}`)
  room.pass(SOON_MS)
  const confirmed = busy.posted.flatMap((body) => (body.kind === 'read' ? body.ids : []))
  assert.is(confirmed.length, busy.events('message').length)
  assert.ok(confirmed.length < 200)
})

test('a receipt for a message that its author never sent to that reader says nothing', () => {
  const { room, alice } = two()
  alice.type('@bob psst')
  const id = alice.events('said').at(-1)?.id ?? ''
  const content = { kind: 'read', ids: [id] } as const
  alice.open(encodeBody({ id: 'e'.repeat(32), at: room.now, content, data: new Uint8Array() }), idOfName('mallory'))
  assert.is(reads(alice), 0)
})

test('what waits to be seen is bounded', () => {
  const pending = newPending()
  for (let n = 0; n < 2 * MAX_SHOWN; n++) noteShown(pending, { conversation: '@x', author: 'a', id: `${n}` })
  assert.is(pending.shown.length, MAX_SHOWN)
})

test.run()

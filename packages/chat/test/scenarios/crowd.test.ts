// Keys are free: what a crowd of strangers cannot do to those whom the user knows.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_SEALED_AUTHORS } from '../../src/guard/sealed-replay.ts'
import { MAX_SEEN, newAddressBook, noteSeen, ownerOf } from '../../src/people/address-book.ts'
import { MAX_ROSTER } from '../../src/people/roster.ts'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { encodePresence } from '../../src/wire/presence.ts'
import { encodeBody } from '../../src/wire/sealed-body.ts'
import { idOfName, People, type Person, START } from '../support/people.ts'

const DAY_MS = 86_400_000
const key = new Uint8Array(32).fill(7)

function presenceOf(name: string): Uint8Array {
  return encodePresence({ name, key, state: 'here', asks: false })
}

function sealed(room: People, reader: Person, text: string): Uint8Array {
  const content = { kind: 'text', text, name: 'x', key, to: [reader.id] } as const
  return encodeBody({ id: room.context.newId(), at: room.now, content, data: new Uint8Array() })
}

test('of a name of megabytes no more is kept than of any other', () => {
  const [alice] = new People().gather('alice') as [Person]
  const name = 'n'.repeat(1_000_000)
  alice.hear(encodeEnvelope({ text: 'hi', from: name, to: '' }), idOfName('one'), 1)
  alice.hear(presenceOf(name), idOfName('two'), 1)
  for (const { claimed } of alice.session.roster.values()) assert.ok(claimed.length < 2000, `${claimed.length} kept`)
  assert.match(alice.heard[0] ?? '', /^n{31}…: hi$/)
})

test('a full room still has a place for a contact, and for nobody else', () => {
  const room = new People()
  const [alice] = room.gather('alice') as [Person]
  alice.type(`/contact add ${idOfName('bob')} bob`)
  for (let n = 0; n < MAX_ROSTER; n++) alice.hear(presenceOf(`s${n}`), idOfName(`stranger ${n}`), 1)
  alice.hear(presenceOf('late'), idOfName('late'), 1)
  alice.hear(presenceOf('bob'), idOfName('bob'), 1)
  assert.is(alice.session.roster.size, MAX_ROSTER)
  assert.is(alice.session.roster.has(idOfName('bob')), true)
  assert.is(alice.session.roster.has(idOfName('late')), false)
})

test('sealed messages of many strangers keep out no sealed message of a contact', () => {
  const room = new People()
  const [alice] = room.gather('alice') as [Person]
  alice.type(`/contact add ${idOfName('bob')} bob`)
  for (let n = 0; n < MAX_SEALED_AUTHORS; n++) alice.open(sealed(room, alice, 'spam'), idOfName(`stranger ${n}`))
  alice.open(sealed(room, alice, 'late'), idOfName('late'))
  assert.is(alice.invalid.at(-1), 'sealed-crowded')
  const words = sealed(room, alice, 'it is me')
  alice.open(words, idOfName('bob'))
  assert.is(alice.heard.at(-1), 'bob: it is me')
  alice.open(words, idOfName('bob'))
  assert.is(alice.invalid.at(-1), 'replayed')
})

test('names seen once push out each other, not those of people who have been there for days', () => {
  const book = newAddressBook()
  noteSeen(book, idOfName('bob'), 'bob', START)
  noteSeen(book, idOfName('bob'), 'bob', START + DAY_MS)
  for (let n = 0; n < MAX_SEEN * 2; n++) noteSeen(book, idOfName(`stranger ${n}`), `s${n}`, START + 2 * DAY_MS + n)
  assert.ok(book.people.size <= MAX_SEEN)
  assert.is(ownerOf(book, 'bob', ''), idOfName('bob'))
})

test.run()

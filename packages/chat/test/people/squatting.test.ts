// Somebody takes a name before its owner comes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addContact } from '../../src/commands/people.ts'
import { fingerprintOf } from '../../src/people/trust.ts'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { encodePresence } from '../../src/wire/presence.ts'
import { idOfName, People, type Person } from '../support/people.ts'

/** Whoever has this key says that they are called `name`. */
function claims(person: Person, key: string, name: string): void {
  const sealedTo = Buffer.from(idOfName(`box ${key}`), 'hex')
  person.hear(encodePresence({ name, key: sealedTo, state: 'here', asks: false }), idOfName(key), 1)
}

function alice(): { room: People; me: Person } {
  const room = new People()
  return { room, me: room.add('me') }
}

test('what is meant for a name that two strangers claim goes to neither, and is not said to all', () => {
  const { me } = alice()
  claims(me, 'squatter', 'carol')
  claims(me, 'owner', 'Carol')
  const before = me.said
  me.type('@carol the password is x')
  me.type('/dm carol')
  me.type('/send carol secret.txt')
  assert.equal(me.posted, [])
  assert.equal(me.tasks, [])
  assert.is(me.said, before)
  for (const key of ['squatter', 'owner'])
    assert.match(me.notices.at(-1) ?? '', `carol~${fingerprintOf(idOfName(key))}`)
})

test('either of the two can be written to by their mark, and the name given to the right one', () => {
  const { me } = alice()
  claims(me, 'squatter', 'carol')
  claims(me, 'owner', 'carol')
  for (const key of ['squatter', 'owner']) me.type(`@carol~${fingerprintOf(idOfName(key))} for ${key}`)
  assert.is(me.posted.length, 2)
  me.type(`/contact add ${fingerprintOf(idOfName('owner'))} carol`)
  me.type('@carol for the owner')
  assert.is(me.posted.length, 3)
  claims(me, 'third', 'carol')
  me.type('@carol for the owner still')
  assert.is(me.posted.length, 4)
})

test('the name of a contact who is away cannot be taken, nor one like it', () => {
  const { me } = alice()
  addContact(me.session, idOfName('owner'), 'carol', 0)
  claims(me, 'squatter', 'cаrol')
  assert.is(me.events('presence').at(-1)?.name, `cаrol~${fingerprintOf(idOfName('squatter'))}`)
  me.type('@carol psst')
  assert.equal(me.posted, [])
})

test('whoever was known by a name in an earlier run keeps it against who takes it now', () => {
  const { me } = alice()
  claims(me, 'owner', 'carol')
  const later = new People().add('me', { book: me.session.book })
  claims(later, 'squatter', 'carol')
  claims(later, 'owner', 'carol')
  later.type('@carol psst')
  assert.is(later.posted.length, 1)
  later.hear(encodeEnvelope({ text: 'hi', from: 'carol', to: '' }), idOfName('squatter'), 2)
  assert.is(later.events('message').at(-1)?.trust, 'changed')
})

test('a conversation that was opened goes on with its own people, whoever takes the name meanwhile', () => {
  const { me } = alice()
  claims(me, 'owner', 'carol')
  me.type('/dm carol')
  claims(me, 'squatter', 'carol')
  me.type('psst')
  assert.equal(
    me.posted.map((body) => body.kind === 'text' && body.to),
    [[idOfName('owner')]]
  )
})

test.run()

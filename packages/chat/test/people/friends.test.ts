// Who is heard through a flood of strangers.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addContact } from '../../src/commands/people.ts'
import { pin, setBlocked } from '../../src/people/address-book.ts'
import { friendsOf } from '../../src/people/friends.ts'
import { fingerprintOf } from '../../src/people/trust.ts'
import { MAX_WRITTEN_TO, noteWrittenTo } from '../../src/session/session.ts'
import { idOfName, People, type Person } from '../support/people.ts'

/** Two who see each other. */
function met() {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob')
  assert.ok(alice && bob)
  return { alice, bob }
}

test('whoever was only seen, or has only written to this user, is no friend', () => {
  const { alice, bob } = met()
  bob.type('hello all')
  bob.type('@alice psst')
  assert.ok(alice.heard.some((line) => line.includes('psst')))
  assert.equal(idsOf(alice), [])
})

test('contacts are, and those whom the user wrote to or sent a file, each once', () => {
  const { alice, bob } = met()
  alice.type('@bob psst')
  assert.equal(idsOf(alice), [bob.id])
  addContact(alice.session, bob.id, 'bob', 0)
  addContact(alice.session, idOfName('carol'), 'carol', 0)
  assert.equal(idsOf(alice), [bob.id, idOfName('carol')])
  bob.type('/send alice secret.txt')
  assert.equal(idsOf(bob), [alice.id])
})

test('a blocked key is not, whatever it was before', () => {
  const { alice, bob } = met()
  alice.type(`@${fingerprintOf(bob.id)} psst`)
  pin(alice.session.book, bob.id, 'bob', 0)
  setBlocked(alice.session.book, bob.id, 'bob', true, 0)
  assert.equal(idsOf(alice), [])
})

test('of those written to only the latest are remembered', () => {
  const { alice } = met()
  for (let n = 0; n <= MAX_WRITTEN_TO; n++) noteWrittenTo(alice.session, idOfName(`reader ${n}`))
  assert.is(idsOf(alice).length, MAX_WRITTEN_TO)
  assert.not.ok(idsOf(alice).includes(idOfName('reader 0')))
})

function idsOf({ session }: Person): string[] {
  return friendsOf(session.book, session.writtenTo)
}

test.run()

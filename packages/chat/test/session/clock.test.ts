// What steps of the clock do: nothing, but for what is shown of it.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addContact, who } from '../../src/commands/people.ts'
import {
  MAX_REFUSED_AUTHORS,
  newRefusals,
  noteRefused,
  REFUSED_REPORT_MS,
  takeRefused
} from '../../src/guard/refused.ts'
import { PRESENCE_MS } from '../../src/people/roster.ts'
import { encodeBody } from '../../src/wire/sealed-body.ts'
import { idOfName, People, type Person, START } from '../support/people.ts'

const HOUR_MS = 3_600_000

function two(): { room: People; alice: Person; bob: Person } {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob')
  if (alice === undefined || bob === undefined) throw new Error('they are there')
  return { room, alice, bob }
}

for (const step of [3 * HOUR_MS, -3 * HOUR_MS, 24 * HOUR_MS]) {
  test(`a step of the clock by ${step / HOUR_MS} hours makes nobody leave and stops nobody from saying that they are there`, () => {
    const { room, alice, bob } = two()
    room.clockMs = step
    const before = alice.said
    room.pass(6 * PRESENCE_MS)
    assert.ok(alice.said - before >= 5, `${alice.said - before} presence messages`)
    for (const person of [alice, bob]) assert.is(person.session.roster.size, 1)
    assert.is(alice.events('presence').filter(({ change }) => change === 'left').length, 0)
    assert.is(who(alice.session).length, 2)
    alice.type('@bob psst')
    assert.equal(bob.heard, ['alice: psst'])
    assert.is(bob.events('message')[0]?.at, room.now + step)
  })
}

test('a search for somebody ends in its time, whatever is done to the clock', () => {
  const { room, alice } = two()
  alice.type('@nobody psst')
  room.clockMs = -3 * HOUR_MS
  room.pass(6_000)
  assert.is(alice.events('said').at(-1)?.state, 'nobody')
})

test('whoever was met in an earlier run is no stranger, though its clock was ahead', () => {
  const room = new People()
  const earlier = room.add('alice')
  const id = idOfName('bob')
  addContact(earlier.session, id, 'bob', START + 10 * HOUR_MS)
  const person = earlier.session.book.people.get(id)
  if (person === undefined) throw new Error('he was added')
  person.standing = 'seen'
  const later = room.add('later', { book: earlier.session.book })
  later.hear(Buffer.from('{"Text":"hi","From":"bob"}'), id, 1)
  assert.is(later.events('message')[0]?.trust, 'seen')
})

test('that a sealed message was refused for its clock is told, once for many', () => {
  const { room, alice } = two()
  const content = { kind: 'text', text: 'late', name: 'bob', key: new Uint8Array(32), to: [alice.id] } as const
  for (let n = 0; n < 3; n++) {
    const id = n.toString(16).padStart(32, 'c')
    const body = { id, at: room.now - HOUR_MS, content, data: new Uint8Array() }
    alice.open(encodeBody(body), idOfName('bob'))
  }
  room.pass(400)
  assert.equal(alice.heard, [])
  assert.equal(
    alice.notices.filter((text) => text.includes('not shown')),
    ['3 sealed messages of bob not shown: the clock of bob is 60 minutes behind yours; one is wrong']
  )
})

test('a crowd of authors is told of in one line now and then', () => {
  const refusals = newRefusals()
  for (let n = 0; n < 10 * MAX_REFUSED_AUTHORS; n++) noteRefused(refusals, `author ${n}`, null)
  noteRefused(refusals, 'author 5', null)
  const told = takeRefused(refusals, 0)
  assert.is(told.length, MAX_REFUSED_AUTHORS)
  assert.equal(told[0], { author: 'author 5', count: 2, aheadMs: null })
  noteRefused(refusals, 'author 5', null)
  assert.equal(takeRefused(refusals, REFUSED_REPORT_MS - 1), [])
  assert.is(takeRefused(refusals, REFUSED_REPORT_MS).length, 1)
})

test.run()

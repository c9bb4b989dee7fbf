// Who is there, and how people come to know.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_ROSTER, PRESENCE_MS, presencePeriod, type Roster, sight } from '../../src/people/roster.ts'
import { encodePresence } from '../../src/wire/presence.ts'
import { idOfName, People, type Person } from '../support/people.ts'

function names(person: Person): string[] {
  return [...person.session.roster.values()].map(({ claimed }) => claimed).sort()
}

test('who comes late learns who is there, and is noticed', () => {
  const room = new People()
  room.gather('alice', 'bob', 'carol')
  room.pass(10_000)
  const dave = room.add('dave')
  room.pass(3_000)
  assert.equal(names(dave), ['alice', 'bob', 'carol'])
  for (const person of room.people.slice(0, 3)) {
    assert.equal(names(person).includes('dave'), true)
    assert.is(person.events('presence').at(-1)?.change, 'joined')
  }
})

test('many who come at once are answered once', () => {
  const room = new People()
  const [alice] = room.gather('alice') as [Person]
  room.pass(10_000)
  const late = Array.from({ length: 50 }, (_, n) => room.add(`late ${n}`.replace(' ', '-')))
  const before = late.map((person) => person.session.roster.size)
  assert.ok(before.every((size) => size === 0))
  room.pass(10_000)
  assert.ok(late.every((person) => person.session.roster.has(alice.id)))
  // Fifty newcomers, and few answers from each of fifty-one in ten seconds.
  const spoken = alice.session.marks.all
  assert.ok(
    [...spoken.values()].every(({ seq }) => seq <= 12),
    JSON.stringify([...spoken.values()])
  )
})

test('strangers who ask without end get few answers, and a newcomer among them still gets one', () => {
  const room = new People()
  const [alice] = room.gather('alice', 'bob', 'carol') as [Person]
  room.pass(60_000)
  const asks = encodePresence({ name: 'mallory', key: new Uint8Array(32).fill(7), state: 'here', asks: true })
  const spoken = () => alice.said
  const before = spoken()
  for (let second = 0; second < 300; second++) {
    for (const person of room.people) person.hear(asks, idOfName(`mallory ${second}`), 1)
    room.pass(1_000)
  }
  // Once a minute unasked, four answers at once, and one in five seconds and more: the strangers make the room larger.
  assert.ok(spoken() - before <= 5 + 4 + 300 / 5, `${spoken() - before}`)
  const dave = room.add('dave')
  for (let second = 300; second < 330; second++) {
    for (const person of room.people) person.hear(asks, idOfName(`mallory ${second}`), 1)
    room.pass(1_000)
  }
  for (const name of ['alice', 'bob', 'carol']) assert.ok(names(dave).includes(name), name)
})

test('who leaves is gone at once, who falls silent after a while', () => {
  const room = new People()
  const [alice, bob, carol] = room.gather('alice', 'bob', 'carol') as [Person, Person, Person]
  bob.leave()
  assert.equal(names(alice), ['carol'])
  assert.is(alice.events('presence').at(-1)?.change, 'left')
  room.people.splice(room.people.indexOf(carol), 1)
  room.pass(PRESENCE_MS * 3)
  assert.equal(names(alice), ['carol'])
  room.pass(PRESENCE_MS * 2)
  assert.equal(names(alice), [])
})

test('who stays is kept by being heard now and then', () => {
  const room = new People()
  const [alice] = room.gather('alice', 'bob') as [Person]
  room.pass(PRESENCE_MS * 20)
  assert.equal(names(alice), ['bob'])
})

test('a new name is told', () => {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob') as [Person, Person]
  bob.type('/nick robert')
  room.pass(2_000)
  const event = alice.events('presence').at(-1)
  assert.equal([event?.change, event?.name, event?.previous], ['renamed', 'robert', 'bob'])
})

test('who only looks on tells nobody', () => {
  const room = new People()
  const [alice] = room.gather('alice') as [Person]
  const ghost = room.add('ghost', { silent: true })
  room.pass(PRESENCE_MS * 2)
  ghost.leave()
  assert.equal(names(alice), [])
  assert.equal(names(ghost), ['alice'])
})

test('the roster is bounded, and large rooms say less often that they are there', () => {
  const roster: Roster = new Map()
  for (let n = 0; n < MAX_ROSTER + 10; n++) sight(roster, idOfName(`${n}`), 'x', null, 0)
  assert.is(roster.size, MAX_ROSTER)
  assert.is(sight(roster, 'one more', 'x', null, 0).change, 'refused')
  assert.is(presencePeriod(roster), MAX_ROSTER * 500)
})

test('/who and /whois tell what is known', () => {
  const room = new People()
  const [alice, bob] = room.gather('alice', 'bob') as [Person, Person]
  alice.type('/who')
  assert.equal(alice.notices.slice(-2), ['2 are here, you included:', `bob (${bob.id.slice(0, 8)}, new)`])
  alice.type('/whois bob')
  assert.equal(alice.notices.slice(-2), ['bob: new; here now, reads sealed messages', `key ${bob.id}`])
  alice.type('/whois alice')
  assert.equal(alice.notices.slice(-1), [`key ${alice.id}`])
})

test.run()

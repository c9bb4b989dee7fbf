// Who people are taken for.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { MAX_CONTACTS, MAX_SEEN, newAddressBook, noteSeen, pin } from '../../src/people/address-book.ts'
import { PHRASE_WORDS, phraseOf } from '../../src/people/phrase.ts'
import { looksLike } from '../../src/people/skeleton.ts'
import { identify, meet } from '../../src/people/trust.ts'
import { hostileText } from '../support/hostile-text.ts'
import { idOfName, People, type Person, START } from '../support/people.ts'

const bob = idOfName('bob')
const mallory = idOfName('mallory')
const self = { id: idOfName('me'), name: 'me', startedAt: START }

test('a stranger who takes a name never appears as the pinned contact', () => {
  const book = newAddressBook()
  pin(book, bob, 'bob', START)
  check(
    hostileText,
    (claimed) => {
      for (const name of [claimed, `bob${claimed}`, 'bob', 'BOB', 'bоb', 'b\u200bob', 'bob~', ` bob`]) {
        const known = meet(book, self, mallory, name, START)
        assert.is.not(known.name, 'bob')
        assert.not.ok(known.trust === 'pinned' || known.trust === 'verified')
      }
    },
    300
  )
  assert.equal(identify(book, self, bob, 'anything'), { name: 'bob', trust: 'pinned' })
})

test('lookalikes of a known name are marked as changed, with a fingerprint that no name can imitate', () => {
  const book = newAddressBook()
  pin(book, bob, 'bob', START)
  for (const claimed of ['bob', 'Bob', 'b0b', 'вов', 'bób', 'ｂｏｂ', 'ЬoЬ'])
    assert.equal(identify(book, self, mallory, claimed).trust, 'changed', claimed)
  assert.is(identify(book, self, mallory, 'bob').name, `bob~${mallory.slice(0, 8)}`)
  assert.is(identify(book, self, mallory, `x~${bob.slice(0, 8)}`).name, `x_${bob.slice(0, 8)}`)
})

test('a name belongs to the first key seen with it, and stays there when that one changes its name', () => {
  const book = newAddressBook()
  assert.equal(meet(book, self, bob, 'bob', START), { name: 'bob', trust: 'new' })
  assert.is(meet(book, self, mallory, 'bob', START).trust, 'changed')
  assert.is(meet(book, self, bob, 'robert', START).name, 'robert')
  assert.is(meet(book, self, mallory, 'bob', START).trust, 'changed')
  assert.equal(meet(book, self, bob, 'bob', START), { name: 'bob', trust: 'new' })
})

test('one key cannot keep more than a few names from others', () => {
  const book = newAddressBook()
  for (let n = 0; n < 100; n++) meet(book, self, mallory, `name${n}`, START)
  assert.is(book.owners.size, 4)
  assert.is(meet(book, self, bob, 'name7', START).trust, 'new')
})

test('who was seen in an earlier run is no longer new', () => {
  const book = newAddressBook()
  noteSeen(book, bob, 'bob', START - 1)
  assert.is(identify(book, self, bob, 'bob').trust, 'seen')
})

test('who takes the name of somebody else is told how others see it', () => {
  const [alice] = new People().gather('alice', 'bob') as [Person]
  alice.type('/nick Bob')
  const shown = `Bob~${alice.id.slice(0, 8)}`
  assert.equal(alice.notices.slice(-2), [
    'you are now Bob',
    `bob is somebody else here: who knows them sees you as ${shown}, with a warning`
  ])
})

test('nobody else goes by the name of this user', () => {
  assert.is(identify(newAddressBook(), self, mallory, 'Me').trust, 'changed')
})

test('who has no name is called after the key', () => {
  assert.is(identify(newAddressBook(), self, bob, '').name, `anon-${bob.slice(0, 6)}`)
})

test('the book is bounded: contacts stay, those unseen for longest go', () => {
  const book = newAddressBook()
  pin(book, bob, 'bob', START)
  for (let n = 0; n < MAX_SEEN * 2; n++) noteSeen(book, idOfName(`seen ${n}`), `seen${n}`, START + n)
  assert.ok(book.people.size <= MAX_SEEN + 1)
  assert.is(identify(book, self, bob, '').trust, 'pinned')
  assert.ok(book.people.has(idOfName(`seen ${MAX_SEEN * 2 - 1}`)))
  for (let n = 0; n < MAX_CONTACTS + 5; n++) pin(book, idOfName(`c ${n}`), `c${n}`, START)
  assert.is([...book.people.values()].filter(({ standing }) => standing === 'contact').length, MAX_CONTACTS)
})

test('names that look alike have one skeleton, and different ones do not', () => {
  for (const [one, other] of [
    ['modern', 'modem'],
    ['paypal', 'pаypаl'],
    ['Zoë', 'zoe'],
    ['a_b', 'a-b'],
    ['bob', 'bob✓'],
    ['l1I', 'iii']
  ] as const)
    assert.ok(looksLike(one, other), one)
  for (const [one, other] of [
    ['alice', 'alicia'],
    ['bob', 'rob'],
    ['李雷', '韩梅']
  ] as const)
    assert.not.ok(looksLike(one, other), one)
})

test('the whole table of confusables tells imitations of a name', () => {
  const imitations = [
    '\u0430lice',
    'ali\u1d04e',
    '\ua4ee\ua4e1\ua4f2\ua4da\ua4f0',
    '\u13aalice',
    'al\u026ace',
    'al\u0269ce',
    'al\u1d09ce',
    'a\u0269i\u1d04e',
    '\u1d00lice',
    '\u2c81lice',
    'ali\u{118f2}e',
    'ali\ua4dae',
    '𝓪𝕝𝒾ｃе',
    'A|ice',
    'al\u0131ce',
    'ꭺlice',
    'αłιсε',
    '🅐🅛🅘🅒🅔',
    '🇦🇱🇮🇨🇪',
    'ⒶⓁⒾⒸⒺ',
    'al\u200Dice',
    'аⅼіⅽе'
  ]
  for (const name of imitations) assert.ok(looksLike(name, 'alice'), JSON.stringify(name))
  for (const [one, other] of [
    ['Hans', '\u0397ans'],
    ['\u0397λίας', '\u03b7λίας'],
    ['Глеб', 'глеб'],
    ['anna', 'а\u0578n\u0430'],
    ['Пётр', 'Π\u0451тр'],
    ['москва', 'mockва']
  ] as const)
    assert.ok(looksLike(one, other), one)
})

test('names of one script that differ do not look alike', () => {
  const names = [
    'anna',
    'hans',
    'dora',
    'tom',
    'tim',
    'Анна',
    'Иван',
    'Пётр',
    'Νίκος',
    'Μαρία',
    'דוד',
    'משה',
    'علی',
    'رضا'
  ]
  const more = ['सीता', 'राम', '小明', '小红', '太郎', '花子', '철수', '영희', 'สมชาย', 'สมหญิง', '😀', '😎']
  const all = [...names, ...more]
  for (const one of all)
    assert.equal(
      all.filter((other) => looksLike(one, other)),
      [one]
    )
})

test('a code point that is not assigned may pass for any letter', () => {
  const book = newAddressBook()
  pin(book, bob, 'alice', START)
  assert.is(identify(book, self, mallory, 'a\u13feice').trust, 'changed')
  assert.is(identify(book, self, mallory, 'a\u13fe\u13feice').trust, 'new')
  assert.is(identify(book, { ...self, name: 'carol' }, mallory, 'car\u13fel').trust, 'changed')
})

test('a name that looks like two others is not its own because one of them is', () => {
  const book = newAddressBook()
  pin(book, bob, 'Hans', START)
  noteSeen(book, mallory, '\u03b7ans', START)
  assert.is(identify(book, self, mallory, '\u0397ans').trust, 'changed')
})

test('names kept by an earlier version are judged as names are now', () => {
  const person = {
    id: bob,
    name: '\u13aalice',
    standing: 'contact',
    blocked: false,
    firstAt: START,
    lastAt: START
  } as const
  const book = newAddressBook([{ ...person, names: ['what it was'] }])
  assert.is(identify(book, self, mallory, 'alice').trust, 'changed')
})

test('both sides get the same words, others get other words', () => {
  const phrase = phraseOf(bob, mallory)
  assert.is(phrase.split(' ').length, PHRASE_WORDS)
  assert.is(phraseOf(mallory, bob), phrase)
  assert.is.not(phraseOf(self.id, bob), phrase)
})

test('a contact is added by fingerprint, verified by words, and told apart from who takes the name', () => {
  const room = new People()
  const [alice, bobby] = room.gather('alice', 'bobby') as [ReturnType<People['add']>, ReturnType<People['add']>]
  alice.type(`/contact add ${bobby.id.slice(0, 8)} Bob`)
  bobby.type('hi')
  assert.equal(alice.events('message').at(-1)?.trust, 'pinned')
  assert.is(alice.events('message').at(-1)?.from, 'Bob')
  alice.type('/verify Bob')
  const words = phraseOf(alice.id, bobby.id)
  assert.ok(alice.notices.includes(words))
  bobby.type('/verify alice')
  assert.ok(bobby.notices.includes(words))
  alice.type('/verify Bob yes')
  bobby.type('hi again')
  assert.is(alice.events('message').at(-1)?.trust, 'verified')

  const stranger = room.add('stranger', { name: 'Bob' })
  room.pass(5_000)
  stranger.type('send money')
  const fake = alice.events('message').at(-1)
  assert.is(fake?.trust, 'changed')
  assert.is(fake?.from, `Bob~${stranger.id.slice(0, 8)}`)
  assert.ok(alice.notices.some((text) => text.startsWith('WARNING: Bob~')))
  alice.type('@Bob for you')
  room.pass(1_000)
  assert.ok(bobby.heard.includes('alice: for you'))
  assert.not.ok(stranger.heard.includes('alice: for you'))
  alice.type(`@Bob~${stranger.id.slice(0, 8)} who are you?`)
  assert.ok(stranger.heard.includes('alice: who are you?'))
})

test('a contact is not replaced by another of the same name, and can be removed', () => {
  const room = new People()
  const [alice, bobby, carol] = room.gather('alice', 'bobby', 'carol') as [
    ReturnType<People['add']>,
    ReturnType<People['add']>,
    ReturnType<People['add']>
  ]
  alice.type(`/contact add bobby friend`)
  alice.type(`/contact add ${carol.id} friend`)
  assert.match(alice.notices.at(-1) ?? '', 'is a contact already')
  alice.type('/nick friend')
  assert.match(alice.notices.at(-1) ?? '', 'one of your contacts')
  alice.type('/contacts')
  assert.match(alice.notices.at(-1) ?? '', `friend (${bobby.id.slice(0, 8)}, contact, here)`)
  alice.type('/contact remove friend')
  alice.type(`/contact add ${carol.id} friend`)
  assert.match(alice.notices.at(-1) ?? '', 'is now who has the key')
})

test('nothing of a blocked key is shown, in the open or sealed, until it is unblocked', () => {
  const room = new People()
  const [alice, mallory] = room.gather('alice', 'mallory') as [ReturnType<People['add']>, ReturnType<People['add']>]
  alice.type('/block mallory')
  mallory.type('spam')
  mallory.type('@alice more spam')
  mallory.type('/nick innocent')
  mallory.type('still me')
  assert.equal(alice.heard, [])
  alice.type(`/unblock ${mallory.id.slice(0, 8)}`)
  mallory.type('sorry')
  assert.equal(alice.heard, ['innocent: sorry'])
})

test.run()

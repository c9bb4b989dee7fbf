import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { passesMarks } from '../../src/guard/high-water-marks.ts'
import { isBlocked, pin, setBlocked } from '../../src/people/address-book.ts'
import { bookOf, bookText } from '../../src/store/book-file.ts'
import { chooseProfile, MAX_PROFILES, openProfile, type Profile, throwAwayProfile } from '../../src/store/profile.ts'
import { Saver } from '../../src/store/saver.ts'
import { idOfName } from '../support/people.ts'

const test = suite<{ folder: string }>('profile')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodchat-profile-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const bob = idOfName('bob')

/** As a run of the chat leaves it. The network makes the key. */
async function used(profile: Profile, name: string): Promise<Profile> {
  writeFileSync(profile.identity ?? '', 'key')
  profile.book.dirty = true
  await profile.save(name)
  profile.release()
  return profile
}

test('contacts, blocks, the name and what was heard are there in the next run, for their owner only', async ({
  folder
}) => {
  const first = chooseProfile(folder, null)
  pin(first.book, bob, 'bob', 1)
  setBlocked(first.book, idOfName('spam'), 'spam', true, 1)
  passesMarks(first.marks, bob, 7, 7, { keeps: () => false, nowMs: Date.now() })
  await used(first, 'alice')
  const second = chooseProfile(folder, null)
  assert.is(second.name, 'alice')
  assert.is(second.book.people.get(bob)?.standing, 'contact')
  assert.ok(isBlocked(second.book, idOfName('spam')))
  assert.not.ok(passesMarks(second.marks, bob, 7, 7, { keeps: () => false, nowMs: Date.now() }))
  for (const file of ['contacts', 'heard']) assert.is(statSync(`${second.identity}.${file}`).mode & 0o777, 0o600)
  assert.not.ok(readdirSync(folder).some((name) => name.endsWith('.tmp')))
})

test('two that run at once have an identity each, and find their own again by name', async ({ folder }) => {
  const alice = chooseProfile(folder, 'alice')
  const bobs = chooseProfile(folder, 'bob')
  assert.is.not(alice.identity, bobs.identity)
  await used(alice, 'alice')
  await used(bobs, 'bob')
  const again = chooseProfile(folder, 'bob')
  assert.is(again.identity, bobs.identity)
  const other = chooseProfile(folder, 'carol')
  assert.is(other.identity, alice.identity)
  for (const profile of [again, other]) profile.release()
})

test('whoever gets another identity than the usual one, or than the one asked for, is told in one line', async ({
  folder
}) => {
  const alice = chooseProfile(folder, 'alice')
  writeFileSync(alice.identity ?? '', 'key')
  const bobs = chooseProfile(folder, 'bob')
  assert.equal([alice.warning, bobs.warning], [null, null])
  await used(bobs, 'bob')
  const usual = chooseProfile(folder, null)
  assert.is(usual.identity, bobs.identity)
  assert.is(usual.warning, 'another chat of yours runs: here you have another key')
  assert.match(usual.detail ?? '', new RegExp(`floodchat-1.pem is in use by process ${process.pid}`))
  const second = chooseProfile(folder, 'bob')
  assert.is(second.warning, 'bob runs already: this one has another key, and contacts of its own')
  for (const profile of [alice, usual, second]) profile.release()
})

test('says so when there are no more', ({ folder }) => {
  const profiles = Array.from({ length: MAX_PROFILES }, () => chooseProfile(folder, null))
  assert.is(new Set(profiles.map(({ identity }) => identity)).size, MAX_PROFILES)
  assert.throws(() => chooseProfile(folder, null), /in use.*--identity/)
  for (const profile of profiles) profile.release()
})

test('an identity in use is refused, and one that a killed chat left is taken over', ({ folder }) => {
  const identity = join(folder, 'key')
  writeFileSync(`${identity}.lock`, `${process.ppid}\n`)
  assert.throws(() => openProfile(identity), new RegExp(`in use by process ${process.ppid}`))
  const { pid } = spawnSync(process.execPath, ['--version'])
  writeFileSync(`${identity}.lock`, `${pid}\n`)
  openProfile(identity).release()
  writeFileSync(`${identity}.lock`, '')
  openProfile(identity).release()
  assert.not.ok(existsSync(`${identity}.lock`))
})

test('a spoilt address book is refused with what to do, never read as empty', ({ folder }) => {
  const identity = join(folder, 'key')
  for (const text of ['', '{', '[]', '{"version":2,"people":[]}', '{"version":1,"people":[{"id":"x"}]}']) {
    writeFileSync(`${identity}.contacts`, text)
    assert.throws(() => openProfile(identity), /spoilt.*Move it away/, text)
    assert.not.ok(existsSync(`${identity}.lock`))
  }
})

test('what cannot be saved is told once, and saved when it can be', async ({ folder }) => {
  const home = join(folder, 'home')
  const profile = openProfile(join(home, 'key'))
  pin(profile.book, bob, 'bob', 1)
  rmSync(home, { recursive: true })
  const told: string[] = []
  const saver = new Saver(profile.save, (message) => void told.push(message))
  await saver.save('alice')
  await saver.save('alice')
  assert.is(told.length, 1)
  assert.match(told[0] ?? '', 'cannot be saved')
  mkdirSync(home)
  await saver.save('alice')
  assert.ok(existsSync(join(home, 'key.contacts')))
  profile.release()
})

test('a book is read as it was written', () => {
  const { book } = throwAwayProfile()
  pin(book, bob, 'bób "x"', 5)
  const again = bookOf(bookText('me', book))
  assert.equal([...again.book.people], [...book.people])
  assert.equal([...again.book.owners], [...book.owners])
  assert.is(again.name, 'me')
})

test.run()

// Files between people who talk through the pure part alone; the test is their disk.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  GIVE_UP_MS,
  LOST_CHUNK_MS,
  MAX_ASKED_CHUNKS,
  MAX_OFFERS,
  MAX_OFFERS_OF_CONTACT,
  MAX_OFFERS_OF_STRANGER,
  MAX_OFFERS_OF_STRANGERS,
  MAX_TRANSFERS
} from '../../src/files/file-limits.ts'
import { takeChunk } from '../../src/files/sending.ts'
import type { FileTask } from '../../src/session/effects.ts'
import { CHUNK_BYTES, ChunkSet, chunkCount, chunkLength } from '../../src/wire/chunk-set.ts'
import { type FileBody, MAX_FILE_BYTES, WINDOW_CHUNKS } from '../../src/wire/file-messages.ts'
import { encodeBody } from '../../src/wire/sealed-body.ts'
import { idOfName, People, type Person } from '../support/people.ts'

const HASH = 'ab'.repeat(32)
const KEY = new Uint8Array(32).fill(1)
let sealed = 0

interface Two {
  readonly people: People
  readonly alice: Person
  readonly bob: Person
}

function two(): Two {
  const people = new People()
  const [alice, bob] = people.gather('alice', 'bob') as [Person, Person]
  return { people, alice, bob }
}

/** A sealed message of `author` to `reader`, as hostile as a test wants it. */
function post({ people }: Two, reader: Person, author: string, content: FileBody, data = new Uint8Array()): void {
  const id = (++sealed).toString(16).padStart(32, 'e')
  reader.open(encodeBody({ id, at: people.now, content, data }), idOfName(author))
}

function offer(file: string, more: Partial<Extract<FileBody, { kind: 'file-offer' }>> = {}): FileBody {
  return {
    kind: 'file-offer',
    file: file.padStart(32, '0'),
    fileName: 'x.bin',
    bytes: 100 * CHUNK_BYTES,
    hash: HASH,
    name: 'alice',
    key: KEY,
    ...more
  }
}

function chunk(file: string, index: number): FileBody {
  return { kind: 'file-chunk', file: file.padStart(32, '0'), index }
}

function tasks<K extends FileTask['task']>(person: Person, kind: K): Extract<FileTask, { task: K }>[] {
  return person.tasks.filter((task): task is Extract<FileTask, { task: K }> => task.task === kind)
}

function states(person: Person): string[] {
  return person.events('transfer').map(({ state }) => state)
}

/** Alice offers a file to bob, who accepts it and has `held` chunks of it. */
function begin(bytes: number, held: readonly number[] = []): Two {
  const both = two()
  both.alice.type('/send bob some/x.bin')
  both.alice.disk({ result: 'read', nr: 1, name: 'x.bin', bytes, hash: HASH })
  both.bob.type('/accept')
  const chunks = new ChunkSet(chunkCount(bytes))
  for (const index of held) chunks.add(index)
  both.bob.disk({ result: 'opened', nr: 1, chunks })
  return both
}

/** Chunks go from alice to bob and to his disk until none is asked for, `max` at most. Which ones they were. */
function carry(both: Two, bytes: number, max = Number.POSITIVE_INFINITY): number[] {
  const sent: number[] = []
  while (sent.length < max) {
    const next = takeChunk(both.alice.session)
    if (next === null) break
    sent.push(next.index)
    const data = new Uint8Array(chunkLength(bytes, next.index))
    post(both, both.bob, 'alice', { kind: 'file-chunk', file: next.file, index: next.index }, data)
    for (const { nr, index } of tasks(both.bob, 'write').splice(0)) both.bob.disk({ result: 'written', nr, index })
  }
  return sent
}

test('a file is offered, accepted, fetched whole, and both sides are told', () => {
  const bytes = 40 * CHUNK_BYTES + 7
  const both = begin(bytes)
  const { alice, bob } = both
  assert.equal(
    carry(both, bytes),
    Array.from({ length: 41 }, (_, index) => index)
  )
  assert.equal(tasks(bob, 'finish'), [{ task: 'finish', nr: 1, name: 'x.bin' }])
  bob.disk({ result: 'finished', nr: 1, path: '/got/x.bin' })
  assert.is(states(bob).at(0), 'offered')
  assert.is(states(bob).at(-1), 'done')
  assert.is(states(alice).at(-1), 'done')
  assert.is(alice.session.files.outgoing.size + bob.session.files.incoming.size, 0)
  assert.ok(bob.notices.some((text) => text.includes('/accept 1') && text.includes(idOfName('alice').slice(0, 8))))
})

test('an empty file needs no chunk', () => {
  const { bob } = begin(0)
  assert.is(tasks(bob, 'finish').length, 1)
})

test('no more is under way than a window, and nothing is asked for before what came is written down', () => {
  const both = begin(1000 * CHUNK_BYTES)
  assert.is(takenOf(both.alice).length, WINDOW_CHUNKS)
  for (let index = 0; index < WINDOW_CHUNKS; index++)
    post(both, both.bob, 'alice', chunk(fileOf(both), index), new Uint8Array(CHUNK_BYTES))
  assert.is(takenOf(both.alice).length, 0)
  assert.is(tasks(both.bob, 'write').length, WINDOW_CHUNKS)
  both.bob.disk({ result: 'written', nr: 1, index: 0 })
  assert.is(takenOf(both.alice).length, 0)
  for (let index = 1; index < WINDOW_CHUNKS; index++) both.bob.disk({ result: 'written', nr: 1, index })
  assert.is(takenOf(both.alice).length, WINDOW_CHUNKS)
})

test('what came earlier is not asked for again', () => {
  const bytes = 30 * CHUNK_BYTES
  const held = [0, 1, 2, 7, 8, 20, 29]
  const both = begin(bytes, held)
  const sent = carry(both, bytes)
  assert.is(sent.length, 30 - held.length)
  assert.not.ok(sent.some((index) => held.includes(index)))
  assert.is(tasks(both.bob, 'finish').length, 1)
})

test('chunks that are lost are asked for again; when nobody sends any, what came is kept', () => {
  const bytes = 50 * CHUNK_BYTES
  const both = begin(bytes)
  const { people, bob } = both
  takenOf(both.alice)
  people.pass(6_000)
  assert.is(carry(both, bytes).length, 50)
  assert.is(tasks(bob, 'finish').length, 1)
  const gone = begin(bytes)
  takenOf(gone.alice)
  gone.alice.leave()
  gone.people.pass(GIVE_UP_MS + LOST_CHUNK_MS)
  assert.is(states(gone.bob).at(-1), 'failed')
  assert.equal(tasks(gone.bob, 'close').at(-1), { task: 'close', nr: 1, discard: false })
})

test('a reader who has started again is offered the file again, under its new key', () => {
  const both = begin(50 * CHUNK_BYTES)
  both.bob.leave()
  const again = both.people.add('bob', { key: new Uint8Array(32).fill(9) })
  both.people.pass(5_000)
  assert.is(again.events('transfer')[0]?.state, 'offered')
  again.type('/accept')
  again.disk({ result: 'opened', nr: 1, chunks: new ChunkSet(50) })
  assert.equal(Buffer.from(takeChunk(both.alice.session)?.key ?? []), Buffer.alloc(32, 9))
})

test('a sender who has started again goes on where it was, without being accepted again', () => {
  const both = begin(50 * CHUNK_BYTES)
  carry(both, 50 * CHUNK_BYTES, 10)
  const before = both.bob.posted.length
  post(both, both.bob, 'alice', offer('5', { bytes: 50 * CHUNK_BYTES }))
  const ask = both.bob.posted.slice(before).find(({ kind }) => kind === 'file-ask')
  assert.equal(ask?.kind === 'file-ask' && { file: ask.file, have: ask.have, ranges: ask.ranges }, {
    file: '5'.padStart(32, '0'),
    have: 10,
    ranges: [[10, 26]]
  })
})

test('a path in an offer is refused, and the sender told', () => {
  const both = two()
  for (const [n, fileName] of ['../../x', '/etc/passwd', 'a\0b', '', '..'].entries()) {
    const before = both.bob.posted.length
    post(both, both.bob, 'alice', offer(`${n}`, { fileName }))
    assert.equal(
      both.bob.posted.slice(before).map((body) => body.kind === 'file-end' && body.outcome),
      ['declined']
    )
  }
  assert.is(both.bob.session.files.incoming.size, 0)
  assert.is(both.bob.notices.filter((text) => text.includes('refused')).length, 5)
})

test('offers with sizes, hashes or ids that cannot be are no sealed messages', () => {
  const both = two()
  const lies = [
    { bytes: -1 },
    { bytes: 1.5 },
    { bytes: MAX_FILE_BYTES + 1 },
    { hash: 'x' },
    { hash: 'G'.repeat(64) },
    { file: '../x' }
  ]
  for (const lie of lies) post(both, both.bob, 'alice', offer('1', lie))
  assert.equal(both.bob.invalid, Array(lies.length).fill('sealed-unreadable'))
})

test('a thousand offers fill no more than their place', () => {
  const both = two()
  for (let n = 0; n < 500; n++) post(both, both.bob, 'alice', offer(`${n}`, { hash: idOfName(`${n}`) }))
  assert.is(both.bob.session.files.incoming.size, MAX_OFFERS_OF_STRANGER)
  for (let n = 500; n < 1000; n++) post(both, both.bob, `stranger ${n}`, offer(`${n}`, { name: `s${n}` }))
  assert.is(both.bob.session.files.incoming.size, MAX_OFFERS_OF_STRANGERS)
  assert.is(states(both.bob).length, MAX_OFFERS_OF_STRANGERS)
})

test('strangers, however many, take no place of a contact', () => {
  const both = two()
  const { bob } = both
  const bring = (from: string, count: number) => {
    for (let n = 0; n < count; n++)
      post(both, bob, from, offer(`${++sealed}`, { hash: idOfName(`${sealed}`), name: from }))
  }
  const authors = () => [...bob.session.files.incoming.values()].map(({ peer }) => peer.id)
  for (let n = 0; n < 50; n++) bring(`stranger ${n}`, 1)
  const friends = Array.from({ length: 5 }, (_, n) => `friend-${n}`)
  for (const friend of friends) {
    bob.type(`/contact add ${idOfName(friend)} ${friend}`)
    bring(friend, MAX_OFFERS_OF_CONTACT + 1)
  }
  const ofFriends = authors().filter((id) => friends.some((friend) => idOfName(friend) === id))
  assert.is(ofFriends.length, friends.length * MAX_OFFERS_OF_CONTACT)
  // The fifth friend's were more than there was room for: the oldest of strangers went, and was told.
  assert.is(authors().length, MAX_OFFERS)
  assert.not.ok(authors().includes(idOfName('stranger 0')))
  assert.is(
    states(bob).filter((state) => state === 'cancelled').length,
    MAX_OFFERS_OF_STRANGERS + ofFriends.length - MAX_OFFERS
  )
})

test('chunks that nobody asked for, of another length or from others are thrown away', () => {
  const both = begin(100 * CHUNK_BYTES)
  const file = fileOf(both)
  const whole = new Uint8Array(CHUNK_BYTES)
  post(both, both.bob, 'alice', chunk(file, 99), whole)
  post(both, both.bob, 'alice', chunk(file, 100_000), new Uint8Array(0))
  post(both, both.bob, 'alice', chunk(file, 0), whole.subarray(1))
  post(both, both.bob, 'mallory', chunk(file, 0), whole)
  post(both, both.bob, 'alice', chunk('abc', 0), whole)
  assert.is(tasks(both.bob, 'write').length, 0)
  assert.is(both.bob.invalid.filter((reason) => /file-unasked|sealed-unreadable/.test(reason)).length, 5)
  post(both, both.bob, 'alice', chunk(file, 0), whole)
  post(both, both.bob, 'alice', chunk(file, 0), whole)
  assert.is(tasks(both.bob, 'write').length, 1)
})

test('asks outside of the file, for too much, from others or repeated bring nothing out', () => {
  const both = begin(100 * CHUNK_BYTES)
  const file = fileOf(both)
  takenOf(both.alice)
  const ask = (n: number, ranges: [number, number][], have = 0): FileBody => ({
    kind: 'file-ask',
    file,
    n,
    have,
    ranges
  })
  post(both, both.alice, 'bob', ask(5, [[90, 101]]))
  post(both, both.alice, 'bob', ask(6, [[5, 2]]))
  post(both, both.alice, 'bob', ask(7, [[0, 1]], 101))
  post(both, both.alice, 'mallory', ask(8, [[0, 1]]))
  post(both, both.alice, 'bob', ask(1, [[0, 1]]))
  assert.is(takenOf(both.alice).length, 0)
  post(
    both,
    both.alice,
    'bob',
    ask(9, [
      [0, 100],
      [0, 100]
    ])
  )
  assert.is(takenOf(both.alice).length, MAX_ASKED_CHUNKS)
})

test('a file with a wrong hash is thrown away, and the sender told', () => {
  const both = begin(CHUNK_BYTES)
  carry(both, CHUNK_BYTES)
  both.bob.disk({ result: 'wrong-hash', nr: 1 })
  assert.is(states(both.bob).at(-1), 'failed')
  assert.equal(tasks(both.bob, 'close').at(-1), { task: 'close', nr: 1, discard: true })
  assert.is(states(both.alice).at(-1), 'failed')
})

test('either side ends it', () => {
  for (const who of ['alice', 'bob'] as const) {
    const both = begin(100 * CHUNK_BYTES)
    carry(both, 100 * CHUNK_BYTES, 3)
    both[who].type('/cancel')
    assert.is(states(both.alice).at(-1), 'cancelled')
    assert.is(states(both.bob).at(-1), 'cancelled')
    assert.is(takeChunk(both.alice.session), null)
  }
})

test('only so many files come in at one time', () => {
  const both = two()
  for (let n = 0; n <= MAX_TRANSFERS; n++) {
    const from = n < MAX_OFFERS_OF_STRANGER ? 'alice' : n < 2 * MAX_OFFERS_OF_STRANGER ? 'carol' : 'dave'
    post(both, both.bob, from, offer(`${n}`, { hash: idOfName(`${n}`) }))
    both.bob.type(`/accept ${n + 1}`)
  }
  assert.is(tasks(both.bob, 'open').length, MAX_TRANSFERS)
  assert.match(both.bob.notices.at(-1) ?? '', 'on their way already')
})

test('words without a reader, a file or a number get clear words', () => {
  const { alice } = two()
  for (const [line, words] of [
    ['/send', 'needs a name and a file'],
    ['/send x.bin', 'to whom?'],
    ['/send nobody x.bin', 'looking for nobody...'],
    ['/send alice x.bin', 'that is you'],
    ['/accept', 'no file to accept'],
    ['/accept x', 'takes the number'],
    ['/cancel 7', 'no file 7 to cancel']
  ] as const) {
    alice.type(line)
    assert.match(alice.notices.at(-1) ?? '', words)
  }
  assert.equal(alice.tasks, [])
})

test('a file for somebody who is just coming waits for them, and it is told when nobody comes', () => {
  const { people, alice } = two()
  alice.type('/send dave x.bin')
  alice.type('to everyone')
  people.pass(1_000)
  people.add('dave')
  people.pass(3_000)
  assert.equal(
    tasks(alice, 'read').map(({ path }) => path),
    ['x.bin']
  )
  alice.type('/send nobody y.bin')
  people.pass(6_000)
  assert.is(alice.notices.at(-1), 'not sent: nobody named nobody is here')
  assert.is(tasks(alice, 'read').length, 1)
})

test('whoever falls silent is waited for, which is told once on either side', () => {
  const both = begin(100 * CHUNK_BYTES)
  carry(both, 100 * CHUNK_BYTES, 3)
  const { people, alice, bob } = both
  people.people.splice(0, 2)
  for (const [person, other] of [
    [alice, 'bob'],
    [bob, 'alice']
  ] as const) {
    for (let second = 0; second < 30; second++) {
      people.now += 1_000
      person.tick()
    }
    const running = person.events('transfer').filter(({ state }) => state === 'running')
    const reasons = running.flatMap(({ reason }) => reason ?? [])
    assert.equal(reasons, [`waiting for ${other}`])
  }
})

test('in a direct conversation the file alone is enough, with spaces in its name', () => {
  const { alice } = two()
  alice.type('/dm bob')
  alice.type('/send my file.txt')
  alice.type('/send bob "other file.txt"')
  assert.equal(
    tasks(alice, 'read').map(({ path }) => path),
    ['my file.txt', '"other file.txt"']
  )
})

test('a file is not offered twice to the same person, and not even read again', () => {
  const { alice } = two()
  for (let n = 0; n < 2; n++) alice.type('/send bob some/x.bin')
  assert.is(tasks(alice, 'read').length, 1)
  assert.match(alice.notices.at(-1) ?? '', 'offered to them already')
})

test('a name that not every system can store is offered as it is, with the name that it will have', () => {
  const both = two()
  post(both, both.bob, 'alice', offer('1', { fileName: 'film 12:30.webm' }))
  assert.match(both.bob.notices.at(-1) ?? '', 'offers film 12:30.webm (to be kept as film 12_30.webm),')
  post(both, both.bob, 'alice', offer('2', { fileName: 'plain.txt', hash: 'cd'.repeat(32) }))
  assert.match(both.bob.notices.at(-1) ?? '', 'offers plain.txt, ')
})

function takenOf({ session }: Person): number[] {
  const taken: number[] = []
  for (let next = takeChunk(session); next !== null; next = takeChunk(session)) taken.push(next.index)
  return taken
}

function fileOf({ bob }: Two): string {
  return [...bob.session.files.incoming.keys()][0] ?? ''
}

test.run()

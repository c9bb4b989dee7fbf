import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { addContact } from '../../src/commands/people.ts'
import { MAX_MARKS, newHighMarks, passesMarks } from '../../src/guard/high-water-marks.ts'
import { marksOf, marksText } from '../../src/store/marks-file.ts'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { idOfName, People, type Person, START } from '../support/people.ts'

const author = idOfName('author')
const nobodyKept = { keeps: () => false, nowMs: START }

test('what one run has heard is not shown in the next, and news is', () => {
  const words = encodeEnvelope({ text: 'once', from: 'author', to: '', via: '' })
  const room = new People()
  const before = room.add('reader')
  before.hear(words, author, 5, 100)
  const after = new People().add('reader', { marks: marksOf(marksText(before.session.marks)) })
  after.hear(words, author, 5, 100)
  after.hear(words, author, 4, 100)
  after.hear(words, author, 9, 99)
  assert.equal([after.heard, after.invalid], [[], ['replayed', 'replayed', 'replayed']])
  after.hear(words, author, 6, 100)
  after.hear(words, author, 1, 101)
  assert.is(after.heard.length, 2)
})

test('in one run the order of arrival does not matter: the windows of the network see to replays there', () => {
  const marks = newHighMarks()
  for (const seq of [5, 3, 4]) assert.ok(passesMarks(marks, author, 1, seq, nobodyKept))
})

test('never lets through what an earlier run let through, however many authors there were', () => {
  const packet = fc.record({
    who: fc.nat({ max: 20 }),
    incarnation: fc.integer({ min: 1, max: 4 }),
    seq: fc.integer({ min: 1, max: 9 })
  })
  check(fc.array(packet), (packets) => {
    const first = newHighMarks()
    const shown = packets.filter(({ who, incarnation, seq }) =>
      passesMarks(first, idOfName(`${who}`), incarnation, seq, nobodyKept)
    )
    const second = marksOf(marksText(first))
    for (const { who, incarnation, seq } of shown)
      assert.not.ok(passesMarks(second, idOfName(`${who}`), incarnation, seq, nobodyKept))
  })
})

test('is bounded, and what an author that was forgotten has said stays unheard', () => {
  const marks = newHighMarks()
  for (let n = 0; n <= MAX_MARKS; n++) passesMarks(marks, idOfName(`${n}`), 1000 + n, 1, nobodyKept)
  assert.is(marks.all.size, MAX_MARKS)
  const next = marksOf(marksText(marks))
  assert.not.ok(passesMarks(next, idOfName('0'), 1000, 1, nobodyKept))
  assert.ok(passesMarks(next, idOfName('0'), 1001, 1, nobodyKept))
})

test('a spoilt file is refused and not read as empty', () => {
  for (const text of ['', 'floor x', 'floor 1\nnonsense', `floor 1\n${author} 1`])
    assert.throws(() => marksOf(text), 'it')
})

test('a crowd displaces no contact: what they say is heard in the next run, and nothing of it twice', () => {
  const room = new People()
  const words = encodeEnvelope({ text: 'once', from: 'author', to: '', via: '' })
  const before = room.add('reader')
  addContact(before.session, author, 'author', START)
  const incarnation = START / 1_000 - 500
  before.hear(words, author, 5, incarnation)
  crowd(before, START / 1_000)
  const marks = marksOf(marksText(before.session.marks))
  assert.is(marks.all.size, MAX_MARKS)
  const after = new People().add('reader', { marks, book: before.session.book })
  after.hear(words, author, 5, incarnation)
  assert.equal(after.heard, [])
  after.hear(words, author, 6, incarnation)
  assert.is(after.heard.length, 1)
})

test('a crowd that claims to be of a time to come keeps nobody of the present out of the next run', () => {
  const before = new People().add('reader')
  crowd(before, START / 1_000 + 900)
  const after = new People().add('reader', { marks: marksOf(marksText(before.session.marks)) })
  after.hear(encodeEnvelope({ text: 'hi', from: 'carol', to: '', via: '' }), idOfName('carol'), 1, START / 1_000 + 61)
  assert.is(after.heard.length, 1)
})

/** More authors than are remembered, of one packet each. */
function crowd(reader: Person, incarnation: number): void {
  const words = encodeEnvelope({ text: 'x', from: 'x', to: '', via: '' })
  for (let n = 0; n <= MAX_MARKS; n++) reader.hear(words, idOfName(`crowd ${n}`), 1, incarnation)
}

test.run()

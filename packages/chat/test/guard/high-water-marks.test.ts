import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { MAX_MARKS, newHighMarks, passesMarks } from '../../src/guard/high-water-marks.ts'
import { marksOf, marksText } from '../../src/store/marks-file.ts'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { idOfName, People } from '../support/people.ts'

const author = idOfName('author')

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
  for (const seq of [5, 3, 4]) assert.ok(passesMarks(marks, author, 1, seq))
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
      passesMarks(first, idOfName(`${who}`), incarnation, seq)
    )
    const second = marksOf(marksText(first))
    for (const { who, incarnation, seq } of shown)
      assert.not.ok(passesMarks(second, idOfName(`${who}`), incarnation, seq))
  })
})

test('is bounded, and what an author that was forgotten has said stays unheard', () => {
  const marks = newHighMarks()
  for (let n = 0; n <= MAX_MARKS; n++) passesMarks(marks, idOfName(`${n}`), 1000 + n, 1)
  assert.is(marks.all.size, MAX_MARKS)
  const next = marksOf(marksText(marks))
  assert.not.ok(passesMarks(next, idOfName('0'), 1000, 1))
  assert.ok(passesMarks(next, idOfName('0'), 1001, 1))
})

test('a spoilt file is refused and not read as empty', () => {
  for (const text of ['', 'floor x', 'floor 1\nnonsense', `floor 1\n${author} 1`])
    assert.throws(() => marksOf(text), 'it')
})

test.run()

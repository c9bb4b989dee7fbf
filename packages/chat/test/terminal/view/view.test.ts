import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../../test/support/property.ts'
import { anyText } from '../../../../../test/support/text.ts'
import { rowWidth } from '../../../src/terminal/layout/rows.ts'
import { MAX_TEXT_LINES } from '../../../src/terminal/view/entry-rows.ts'
import { viewOf } from '../../../src/terminal/view/view.ts'
import { FORBIDDEN } from '../../support/hostile-text.ts'
import { anyEvent, NOON, presence, said, spoken } from '../../support/screen-events.ts'
import { look, lookAtLog, modelWith, press, showAll, textOf } from '../../support/screen-model.ts'

const WIDE = 70

test('puts time, name and text beside each other, and further rows of a text under it', () => {
  const model = modelWith(WIDE, 12, spoken('words '.repeat(12).trim()), spoken('漢字 😀'))
  assert.equal(lookAtLog(model), [
    '12:00          alice │ words words words words words words words words',
    '                     │ words words words words',
    '12:00          alice │ 漢字 😀'
  ])
})

test('puts them one after the other where the screen is narrow', () => {
  assert.equal(lookAtLog(modelWith(45, 12, spoken('words '.repeat(8).trim()))), [
    '12:00 alice: words words words words words',
    '  words words words'
  ])
  assert.equal(lookAtLog(modelWith(20, 9, spoken('one two three four'))), ['alice: one two three', '  four'])
})

test('the lines of one message stay under its name', () => {
  const model = modelWith(WIDE, 12, spoken('one\ntwo\n12:00  alice │ forged\n'))
  assert.equal(lookAtLog(model), [
    '12:00          alice │ one',
    '                     │ two',
    '                     │ 12:00  alice │ forged'
  ])
  const lines = modelWith(WIDE, 300, spoken(Array.from({ length: 2000 }, (_, n) => n).join('\n')))
  assert.ok(lookAtLog(lines).length < MAX_TEXT_LINES + 300)
})

test('shows how far an author is known', () => {
  const names = (['pinned', 'verified', 'seen', 'new', 'outside'] as const).map(
    (trust) =>
      lookAtLog(modelWith(WIDE, 12, spoken('x', { trust })))[0]
        ?.slice(6, 20)
        .trim() ?? ''
  )
  assert.equal(names, ['alice', 'alice✓', 'alice·a11c', 'alice·a11c', 'alice'])
  assert.match(lookAtLog(modelWith(WIDE, 12, spoken('x', { from: '' })))[0] ?? '', 'anon-a11ce0 │ x')
})

test('a key stands beside a name once', () => {
  const model = modelWith(WIDE, 12, presence('alice~a11ce000', 'joined', { fingerprint: 'a11ce000' }))
  assert.match(lookAtLog(model)[0] ?? '', /│ alice~a11ce000 joined$/)
})

test('a name too long for its column keeps what tells it from a contact of the same beginning', () => {
  const from = 'bartholomew-the-gardener'
  for (const columns of [WIDE, 45]) {
    const [pinned, stranger, changed] = (['pinned', 'new', 'changed'] as const).map((trust) => {
      const shown = trust === 'changed' ? `${from}~a11ce000` : from
      return lookAtLog(modelWith(columns, 12, spoken('x', { trust, from: shown }))).at(-1) ?? ''
    })
    assert.match(pinned ?? '', /^12:00 barthol\S*…(?: │|:) x$/)
    assert.match(stranger ?? '', /^12:00 barthol\S*…·a11c(?: │|:) x$/)
    assert.match(changed ?? '', /^12:00 bart\S*…~a11ce000(?: │|:) x$/)
  }
})

test('a direct message that every node could read says so', () => {
  const open = spoken('psst', { direct: true, conversation: '@a' })
  const model = modelWith(WIDE, 12, open, { ...open, sealed: true })
  press(model, 'alt-2')
  assert.equal(
    lookAtLog(model).map((line) => line.slice(23)),
    ['psst not private', 'psst']
  )
})

test('a known name with another key is announced once in a row, in the colours of alarm', () => {
  const changed = spoken('give me the file', { trust: 'changed', from: 'alice~a11ce000' })
  const model = modelWith(100, 12, changed, changed, spoken('what?', { fingerprint: 'a11ce111' }), changed)
  const warnings = lookAtLog(model).filter((line) => line.includes('NOT the alice you know'))
  assert.is(warnings.length, 2)
  const alarms = viewOf(model).rows.flatMap((row) => row.filter(({ tone }) => tone === 'alarm').map(({ text }) => text))
  assert.is(alarms.filter((text) => text === 'alice~a11ce000').length, 3)
  assert.is(alarms.filter((text) => text === '=!=').length, 2)
})

test('names the few who come and go, and counts the many', () => {
  const few = [presence('ann', 'joined'), presence('ben', 'joined'), presence('cat', 'left')]
  assert.equal(lookAtLog(modelWith(WIDE, 12, ...few)), [
    '12:00            <-> │ ann·ann-, ben·ben- joined, cat·cat- left'
  ])
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => presence(name, name < 'd' ? 'joined' : 'left'))
  assert.equal(lookAtLog(modelWith(WIDE, 12, ...many)), ['12:00            <-> │ 3 joined, 2 left'])
})

test('begins each day with a line', () => {
  const lines = look(
    modelWith(WIDE, 12, spoken('x'), spoken('y', { at: NOON + 86_400_000 }), spoken('z', { at: NOON + 86_400_001 }))
  )
  const days = lines.filter((line) => line.includes('────')).map((line) => line.replaceAll('─', '').trim())
  assert.equal(days, ['Saturday, 21 November 2026', 'Sunday, 22 November 2026'])
})

test('own words get a note when they were read, or reached nobody', () => {
  const to = { to: 'alice', conversation: '@a', id: '1' }
  const model = modelWith(WIDE, 12, said('psst', to))
  press(model, 'alt-2')
  assert.match(lookAtLog(model)[0] ?? '', /bob │ psst$/)
  showAll(model, said('psst', { ...to, state: 'read' }))
  assert.match(lookAtLog(model)[0] ?? '', /bob │ psst ✓ read$/)
  showAll(model, said('psst', { ...to, state: 'nobody' }))
  assert.match(lookAtLog(model).join(), 'nobody called alice is here')
})

test('words that reached nobody are shown where they were typed', () => {
  const model = modelWith(WIDE, 12, said('tea?', { conversation: '#tea', title: '#tea' }))
  press(model, 'alt-2')
  showAll(model, said('psst', { to: 'nemo', conversation: '', id: '2', state: 'nobody' }))
  assert.match(lookAtLog(model).join(), 'psst ✗ not said: nobody called nemo is here')
})

test('a file on its way is one line that grows', () => {
  const place = { conversation: '@alice-key', title: 'alice' }
  const file = {
    kind: 'transfer',
    id: '7',
    file: 'a.iso',
    from: 'alice',
    direction: 'in',
    totalBytes: 4096,
    ...place
  } as const
  const model = modelWith(100, 12, { ...file, bytes: 0, state: 'offered' })
  press(model, 'alt-2')
  assert.match(lookAtLog(model)[0] ?? '', 'a.iso from alice: 4.0 KiB offered: /accept 7 or /decline 7')
  showAll(model, { ...file, bytes: 1024, state: 'running' })
  assert.match(lookAtLog(model)[0] ?? '', '[===---------] 25 % 1.0 KiB of 4.0 KiB')
  showAll(model, { ...file, bytes: 4096, state: 'done' })
  assert.is(lookAtLog(model).length, 1)
})

test('the status line tells of the network, and the important things where there is little room', () => {
  const status = {
    kind: 'status',
    peers: 5,
    roomSize: 12,
    name: 'bob',
    people: [],
    messagesPerSecond: 3.25,
    rttMs: 14.4,
    dropped: 2
  } as const
  assert.match(look(modelWith(100, 10, status)).at(-2) ?? '', '5 peers · 12 here · 3.3/s · 14 ms · 2 lost')
  assert.match(look(modelWith(40, 10, status)).at(-2) ?? '', / 5 peers · 12 here$/)
})

test('on a tiny screen the line being typed stays, and the bars go', () => {
  const model = modelWith(20, 5, spoken('hello'))
  const [, , ...lowest] = look(model)
  assert.equal(lowest, ['alice: hello', ' 1 everyone', 'bob:'])
  assert.equal(look(modelWith(5, 1, spoken('hello'))), ['b…'])
})

test('a line being typed takes as many rows as it needs, with the cursor in its place', () => {
  const model = modelWith(20, 15)
  press(model, '"0123456789abcdefghij"')
  assert.equal(look(model).slice(-2), ['bob: 0123456789abcde', 'fghij'])
  assert.equal(viewOf(model).cursor, { row: 14, column: 5 })
  press(model, 'home', '"漢"')
  assert.equal(viewOf(model).cursor, { row: 13, column: 7 })
  press(model, 'alt-enter')
  assert.equal(look(model).slice(-2), ['bob: 漢', '0123456789abcdefghij'])
})

test('of a long paste the rows around the cursor are shown', () => {
  const model = modelWith(40, 30)
  press(model, `"${Array.from({ length: 60 }, (_, n) => `row ${n}`).join('\n')}"`)
  assert.equal(
    look(model).slice(-10),
    Array.from({ length: 10 }, (_, n) => `row ${n + 50}`)
  )
})

const size = fc.record({ columns: fc.integer({ min: 1, max: 250 }), rows: fc.integer({ min: 1, max: 80 }) })
const keys = fc.constantFrom(
  'pageup',
  'pagedown',
  'alt-2',
  'ctrl-n',
  'alt-home',
  'shift-up',
  'shift-down',
  'tab',
  'enter',
  'alt-a',
  'focus-out'
)

const listed = (name: string) => ({ name, fingerprint: 'a11ce000', trust: 'new' as const })
const statusOf = (...people: string[]) => ({
  kind: 'status' as const,
  peers: 1,
  roomSize: people.length + 1,
  name: 'bob',
  people: people.map(listed),
  messagesPerSecond: 0,
  rttMs: null,
  dropped: 0
})

test('who is here stands beside what is said to everyone, where there is room', () => {
  const model = modelWith(100, 8, spoken('x'), statusOf('alice', 'דויד'))
  const rows = look(model)
  assert.match(rows[1] ?? '', /^ {80}│ bob$/)
  assert.match(rows[2] ?? '', /│ alice·a11c$/)
  assert.match(rows[3] ?? '', /│ דויד·a11c$/)
  assert.match(rows.at(-3) ?? '', /│ x +│$/)
  showAll(model, { kind: 'conversation', key: '#tea', title: '#tea', change: 'current' })
  assert.not.match(look(model).join(), 'alice·a11c')
  assert.not.match(look(modelWith(99, 8, statusOf('alice'))).join(), 'alice·a11c')
})

test('where not all who are here fit, the last row of the list says how many more', () => {
  const rows = look(modelWith(120, 8, statusOf(...'abcdefgh')))
  assert.match(rows[4] ?? '', /│ c·a11c$/)
  assert.match(rows[5] ?? '', /│ \+5: \/who$/)
})

test('a name made from a key does not have the key beside it as well', () => {
  const event = spoken('x', { from: 'anon-a11ce0', fingerprint: 'a11ce000', trust: 'new' })
  assert.match(lookAtLog(modelWith(WIDE, 12, event))[0] ?? '', /anon-a11ce0 │ x$/)
})

test('whatever is shown, on a screen of any size: as many rows as it has, none wider, all clean', () => {
  check(
    fc.tuple(size, fc.array(anyEvent, { maxLength: 30 }), fc.array(keys, { maxLength: 6 }), anyText()),
    ([{ columns, rows }, events, names, typed]) => {
      const model = modelWith(columns, rows, ...events)
      press(model, ...names, `"${typed}"`)
      const frame = viewOf(model)
      assert.is(frame.rows.length, rows)
      for (const row of frame.rows) {
        assert.ok(rowWidth(row) <= columns, `${rowWidth(row)} of ${columns}: ${textOf(row)}`)
        assert.not.match(textOf(row), FORBIDDEN)
      }
      assert.ok(frame.cursor.row >= 0 && frame.cursor.row < rows)
      assert.ok(frame.cursor.column >= 0 && frame.cursor.column < columns)
    },
    500
  )
})

test.run()

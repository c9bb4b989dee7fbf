import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScreenEvent, Spoken } from '../../../src/screens/screen.ts'
import { draftOf } from '../../../src/terminal/model/entries.ts'
import { MAX_ENTRIES, MAX_ENTRIES_PER_SECOND, Scrollback } from '../../../src/terminal/model/scrollback.ts'
import { NOON, presence, said, spoken } from '../../support/screen-events.ts'

/** What became of each event, at its time in ms. */
function scrollbackOf(events: readonly (readonly [number, ScreenEvent])[]): Scrollback {
  const scrollback = new Scrollback()
  for (const [now, event] of events) {
    const draft = draftOf(event)
    if (draft !== null) scrollback.add(draft, NOON + now, now)
  }
  return scrollback
}

/** Texts of what was spoken, numbers of what was skipped. */
function spell({ entries }: Scrollback): (string | number)[] {
  return entries.map((entry) => {
    if (entry.kind === 'spoken') return entry.spoken.text
    return entry.kind === 'skipped' ? entry.count : entry.kind
  })
}

function flood(count: number, perSecond: number, details: Partial<Spoken> = {}): [number, ScreenEvent][] {
  return Array.from({ length: count }, (_, n) => [(n * 1000) / perSecond, spoken(`flood ${n}`, details)])
}

test('keeps every message of a lively room', () => {
  assert.is(scrollbackOf(flood(2000, 200)).entries.length, 2000)
})

test('of a flood the newest are kept, and one line says how many are gone', () => {
  const scrollback = scrollbackOf([[0, spoken('before')], ...flood(20_000, 20_000)])
  const [first, skipped, ...others] = spell(scrollback)
  // All within a second, so what was said just before goes as well.
  assert.equal([first, skipped], [20_001 - MAX_ENTRIES_PER_SECOND, `flood ${20_000 - MAX_ENTRIES_PER_SECOND}`])
  assert.is(others.length, MAX_ENTRIES_PER_SECOND - 1)
  assert.is(others.at(-1), 'flood 19999')
})

test('a flood costs none of the history, however long it lasts', () => {
  const history = Array.from({ length: 100 }, (_, n): [number, ScreenEvent] => [n - 5000, spoken(`history ${n}`)])
  const scrollback = scrollbackOf([...history, ...flood(100_000, 20_000)])
  const shown = spell(scrollback)
  assert.equal(
    shown.slice(0, 100),
    history.map(([, event]) => (event as Spoken).text)
  )
  assert.is(shown[100], 100_000 - MAX_ENTRIES_PER_SECOND)
  assert.is(shown.length, 101 + MAX_ENTRIES_PER_SECOND)
})

test('looking at it in the middle of a flood changes nothing', () => {
  const events = flood(5000, 20_000)
  const looked = new Scrollback()
  for (const [now, event] of events) {
    const draft = draftOf(event)
    if (draft !== null) looked.add(draft, NOON + now, now)
    if (now % 33 < 1) assert.ok(looked.entries.length <= MAX_ENTRIES_PER_SECOND + 1)
  }
  assert.equal(spell(looked), spell(scrollbackOf(events)))
})

test('a flood skips no direct message, no mention, no warning and no own words', () => {
  const kept: ScreenEvent[] = [
    spoken('direct', { direct: true }),
    spoken('mention', { mention: true }),
    spoken('changed', { trust: 'changed' }),
    said('own'),
    { kind: 'notice', text: 'note' },
    { kind: 'error', code: 'C', message: 'm' }
  ]
  const events = flood(10_000, 20_000)
  for (const [index, event] of kept.entries()) events.splice(1000 * (index + 1), 0, [50 * (index + 1), event])
  const shown = spell(scrollbackOf(events))
  for (const word of ['direct', 'mention', 'changed', 'said', 'notice', 'error']) assert.ok(shown.includes(word), word)
})

test('is bounded, and the oldest go', () => {
  const scrollback = scrollbackOf(flood(MAX_ENTRIES * 2, 100))
  assert.is(scrollback.entries.length, MAX_ENTRIES)
  assert.is(spell(scrollback).at(-1), `flood ${MAX_ENTRIES * 2 - 1}`)
})

test('folds who comes and goes, until somebody speaks', () => {
  const scrollback = scrollbackOf([
    [0, presence('a', 'joined')],
    [1, presence('b', 'joined')],
    [2, presence('a', 'left')],
    [3, spoken('x')],
    [4, presence('c', 'left')]
  ])
  const comings = scrollback.entries.filter((entry) => entry.kind === 'comings')
  assert.equal(
    comings.map(({ joined, left }) => [joined, left]),
    [
      [2, 1],
      [0, 1]
    ]
  )
})

test('what goes on takes the place of what it was', () => {
  const scrollback = scrollbackOf([
    [0, said('hi', { id: '1', to: 'alice' })],
    [1, spoken('x')]
  ])
  const read = draftOf(said('hi', { id: '1', to: 'alice', state: 'read' }))
  assert.ok(read !== null && scrollback.update(read))
  const [first] = scrollback.entries
  assert.ok(first?.kind === 'said' && first.said.state === 'read')
  const other = draftOf(said('hi', { id: '2', state: 'read' }))
  assert.not.ok(other !== null && scrollback.update(other))
})

test.run()

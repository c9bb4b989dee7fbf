// A run's address: whatever a run is, its address says it; whatever an address says, it becomes a run within bounds.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import {
  addressOf,
  commandOf,
  defaultSettings,
  type Settings,
  settingBounds,
  sharedRunOf,
  type TimedAction
} from '../../src/world/settings.ts'

const settings = fc.record(
  Object.fromEntries(Object.entries(settingBounds).map(([name, [min, max]]) => [name, fc.integer({ min, max })]))
) as fc.Arbitrary<unknown> as fc.Arbitrary<Settings>
const action = fc.oneof(
  fc.record({ kind: fc.constant('kill' as const), percent: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ kind: fc.constantFrom('cut' as const, 'heal' as const) }),
  fc.record({ kind: fc.constant('write' as const), node: fc.integer({ min: 0, max: 1_999 }) })
)
const actions = fc
  .uniqueArray(fc.integer({ min: 0, max: 99_999 }), { maxLength: 20 })
  .chain((steps) =>
    fc.tuple(...steps.toSorted((a, b) => a - b).map((step) => fc.record({ atMs: fc.constant(100 * step), action })))
  ) as fc.Arbitrary<TimedAction[]>

test('every run comes back from its address', () => {
  check(fc.record({ settings, actions }), (run) => {
    // fast-check's objects have no prototype.
    assert.equal(sharedRunOf(`#${addressOf(run)}`), JSON.parse(JSON.stringify(run)))
  })
})

test('whatever stands in an address, the run is within its bounds', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('nodes=', 'seed=-1&', 'do=kill', '99999', '1e9', '@1,', 'NaN', '%')
  )
  check(fc.array(word), (words) => {
    const run = sharedRunOf(words.join(''))
    for (const [name, [min, max]] of Object.entries(settingBounds)) {
      const value = run.settings[name as keyof Settings]
      assert.ok(Number.isInteger(value) && value >= min && value <= max, `${name} ${value}`)
    }
    assert.ok(run.actions.every(({ atMs }) => atMs >= 0 && atMs % 100 === 0))
  })
})

test('an address of strangers loses what cannot be, and keeps the rest', () => {
  const { settings: found, actions: done } = sharedRunOf(
    '#nodes=99999&parents=7&seed=x&constructor=1&do=kill0@1,kill80@9.5,boom@1,write3@2'
  )
  assert.equal(found, { ...defaultSettings, nodes: 2_000, parents: 2 })
  assert.equal(done, [
    { atMs: 2_000, action: { kind: 'write', node: 3 } },
    { atMs: 9_500, action: { kind: 'kill', percent: 80 } }
  ])
})

test('the command names all that sets the run apart', () => {
  const given = { nodes: 100, seed: 4, authors: 5, withhold: 20, parents: 2 }
  assert.is(
    commandOf(given, 12_300, 80),
    'floodnet sim --nodes 100 --seed 4 --speakers 5 --rate 1 --parents 2 --withhold 20 --warm 12.3 --fail 80'
  )
})

test.run()

import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import type { Output, Screen, ScreenEvent } from '../../src/screens/screen.ts'
import { jsonOf, openJsonScreen } from '../../src/screens/screen-json.ts'
import { lineOf } from '../../src/screens/screen-line.ts'
import { openPlainScreen } from '../../src/screens/screen-plain.ts'
import { FORBIDDEN, hostileText } from '../support/hostile-text.ts'

const ID = 'ab'.repeat(32)
const place = { conversation: '', title: '', at: 1_800_000_000_000, id: 'm1' } as const
const spoken = {
  kind: 'message',
  from: 'bob',
  fingerprint: 'abababab',
  text: 'hi',
  direct: false,
  to: null,
  sealed: false,
  ...place,
  trust: 'new',
  mention: false
} as const
const said = { kind: 'said', from: 'me', text: 'yo', to: null, ...place, state: 'sent' } as const

class FakeOutput extends EventEmitter implements Output {
  readonly writes: string[] = []
  full = false

  write(text: string): boolean {
    this.writes.push(text)
    return !this.full
  }
}

async function written(screen: Screen, output: FakeOutput, events: ScreenEvent[]): Promise<string> {
  for (const event of events) screen.show(event)
  await screen.close()
  return output.writes.join('')
}

test('shows each event as people read it', () => {
  assert.is(lineOf(spoken), 'bob: hi')
  assert.is(lineOf({ ...spoken, direct: true, to: 'me', sealed: true }), '(direct) bob -> hi')
  assert.is(lineOf({ ...spoken, direct: true, to: 'me' }), '(direct) bob -> hi (not private)')
  assert.is(lineOf({ ...spoken, conversation: '#tea', title: '#tea' }), '[#tea] bob: hi')
  assert.is(lineOf({ ...spoken, from: '' }), 'anon-ababab: hi')
  assert.is(lineOf(said), 'me: yo')
  assert.is(lineOf({ ...said, to: 'bob' }), '(direct to bob) me -> yo')
  assert.is(lineOf({ kind: 'notice', text: 'note' }), '* note')
  assert.is(lineOf({ kind: 'error', code: 'ERR_X', message: 'bad' }), '! bad (ERR_X)')
  assert.is(lineOf({ kind: 'peer-up', id: ID, address: 'a:1' }), null)
  assert.is(lineOf({ kind: 'peer-down', id: ID, reason: 'gone' }), null)
})

test('speaks NDJSON as promised', () => {
  assert.is(
    jsonOf({ kind: 'listening', address: '127.0.0.1:1', id: ID }),
    `{"event":"listening","address":"127.0.0.1:1","id":"${ID}"}`
  )
  assert.is(jsonOf({ kind: 'peer-up', id: ID, address: 'a:1' }), `{"event":"peer-up","id":"${ID}","address":"a:1"}`)
  assert.is(jsonOf({ kind: 'peer-down', id: ID, reason: 'left' }), `{"event":"peer-down","id":"${ID}","reason":"left"}`)
  assert.is(
    jsonOf(spoken),
    '{"event":"message","from":"bob","fingerprint":"abababab","text":"hi","direct":false,"to":null,"sealed":false,' +
      '"conversation":"","title":"","at":1800000000000,"id":"m1","trust":"new","mention":false}'
  )
  assert.is(jsonOf({ kind: 'notice', text: 'n' }), '{"event":"notice","text":"n"}')
  assert.is(jsonOf({ kind: 'error', code: 'C', message: 'm' }), '{"event":"error","code":"C","message":"m"}')
})

const anyEvent: fc.Arbitrary<ScreenEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('message' as const),
    from: hostileText,
    fingerprint: hostileText,
    text: hostileText,
    direct: fc.boolean(),
    to: hostileText,
    sealed: fc.boolean(),
    conversation: hostileText,
    title: hostileText,
    trust: fc.constantFrom('new' as const, 'changed' as const),
    at: fc.constant(0),
    mention: fc.boolean(),
    id: hostileText
  }),
  fc.record({
    kind: fc.constant('presence' as const),
    name: hostileText,
    fingerprint: hostileText,
    change: fc.constantFrom('joined' as const, 'left' as const, 'renamed' as const),
    previous: hostileText,
    at: fc.constant(0)
  }),
  fc.record({ kind: fc.constant('suppressed' as const), from: hostileText, fingerprint: hostileText, count: fc.nat() }),
  fc.record({ kind: fc.constant('notice' as const), text: hostileText }),
  fc.record({ kind: fc.constant('error' as const), code: hostileText, message: hostileText }),
  fc.record({ kind: fc.constant('peer-down' as const), id: hostileText, reason: hostileText })
)

test('prints one clean line for any event, for people and for programs', () => {
  check(anyEvent, (event) => {
    assert.not.match(lineOf(event) ?? '', FORBIDDEN)
    const json = jsonOf(event)
    assert.not.match(json, FORBIDDEN)
    for (const value of Object.values(JSON.parse(json)))
      if (typeof value === 'string') assert.not.match(value, FORBIDDEN)
  })
})

test('the plain screen repeats own words only where no terminal shows them', async () => {
  const silent = new FakeOutput()
  assert.is(await written(openPlainScreen(silent, { echo: false }), silent, [said, spoken]), 'bob: hi\n')
  const loud = new FakeOutput()
  assert.is(await written(openPlainScreen(loud, { echo: true }), loud, [said, spoken]), 'me: yo\nbob: hi\n')
})

test('the JSON screen does not repeat own words', async () => {
  const output = new FakeOutput()
  const events: ScreenEvent[] = [said, { kind: 'notice', text: 'n' }]
  assert.is(await written(openJsonScreen(output), output, events), '{"event":"notice","text":"n"}\n')
})

test('what became of own words is told where the words themselves are not', async () => {
  const read: ScreenEvent = { ...said, to: 'bob', state: 'read' }
  const plain = new FakeOutput()
  assert.is(await written(openPlainScreen(plain, { echo: false }), plain, [read]), '* read by bob\n')
  const json = new FakeOutput()
  assert.match(await written(openJsonScreen(json), json, [read]), '"state":"read"')
})

test('a known name under another key is told apart on every line', () => {
  assert.is(
    lineOf({ ...spoken, from: 'bob~abababab', trust: 'changed' }),
    'bob~abababab (NOT the one known by that name): hi'
  )
})

test('writes the lines of one turn at once', async () => {
  const output = new FakeOutput()
  await written(openPlainScreen(output, { echo: false }), output, [spoken, spoken, spoken])
  assert.equal(output.writes, ['bob: hi\nbob: hi\nbob: hi\n'])
})

test('is not ready while the output is full', async () => {
  const output = new FakeOutput()
  output.full = true
  const screen = openPlainScreen(output, { echo: false })
  screen.show(spoken)
  await new Promise(setImmediate)
  let ready = false
  const waiting = screen.ready().then(() => {
    ready = true
  })
  await new Promise(setImmediate)
  assert.not.ok(ready)
  output.emit('drain')
  await waiting
  assert.is(output.listenerCount('close') + output.listenerCount('error'), 0)
})

test.run()

// However many events there are, the feed stays short, hides no kind behind another, and says how many there were.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkEvent } from '../../src/api.ts'
import { EventFeed } from '../../src/dashboard/event-feed.ts'

const ID = 'ab'.repeat(32)

function refused(address: string): NetworkEvent {
  return { name: 'refused', details: { address, id: null, reason: 'wrong-key', by: 'us' } }
}

test('alike events are one line with a count and the time of the last', () => {
  const feed = new EventFeed()
  for (const at of [1, 2, 3]) feed.add(refused('10.0.0.7:1'), at)
  const text = 'refused 10.0.0.7:1: wrong-key'
  assert.equal(feed.take(), { lines: [{ at: 3, name: 'refused', level: 'warn', text, count: 3 }], total: 3 })
  assert.equal(feed.take(), { lines: [], total: 3 })
})

test('a storm of one kind takes few lines and hides no other, and all are counted', () => {
  const feed = new EventFeed()
  for (let i = 0; i < 10_000; i++) feed.add(refused(`10.0.0.7:${i}`), i)
  feed.add({ name: 'peer-down', details: { id: ID, address: '10.0.0.8:1', reason: 'dead' } }, 10_000)
  const { lines, total } = feed.take()
  assert.ok(lines.length < 10, `${lines.length} lines`)
  assert.is(lines.at(-1)?.text, 'peer down abababab at 10.0.0.8:1: dead')
  assert.is(total, 10_001)
})

test('what no sentence is made for is not counted', () => {
  const feed = new EventFeed()
  feed.add({ name: 'dial', details: { phase: 'start', address: '10.0.0.7:1', attempt: 1 } }, 1)
  assert.equal(feed.take(), { lines: [], total: 0 })
})

test('long and steering text is short and plain', () => {
  const feed = new EventFeed()
  feed.add(refused(`\u202e<script>${'x'.repeat(10_000)}`), 1)
  const [line] = feed.take().lines
  assert.ok((line?.text.length ?? 0) < 400)
  assert.ok(line?.text.startsWith('refused \\u{202e}<script>xxx'))
})

test.run()

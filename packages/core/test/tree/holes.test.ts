// What lies below a packet that came exists: it is asked for wherever it may be, and given up only when nobody has it.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { TreeHost } from '../../src/tree/host.ts'
import { Trees } from '../../src/tree/trees.ts'

const AUTHOR = 0
const RTT_MS = 10

test('a hole that nobody has announced is asked for over every link, also those that push', () => {
  const { trees, slots, asked, wakeUntil } = newTrees(3)
  const [parent] = slots
  for (const seq of [1, 2, 3, 6]) trees.onFresh(AUTHOR, parent!, seq, 0)
  wakeUntil(3_000, () => trees.onData(parent!, 2_000))
  assert.equal(new Set(asked.map(({ slot }) => slot)), new Set(slots))
  assert.equal(asked[0]!.from, 4)
})

test('a hole is no gap as long as a link has not said that it has none of it', () => {
  const { trees, slots, gaps, wakeUntil } = newTrees(3)
  const [parent, other, third] = slots
  for (const seq of [1, 2, 3, 6]) trees.onFresh(AUTHOR, parent!, seq, 0)
  wakeUntil(3_000)
  for (const slot of [parent!, other!]) trees.onNone(AUTHOR, slot, 6, 3_000)
  wakeUntil(4_000)
  assert.equal(gaps, [])
  trees.onNone(AUTHOR, third!, 6, 4_000)
  wakeUntil(5_000)
  assert.equal(gaps, [[4, 5]])
})

function newTrees(links: number) {
  const had = new Set<number>()
  const asked: { slot: number; from: number }[] = []
  const gaps: [number, number][] = []
  const nothing = (): void => undefined
  const host: TreeHost = {
    has: (_, seq) => had.has(seq),
    ...{ setPruned: nothing, sendPrune: nothing, sendNone: nothing, sendIHave: nothing, purge: () => 0 },
    sendGraft: (slot, _, [range]) => asked.push({ slot, from: range!.from }),
    replay: () => 0,
    onGap: (_, from, to) => gaps.push([from, to]),
    onForget: nothing
  }
  const trees = new Trees(host, () => 0)
  const slots = Array.from({ length: links }, () => trees.linkUp(true, RTT_MS, 0))
  assert.ok(trees.open(AUTHOR, 0, false, 0))
  let nowMs = 0
  const wakeUntil = (ms: number, meanwhile = nothing): void => {
    for (; nowMs < ms; nowMs += 50) {
      meanwhile()
      if (trees.wakeMs <= nowMs) trees.wake(nowMs)
    }
  }
  const onFresh = trees.onFresh.bind(trees)
  trees.onFresh = (author, slot, seq, atMs) => {
    had.add(seq)
    onFresh(author, slot, seq, atMs)
  }
  return { trees, slots, asked, gaps, wakeUntil }
}

test.run()

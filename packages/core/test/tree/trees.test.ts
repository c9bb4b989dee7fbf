// The rules of a tree, one at a time: inputs as methods, effects as a log. Times are made up; nothing waits.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LOCAL } from '../../src/tree/index.ts'
import { AUTHOR, grown, stage } from '../support/tree-stage.ts'

test('the first link that brings an author is its parent, and duplicates over others are answered by PRUNE once', () => {
  const { trees, log, fresh, again } = stage(3)
  trees.open(AUTHOR, 0, false, 0)
  again(2, 0)
  assert.equal(log, [], 'nobody is pruned before there is a parent')
  fresh(1, 0, 1)
  again(1, 2)
  again(1, 3)
  again(0, 4)
  again(2, 5)
  assert.equal(log, ['prune 1', 'prune 2'])
})

test('a fresh packet over another link is not answered, and the parent stays', () => {
  const { trees, log, fresh } = grown()
  fresh(2, 1, 10)
  fresh(3, 2, 20)
  assert.equal(log, [])
  assert.is(trees.tree(AUTHOR)?.parent, 0)
})

test('with two parents the first duplicate makes the second one, and one of the two is a link that we dialled', () => {
  const { trees, log, fresh, again } = stage(0, { parents: 2 })
  const [first, stranger, own] = [trees.linkUp(false, 50, 0), trees.linkUp(false, 50, 0), trees.linkUp(true, 50, 0)]
  trees.open(AUTHOR, 0, false, 0)
  fresh(1, first, 1)
  again(stranger, 2)
  again(own, 3)
  assert.equal(log, [`prune ${stranger}`])
  assert.equal([trees.tree(AUTHOR)?.parent, trees.tree(AUTHOR)?.second], [first, own])
})

test('a link that is always quicker takes the place of the parent, who is pruned then', () => {
  const { log, fresh } = grown()
  for (let seq = 2; seq < 12; seq++) fresh(seq, 3, 1_000 + 300 * seq)
  assert.equal(log, ['prune 0'])
})

test('PRUNE takes the link out of the mask and drops what waits for it', () => {
  const { trees, log, masks } = grown()
  trees.onPrune(AUTHOR, 2, 10)
  assert.is(masks.pruned, 0b100)
  assert.equal(log, ['purge 2'])
})

test('an author pushes its own packets to three links whatever they prune', () => {
  const { trees, masks } = stage(5)
  trees.open(AUTHOR, 10, true, 0)
  for (let slot = 0; slot < 5; slot++) trees.onPrune(AUTHOR, slot, 10)
  assert.is(masks.pruned, 0b11)
})

test('what is pruned is announced: to two links when the mark moves, to the others in the sweep', () => {
  const { trees, log, fresh } = grown()
  for (const slot of [1, 2, 3]) trees.onPrune(AUTHOR, slot, 10)
  log.length = 0
  fresh(2, 0, 20)
  trees.wake(trees.wakeMs)
  assert.is(log.length, 2)
  trees.wake(trees.wakeMs)
  assert.equal([...log].sort(), ['iHave 1: 2', 'iHave 2: 2', 'iHave 3: 2'])
  assert.ok(trees.wakeMs >= 1_000, 'everybody has been told: only silent authors are waited for')
})

test('behind but moving is not late: IHAVE overtakes data in a full queue', () => {
  const { trees, log } = grown()
  trees.onIHave(AUTHOR, 1, 5, 100)
  for (let nowMs = 110; nowMs < 790; nowMs += 20) {
    trees.onData(0, nowMs)
    trees.wake(nowMs)
  }
  assert.equal(log, [])
})

test('a parent whose link is silent while a neighbour is ahead is late after 300 ms', () => {
  const { trees, log } = grown()
  trees.onIHave(AUTHOR, 1, 5, 1_000)
  trees.wake(1_299)
  assert.equal(log, [])
  trees.wake(1_300)
  assert.equal(log, ['graft 1: 2'])
})

test('who was asked is a parent with the first fresh packet, and only then is the old one pruned', () => {
  const { trees, log, fresh, again } = grown()
  trees.onIHave(AUTHOR, 1, 5, 1_000)
  trees.wake(1_300)
  again(1, 1_310)
  assert.equal(log, ['graft 1: 2'], 'its duplicates are not answered')
  fresh(2, 1, 1_320)
  assert.equal(log, ['graft 1: 2', 'prune 0'])
  assert.is(trees.tree(AUTHOR)?.parent, 1)
})

test('the holes are asked for, and what follows', () => {
  const { trees, log, fresh } = grown()
  fresh(3, 0, 10)
  fresh(6, 0, 20)
  trees.onIHave(AUTHOR, 1, 9, 30)
  trees.wake(3_000)
  assert.equal(log, ['graft 1: 2,4,7'])
})

test('all links that do not push are asked when the parent is down', () => {
  const { trees, log } = grown()
  trees.linkDown(0, 50)
  assert.equal(log, ['graft 1: 2', 'graft 2: 2', 'graft 3: 2'])
})

test('NONE makes the next one be asked at once', () => {
  const { trees, log } = grown()
  for (const slot of [1, 2]) trees.onIHave(AUTHOR, slot, 5, 1_000)
  trees.wake(1_300)
  const [asked] = log
  const slot = Number(asked?.split(/[ :]/)[1])
  trees.onNone(AUTHOR, slot, 0, 1_310)
  trees.wake(1_310)
  assert.equal(log, [asked, `graft ${3 - slot}: 2`])
})

test('what nobody has is given up, and the mark goes on; a claim that nothing proves moves no mark', () => {
  const { trees, log, fresh } = grown(4, { giveUpMs: 10_000 })
  fresh(4, 0, 10)
  for (let nowMs = 100; nowMs < 12_000; nowMs += 100) {
    trees.onData(0, nowMs)
    trees.wake(nowMs)
  }
  assert.ok(log.includes('gap 2-3'))
  assert.is(trees.tree(AUTHOR)?.contiguous, 4)
  trees.onIHave(AUTHOR, 1, 1_000_000, 12_000)
  for (let nowMs = 12_000; nowMs < 30_000; nowMs += 100) {
    trees.onData(0, nowMs)
    trees.wake(nowMs)
  }
  assert.is(trees.tree(AUTHOR)?.contiguous, 4)
  assert.is(log.filter((line) => line.startsWith('gap')).length, 1)
})

test('GRAFT replays, pushes again, and says what is not held', () => {
  const { trees, log, held, masks, fresh } = grown()
  for (let seq = 2; seq < 9; seq++) fresh(seq, 0, 10)
  trees.onPrune(AUTHOR, 2, 10)
  log.length = 0
  held.lowest = 5
  trees.onGraft(AUTHOR, 2, [{ from: 3, to: 0xffffffff }], 20)
  assert.equal(log, ['replay 2: 3', 'none 2: 5'])
  assert.is(masks.pruned, 0)
})

test('a link that asks from the beginning without end gets four answers, and each packet once a minute', () => {
  const { trees, log, fresh } = grown()
  for (let seq = 2; seq < 9; seq++) fresh(seq, 0, 10)
  for (let i = 0; i < 100; i++) trees.onGraft(AUTHOR, 3, [{ from: 1, to: 0xffffffff }], 20 + i)
  assert.equal(log, ['replay 3: 1'])
  assert.is(trees.counts.graftsRefused, 96)
})

test('a link that announces, is asked and brings nothing at all is not believed after three times', () => {
  const { trees, log } = grown(3)
  for (let round = 1; round <= 4; round++) {
    const nowMs = 10_000 * round
    trees.onIHave(AUTHOR, 2, 100 * round, nowMs)
    for (let ms = 0; ms < 9_000; ms += 100) trees.wake(nowMs + ms)
  }
  assert.ok(trees.counts.brokenPromises >= 1)
  log.length = 0
  trees.onIHave(AUTHOR, 2, 10_000, 60_000)
  trees.wake(60_400)
  assert.equal(log, [])
})

test('a parent that is late twice within a minute is barred, unless all parents are late', () => {
  for (const isAlone of [true, false]) {
    const { trees, fresh, again } = grown(4)
    if (!isAlone) {
      trees.open(1, 0, false, 0)
      trees.onFresh(1, 2, 1, 0)
    }
    for (const nowMs of [1_000, 21_000]) {
      const tree = trees.tree(AUTHOR)
      trees.onIHave(AUTHOR, 1, (tree?.highest ?? 0) + 1, nowMs)
      trees.wake(nowMs + 300)
      fresh((tree?.highest ?? 0) + 1, 0, nowMs + 400)
      again(1, nowMs + 2_500)
    }
    trees.linkDown(3, 22_000)
    const barred = trees.tree(AUTHOR)?.dealings?.get(0)?.barredUntilMs ?? 0
    assert.is(barred > 22_000, !isAlone)
  }
})

test('a new link carries no author that is busy, and is told of them', () => {
  const { trees, log, masks } = grown(2)
  const slot = trees.linkUp(false, 50, 100)
  trees.announceAll(slot)
  assert.is(masks.pruned, 1 << slot)
  assert.equal(log, [`iHave ${slot}: 1`])
})

test('a newcomer begins at what it is told, between two neighbours at the lower mark, and asks at once', () => {
  const { trees, log, masks } = stage(3)
  trees.openHeardOf(AUTHOR, 0, 0)
  trees.onIHave(AUTHOR, 0, 500, 0)
  assert.is(masks.pruned, 1)
  trees.onIHave(AUTHOR, 1, 503, 10)
  trees.wake(10)
  assert.equal(log, ['graft 1: 501'])
})

test('an author that is silent for half a minute leaves nothing', () => {
  const { trees, log } = grown()
  assert.is(trees.size, 1)
  for (let nowMs = 0; nowMs <= 31_000; nowMs += 1_000) trees.wake(nowMs)
  assert.is(trees.size, 0)
  assert.ok(log.includes('forget'))
  assert.is(trees.wakeMs, Number.POSITIVE_INFINITY)
})

test('what the node itself refused is not asked for', () => {
  const { trees, log, had, fresh } = grown()
  had.add(2)
  trees.onRefused(AUTHOR, 2, 10)
  fresh(3, 0, 20)
  trees.onIHave(AUTHOR, 1, 3, 30)
  trees.wake(5_000)
  assert.equal(
    log.filter((line) => line.startsWith('graft')),
    []
  )
})

test('what comes from this node itself has it for a parent, so that every neighbour who repeats it is pruned', () => {
  const { trees, log, again } = stage(3)
  trees.open(AUTHOR, 0, false, 0)
  trees.onFresh(AUTHOR, LOCAL, 1, 0)
  again(1, 5)
  assert.equal(log, ['prune 1'])
})

test('authors beyond the limit are flooded', () => {
  const { trees } = stage(2, { maxAuthors: 1 })
  assert.is(trees.open(0, 0, false, 0), true)
  assert.is(trees.open(1, 0, false, 0), false)
  assert.is(trees.counts.crowded, 1)
})

test.run()

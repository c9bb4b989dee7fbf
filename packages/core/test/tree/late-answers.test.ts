// Answers that are late, in part, or lost on their way: on a busy machine every one of them is.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_SEQ } from '../../src/wire/layout.ts'
import { AUTHOR, grown, stage } from '../support/tree-stage.ts'

test('a link that was asked is not pruned for duplicates while an answer is due, since PRUNE would drop it', () => {
  const { trees, log, fresh, again } = grown()
  fresh(5, 0, 10)
  trees.onIHave(AUTHOR, 1, 5, 20)
  trees.wake(800)
  assert.equal(log, ['graft 1: 2,6'])
  again(1, 3_000)
  assert.equal(log, ['graft 1: 2,6'])
  for (const seq of [2, 3, 4]) fresh(seq, 0, 3_100)
  again(1, 3_200)
  assert.equal(log, ['graft 1: 2,6', 'prune 1'])
})

test('a parent that was asked as well is not pruned when another link is quicker', () => {
  const { trees, log, fresh } = grown(2)
  fresh(5, 0, 10)
  trees.wake(800)
  assert.equal(log, ['graft 0: 2,6', 'graft 1: 2,6'])
  fresh(2, 1, 900)
  assert.ok(!log.includes('prune 0'))
})

test('an author that nobody pushes is asked for over a new link that tells of it, though nothing is missing', () => {
  const { trees, log, fresh } = grown(1)
  fresh(2, 0, 10)
  trees.linkDown(0, 1_000)
  const behind = trees.linkUp(true, 50, 5_000)
  trees.onIHave(AUTHOR, behind, 1, 5_000)
  const slot = trees.linkUp(true, 50, 5_000)
  trees.onIHave(AUTHOR, slot, 2, 5_000)
  trees.onIHave(AUTHOR, slot, 2, 5_001)
  assert.equal(log, [`graft ${slot}: 3`])
})

test('a new link whose first packet leaves a hole is asked for the hole at once', () => {
  const { trees, log, fresh } = grown(1)
  trees.linkDown(0, 1_000)
  const slot = trees.linkUp(true, 50, 5_000)
  fresh(9, slot, 5_010)
  fresh(10, slot, 5_020)
  assert.equal(log, [`graft ${slot}: 2,10`])
})

test("a new link is told of the node's own packets too, though it will carry the next ones", () => {
  const { trees, log, masks } = stage(0)
  trees.open(AUTHOR, 7, true, 0)
  const slot = trees.linkUp(false, 50, 0)
  trees.announceAll(slot)
  assert.is(masks.pruned, 0)
  assert.equal(log, [`iHave ${slot}: 7`])
})

test('what is missing here as well is not denied: it goes over the link when it comes', () => {
  const { trees, log, held, fresh } = grown()
  fresh(9, 0, 10)
  held.lowest = 9
  trees.onGraft(AUTHOR, 2, [{ from: 2, to: MAX_SEQ }], 20)
  assert.equal(log, ['replay 2: 2', 'iHave 2: 1'])
})

test('a hole is given up when one link has it no more and the others miss it too, and not while one may have it', () => {
  const { trees, log, fresh } = grown(3)
  fresh(9, 0, 0)
  const wakeUntil = wakerOf(trees)
  wakeUntil(2_000)
  trees.onNone(AUTHOR, 1, 0, 2_000)
  trees.onIHave(AUTHOR, 0, 1, 2_000)
  wakeUntil(6_000)
  assert.equal(gapsIn(log), [])
  trees.onIHave(AUTHOR, 2, 1, 6_000)
  wakeUntil(8_000)
  assert.equal(gapsIn(log), ['gap 2-8'])
})

test('a hole is waited for while all links only miss it as well', () => {
  const { trees, log, fresh } = grown(2)
  fresh(9, 0, 0)
  const wakeUntil = wakerOf(trees)
  wakeUntil(2_000)
  for (const slot of [0, 1]) trees.onIHave(AUTHOR, slot, 1, 2_000)
  wakeUntil(20_000)
  assert.equal(gapsIn(log), [])
  wakeUntil(30_000)
  assert.equal(gapsIn(log), ['gap 2-8'])
})

test('what a PRUNE has dropped on its way may be asked for again', () => {
  const { trees, log, held, fresh } = grown()
  for (let seq = 2; seq < 9; seq++) fresh(seq, 0, 10)
  trees.onGraft(AUTHOR, 2, [{ from: 2, to: MAX_SEQ }], 20)
  held.purged = 5
  trees.onPrune(AUTHOR, 2, 30)
  trees.onGraft(AUTHOR, 2, [{ from: 5, to: MAX_SEQ }], 40)
  assert.equal(log, ['replay 2: 2', 'purge 2', 'replay 2: 5'])
})

test('what was missing here when a link asked may be asked for again', () => {
  const { trees, log, fresh } = grown()
  fresh(5, 0, 10)
  trees.onGraft(AUTHOR, 2, [{ from: 1, to: MAX_SEQ }], 20)
  trees.onPrune(AUTHOR, 2, 30)
  for (const seq of [2, 3, 4]) fresh(seq, 0, 40)
  trees.onGraft(AUTHOR, 2, [{ from: 2, to: 4 }], 50)
  assert.ok(log.includes('replay 2: 2'))
})

test('numbers that are known since later are given up later', () => {
  const { trees, log, fresh } = grown(4, { giveUpMs: 10_000 })
  fresh(4, 0, 0)
  fresh(9, 0, 5_000)
  const wakeUntil = wakerOf(trees)
  wakeUntil(10_500)
  assert.equal(gapsIn(log), ['gap 2-3'])
  wakeUntil(15_500)
  assert.equal(gapsIn(log), ['gap 2-3', 'gap 5-8'])
})

test('what a link has said to have is waited for when all have said that they have nothing below', () => {
  const { trees, log, fresh } = grown(2)
  fresh(9, 0, 0)
  trees.onNone(AUTHOR, 0, 0, 100)
  trees.onNone(AUTHOR, 1, 6, 100)
  wakerOf(trees)(3_000)
  assert.equal(gapsIn(log), ['gap 2-5'])
})

function wakerOf(trees: ReturnType<typeof stage>['trees']): (untilMs: number) => void {
  let nowMs = 0
  return (untilMs) => {
    for (; nowMs < untilMs; nowMs += 50) if (trees.wakeMs <= nowMs) trees.wake(nowMs)
  }
}

function gapsIn(log: readonly string[]): string[] {
  return log.filter((line) => line.startsWith('gap'))
}

test.run()

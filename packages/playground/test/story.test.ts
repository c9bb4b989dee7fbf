// What somebody reads who sees the page for the first time.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { growingStory, type Seen, storyOf } from '../src/page/story.ts'
import type { LaneState } from '../src/world/messages.ts'
import { defaultSettings } from '../src/world/settings.ts'

const whole: LaneState = { alive: 300, parts: [300], healMs: null, measured: 0, result: null }

/** A warm network to which nothing was done, but for what is given. */
function story(given: Partial<Seen> = {}, state: Partial<LaneState> = {}): string {
  const states = { flood: { ...whole, ...state }, trees: { ...whole, ...state } }
  const seen = { settings: defaultSettings, shownMs: 20_000, isCut: false, wasCut: false, actions: [], authors: 10 }
  return storyOf({ ...seen, states, ...given })
}

test('tells how a network grows, and what authors do at first and later', () => {
  assert.match(growingStory(100, 300), /^A network grows: 100 of 300 nodes/)
  assert.match(story({ shownMs: 1_000 }), /^10 authors write. At first every message floods both/)
  assert.match(story({ shownMs: 1_000, authors: 1 }), /^1 author writes\./)
  assert.match(story(), /On the right, each node gets each message once/)
})

test('tells what a failure did, while the rest are parts and when they are one again', () => {
  const killed = { alive: 60, measured: 0.1 }
  assert.is(
    story({}, { ...killed, parts: [50, 10] }),
    '240 of 300 nodes died at once. The other 60 are 2 parts and look for each other.'
  )
  assert.match(story({}, { ...killed, parts: [60], healMs: 700 }), /were one network again after 0.7 s/)
  assert.match(story({ authors: 0 }, { ...killed, parts: [60], healMs: 700 }), /No author is left/)
  assert.match(story({}, { alive: 60, parts: [60], healMs: 700, measured: 1 }), /^The 60 nodes that are left/)
})

test('tells of a cut, of its healing, and of what somebody wrote', () => {
  assert.match(
    story({ isCut: true, wasCut: true }, { parts: [200, 60, 40] }),
    /replaces the links that it lost: 3 parts/
  )
  assert.match(story({ isCut: true, wasCut: true }, { parts: [150, 150] }), /150 and 150 nodes go on/)
  assert.match(story({ wasCut: true }, { parts: [150, 150] }), /can reach each other again: 2 parts left/)
  const wrote = { atMs: 19_000, action: { kind: 'write', node: 7 } } as const
  assert.match(story({ actions: [wrote] }), /^Node 7 wrote a message/)
  assert.not.match(story({ actions: [wrote], shownMs: 30_000 }), /Node 7/)
  assert.not.match(story({ actions: [wrote], shownMs: 18_000 }), /Node 7/)
})

test('tells that nobody writes', () => {
  assert.match(story({ authors: 0 }), /^No author is left/)
  assert.match(story({ authors: 0, settings: { ...defaultSettings, authors: 0 } }), /^No node writes by itself/)
})

test.run()

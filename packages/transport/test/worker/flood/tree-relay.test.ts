// The trees in one worker, with links made by hand: who pushes is pruned by whom, what is asked for comes from recent
// frames.
import {
  bodyOf,
  decodeGraft,
  decodeIHave,
  encodeFrame,
  encodeGraft,
  encodeIHave,
  encodePrune,
  FrameType,
  MAX_SEQ,
  resolveLimits,
  viewOf
} from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../../test/support/wait.ts'
import { LossTally } from '../../../src/threads/counters.ts'
import { LinkCounts, linkCountsMemory } from '../../../src/threads/link-counts.ts'
import type { Inlet, TimedWait } from '../../../src/worker/flood/backpressure.ts'
import { BufferPool } from '../../../src/worker/flood/buffer-pool.ts'
import type { FloodLink } from '../../../src/worker/flood/flood-link.ts'
import { FloodRouter } from '../../../src/worker/flood/flood-router.ts'
import type { OriginMatch } from '../../../src/worker/flood/origin-frames.ts'
import type { TreePeer } from '../../../src/worker/flood/tree-relay.ts'

const INCARNATION = Math.floor(Date.now() / 1_000)
const [FIRST, SECOND, THIRD] = [16, 32, 48]
const AUTHOR = 7
const OWN = 9
/** Enough that an author is busy. */
const BUSY = 20
const test = suite('tree relay')
const routers: FloodRouter[] = []

test.after.each(() => {
  for (const router of routers.splice(0)) router.trees?.stop()
})

test('who brings what is known of a busy author is pruned, and who has pruned gets nothing of it', () => {
  const { router, link } = newRouter()
  const [first, second, third] = [link(FIRST), link(SECOND), link(THIRD)]
  for (let seq = 1; seq <= BUSY; seq++) {
    offer(router, first, frameOf(AUTHOR, seq))
    offer(router, second, frameOf(AUTHOR, seq))
  }
  assert.equal([first.said, second.said, third.said], [[], [FrameType.prune], []])
  tell(router, third, encodePrune(author(AUTHOR)))
  const before = third.got.length
  offer(router, first, frameOf(AUTHOR, BUSY + 1))
  offer(router, first, frameOf(AUTHOR + 1, 1))
  assert.equal(third.got.slice(before), [`${AUTHOR + 1}/1`])
  assert.equal(third.purged, 1)
  assert.is(second.got.at(-2), `${AUTHOR}/${BUSY + 1}`)
})

test('who grafts gets what recent frames hold of what it lacks, and all that follows', () => {
  const { router, link } = newRouter()
  const [first, second] = [link(FIRST), link(SECOND)]
  busy(router, first, link(THIRD))
  tell(router, second, encodePrune(author(AUTHOR)))
  for (let seq = BUSY + 1; seq <= BUSY + 5; seq++) offer(router, first, frameOf(AUTHOR, seq))
  const before = second.got.length
  const ranges = [
    { from: BUSY + 2, to: BUSY + 3 },
    { from: BUSY + 5, to: MAX_SEQ }
  ]
  tell(router, second, encodeGraft(author(AUTHOR), { pushes: true, ranges }))
  offer(router, first, frameOf(AUTHOR, BUSY + 6))
  assert.equal(
    second.got.slice(before),
    [BUSY + 2, BUSY + 3, BUSY + 5, BUSY + 6].map((seq) => `${AUTHOR}/${seq}`)
  )
})

test('a chunk that holds a GRAFT behind fresh packets loses none of them for who asks', () => {
  const { router, link } = newRouter()
  const [first, second] = [link(FIRST), link(SECOND)]
  busy(router, first, second)
  tell(router, first, encodePrune(author(OWN)))
  const chunk = new Uint8Array([...frameOf(AUTHOR, BUSY + 1), ...frameOf(AUTHOR, BUSY + 2)])
  tell(router, second, encodePrune(author(AUTHOR)))
  const before = second.got.length
  const middle = chunk.length / 2
  assert.is(router.offer(first, chunk, viewOf(chunk), 0, middle), null)
  const graft = encodeGraft(author(AUTHOR), { pushes: true, ranges: [{ from: BUSY + 1, to: MAX_SEQ }] })
  assert.is(router.onTreeFrame(second, graft), null)
  assert.is(router.offer(first, chunk, viewOf(chunk), middle, chunk.length), null)
  router.chunkEnd()
  assert.equal(second.got.slice(before), [`${AUTHOR}/${BUSY + 1}`, `${AUTHOR}/${BUSY + 2}`])
})

test('what is pruned is announced, by the one timer', async () => {
  const { router, link } = newRouter()
  const [first, second] = [link(FIRST), link(SECOND)]
  busy(router, first, link(THIRD))
  tell(router, second, encodePrune(author(AUTHOR)))
  offer(router, first, frameOf(AUTHOR, BUSY + 1))
  await until(() => second.said.includes(FrameType.iHave), 5_000, 'the announcement')
  const announced = decodeIHave(second.control.at(-1)!)
  assert.is(announced?.[0]?.mark, BUSY + 1)
})

test('what a neighbour announced and the parent does not bring is asked for', async () => {
  const { router, link } = newRouter()
  const [first, second] = [link(FIRST), link(SECOND)]
  busy(router, first, second)
  const [announced] = encodeIHave([{ number: 0, mark: BUSY + 3, author: author(AUTHOR) }])
  tell(router, second, announced!)
  await until(() => second.said.includes(FrameType.graft), 5_000, 'the graft')
  assert.equal(decodeGraft(second.control.at(-1)!)?.ranges[0]?.from, BUSY + 1)
})

test('what a peer says before this end of its link is active is heard when it is', () => {
  const { router, link, late } = newRouter()
  busy(router, link(FIRST), link(SECOND))
  const peer = late(THIRD)
  tell(router, peer, encodePrune(author(AUTHOR)))
  router.add(peer, peer)
  offer(router, routerLink(router, FIRST), frameOf(AUTHOR, BUSY + 1))
  assert.equal(peer.got, [])
})

test('with `parents: 0` nobody is pruned, and nobody prunes', () => {
  const { router, link } = newRouter(0)
  const [first, second, third] = [link(FIRST), link(SECOND), link(THIRD)]
  busy(router, first, second)
  tell(router, third, encodePrune(author(AUTHOR)))
  offer(router, first, frameOf(AUTHOR, BUSY + 1))
  assert.equal([second.said, third.got.at(-1)], [[], `${AUTHOR}/${BUSY + 1}`])
})

/** A link that writes down what it gets. */
class PaperPeer implements FloodLink, TreePeer {
  readonly waitingInlets = new Set<Inlet>()
  readonly got: string[] = []
  readonly control: Uint8Array[] = []
  readonly local = false
  readonly dialled = true
  readonly roundTripMs = 1
  readonly id: number
  waitingFor = 0
  lagging = false
  behind = false
  treeBit = 0
  timedWait: TimedWait | null = null
  stalls = 0
  readonly patience = null
  takenBytes = 0
  purged = 0

  constructor(id: number) {
    this.id = id
  }

  get said(): number[] {
    return this.control.map((frame) => frame[4]!)
  }

  isFullFor = (): boolean => false
  hasRoomFor = (): boolean => true
  onLagging = (): void => undefined
  flush = (): void => undefined
  pause = (): void => undefined
  resume = (): void => undefined
  onMissed = (): void => undefined

  queueControl(frame: Uint8Array): void {
    assert.ok(bodyOf(frame).length >= 0)
    this.control.push(frame)
  }

  purge(gone: OriginMatch): number {
    assert.ok(gone.matches(frameOf(AUTHOR, 1), viewOf(frameOf(AUTHOR, 1)), 0))
    this.purged++
    return 0
  }

  sendData(bytes: Uint8Array): void {
    const view = viewOf(bytes)
    for (let start = 0; start < bytes.length; start += 4 + view.getUint32(start))
      this.got.push(`${bytes[start + 8]}/${view.getUint32(start + 44)}`)
  }
}

function newRouter(parents = 1) {
  const counts = new LinkCounts(linkCountsMemory(1), 0)
  const own = '09'.repeat(32)
  const router = new FloodRouter(resolveLimits({ parents }), null, new LossTally(), counts, new BufferPool(), own, 1)
  routers.push(router)
  const late = (id: number): PaperPeer => new PaperPeer(id)
  const link = (id: number): PaperPeer => {
    const peer = late(id)
    router.add(peer, peer)
    return peer
  }
  return { router, link, late }
}

function routerLink(router: FloodRouter, id: number): FloodLink {
  return router.links.find((link) => link.id === id)!
}

/** The author is busy, `first` its parent, and `second` pruned. */
function busy(router: FloodRouter, first: FloodLink, second: FloodLink): void {
  for (let seq = 1; seq <= BUSY; seq++) {
    offer(router, first, frameOf(AUTHOR, seq))
    offer(router, second, frameOf(AUTHOR, seq))
  }
}

function offer(router: FloodRouter, source: FloodLink, frame: Uint8Array): void {
  assert.is(router.offer(source, frame, viewOf(frame), 0, frame.length), null)
  router.chunkEnd()
}

function tell(router: FloodRouter, source: FloodLink, frame: Uint8Array): void {
  assert.is(router.onTreeFrame(source, frame), null)
  router.chunkEnd()
}

function author(name: number) {
  return { origin: new Uint8Array(32).fill(name), incarnation: INCARNATION }
}

function frameOf(name: number, seq: number): Uint8Array {
  return encodeFrame(FrameType.data, author(name), seq, new Uint8Array(10), { signed: false, hops: 0 })
}

test.run()

// The flood inside one worker, with links made by hand: chunks pass one after the other, and what finds no peer is
// counted.
import { encodeFrame, encodeStem, FrameType, resolveLimits, viewOf } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LossTally } from '../../../src/threads/counters.ts'
import { LinkCounts, linkCountsMemory } from '../../../src/threads/link-counts.ts'
import type { Inlet, TimedWait } from '../../../src/worker/flood/backpressure.ts'
import { BufferPool } from '../../../src/worker/flood/buffer-pool.ts'
import type { FloodLink } from '../../../src/worker/flood/flood-link.ts'
import { FloodRouter } from '../../../src/worker/flood/flood-router.ts'

const INCARNATION = Math.floor(Date.now() / 1_000)
const [DIALLED, ACCEPTED, LEAVING, PROGRAM, FIRST, SIBLING, THIRD] = [16, 32, 48, -1, -2, -3, -4]
/** What a link writes down of a STEM frame, which names nobody. */
const STEM = '0/0'

/** A link that writes down what it gets and how often it was held up. */
class PaperLink implements FloodLink {
  readonly waitingInlets = new Set<Inlet>()
  readonly got: string[] = []
  readonly local: boolean
  readonly id: number
  waitingFor = 0
  lagging = false
  behind = false
  treeBit = 0
  timedWait: TimedWait | null = null
  stalls = 0
  readonly patience = null
  takenBytes = 0
  full = false
  pauses = 0
  onResume: () => void = () => undefined

  constructor(id: number) {
    this.id = id
    this.local = id === PROGRAM
  }

  isFullFor = (): boolean => this.full
  hasRoomFor = (): boolean => !this.full
  onLagging = (): void => undefined
  flush = (): void => undefined
  onMissed = (): void => undefined

  pause(): void {
    this.pauses++
  }

  resume(): void {
    this.onResume()
  }

  sendData(bytes: Uint8Array): void {
    const view = viewOf(bytes)
    for (let start = 0; start < bytes.length; start += 4 + view.getUint32(start))
      this.got.push(`${bytes[start + 8]}/${view.getUint32(start + 44)}`)
  }
}

test('who waits for a link that ends in the midst of a chunk goes on after the chunk, and each is held up for its own frames', () => {
  const { router, link } = newBoard()
  const [source, other, leaving, program] = [link(DIALLED), link(ACCEPTED), link(LEAVING), link(PROGRAM)]
  leaving.full = true
  router.offerOwn(program, frameOf(1, 1), false)
  assert.is(program.pauses, 1)
  program.onResume = () => router.offerOwn(program, frameOf(1, 2), false)
  other.full = true
  offer(router, source, frameOf(2, 1))
  // What a LEAVE between two packets of one chunk does.
  router.remove(leaving)
  offer(router, source, frameOf(2, 2))
  router.chunkEnd()
  assert.equal(other.got, ['1/1', '2/1', '2/2', '1/2'])
  assert.equal(leaving.got, ['1/1'])
  assert.is(source.pauses, 1)
})

test('a packet of the program that no peer of any worker will take waits for one, in order', () => {
  const memory = linkCountsMemory(2)
  const [first, second] = [newBoard(memory, 0), newBoard(memory, 1)]
  const [program, sibling] = [first.link(PROGRAM), first.link(SIBLING)]
  first.router.offerOwn(program, frameOf(1, 1), false)
  const peer = second.link(DIALLED + 1)
  first.router.tick()
  first.router.offerOwn(program, frameOf(1, 2), false)
  second.router.remove(peer)
  first.router.offerOwn(program, frameOf(1, 3), false)
  assert.equal(sibling.got, ['1/1', '1/2'])
  const late = first.link(ACCEPTED)
  first.router.offerOwn(program, frameOf(1, 4), false)
  assert.equal(
    [late.got, sibling.got],
    [
      ['1/3', '1/4'],
      ['1/1', '1/2', '1/3', '1/4']
    ]
  )
  assert.equal(first.losses.totals, {})
  // What a sibling sends on is not the program's, and no loss when it ends here.
  second.router.offerOwn(second.link(SIBLING), frameOf(1, 2), false)
  assert.equal(second.losses.totals, {})
})

test('what no peer has taken when the node stops is counted', () => {
  const { router, link, losses } = newBoard()
  router.offerOwn(link(PROGRAM), frameOf(1, 1), false)
  assert.equal(losses.totals, {})
  router.stop()
  assert.equal(losses.totals, { 'no-link': 1 })
})

test('a link that another one has replaced under its number takes nothing with it when it goes', () => {
  const { router, link } = newBoard()
  const [program, old] = [link(PROGRAM), link(SIBLING)]
  link(DIALLED)
  const sibling = link(SIBLING)
  router.remove(old)
  router.offerOwn(program, frameOf(1, 1), false)
  assert.equal([old.got, sibling.got], [[], ['1/1']])
})

test('a stem that begins where there is no peer goes to a worker that has one', () => {
  const memory = linkCountsMemory(3)
  newBoard(memory, 2).link(DIALLED + 2)
  // Of two ways one would be drawn for each epoch: ten nodes draw the right one by chance once in a thousand times.
  for (let seq = 1; seq <= 10; seq++) {
    const node = newBoard(memory, 0)
    const ways = [node.link(SIBLING), node.link(THIRD)]
    node.router.offerOwn(node.link(PROGRAM), encodeStem(frameOf(1, seq)), false)
    assert.equal(
      ways.map(({ got }) => got),
      [[], [STEM]]
    )
  }
})

test('a stem that comes from a worker goes to a peer or ends, and to no worker again', async () => {
  const { router, link } = newBoard(linkCountsMemory(3), 1)
  const [first, third] = [link(FIRST), link(THIRD)]
  router.offerOwn(first, encodeStem(frameOf(1, 1)), false)
  await Promise.resolve()
  assert.equal([first.got, third.got], [['1/1'], ['1/1']])
  const peer = link(DIALLED + 1)
  router.offerOwn(first, encodeStem(frameOf(1, 2)), false)
  await Promise.resolve()
  assert.equal([first.got, third.got, peer.got], [['1/1'], ['1/1'], [STEM]])
})

test('a stem between two packets of one chunk stays as it is when these are moved together', async () => {
  const { router, link } = newBoard()
  const [source, program] = [link(DIALLED), link(PROGRAM)]
  const frames = [frameOf(1, 1), encodeStem(frameOf(2, 1)), frameOf(1, 2)] as const
  // As a socket gives it: `slice` of a Buffer is no copy.
  const chunk = Buffer.concat(frames)
  const [stem, last] = [frames[0].length, frames[0].length + frames[1].length]
  assert.is(router.offer(source, chunk, viewOf(chunk), 0, stem), null)
  assert.is(router.offerStem(source, chunk, viewOf(chunk), stem, last), null)
  assert.is(router.offer(source, chunk, viewOf(chunk), last, chunk.length), null)
  router.chunkEnd()
  await Promise.resolve()
  assert.equal(program.got, ['1/1', '1/2', '2/1'])
})

test('a stem that ends when the last peer has gone is counted', async () => {
  const { router, link, losses } = newBoard()
  router.offerOwn(link(PROGRAM), encodeStem(frameOf(1, 1)), false)
  await Promise.resolve()
  assert.equal(losses.totals, { 'no-link': 1 })
})

function newBoard(
  memory = linkCountsMemory(1),
  worker = 0
): { router: FloodRouter; losses: LossTally; link(id: number): PaperLink } {
  const losses = new LossTally()
  const router = new FloodRouter(
    resolveLimits({}),
    null,
    losses,
    new LinkCounts(memory, worker),
    new BufferPool(),
    '',
    1
  )
  const link = (id: number): PaperLink => {
    const made = new PaperLink(id)
    router.add(made)
    return made
  }
  return { router, losses, link }
}

function offer(router: FloodRouter, source: FloodLink, frame: Uint8Array): void {
  assert.is(router.offer(source, frame, viewOf(frame), 0, frame.length), null)
}

function frameOf(author: number, seq: number): Uint8Array {
  const from = { origin: new Uint8Array(32).fill(author), incarnation: INCARNATION }
  return encodeFrame(FrameType.data, from, seq, new Uint8Array(10), { signed: false, hops: 0 })
}

test.run()

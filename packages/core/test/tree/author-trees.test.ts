// Trees on real tables, floods and frames: a few nodes that are all linked to each other, in made-up time.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { toHex } from '../../src/bytes.ts'
import { Flood, type FloodHost } from '../../src/flood/flood.ts'
import { OriginTable } from '../../src/flood/origin-table.ts'
import { AuthorTrees, type AuthorTreesHost } from '../../src/tree/index.ts'
import { viewOf } from '../../src/wire/header.ts'
import { FrameType, SEQ_OFFSET, TYPE_OFFSET } from '../../src/wire/layout.ts'
import { encodeIHave, type SeqRange } from '../../src/wire/tree-codec.ts'
import { makeFrame } from '../support/frames.ts'

const INCARNATION = 1_790_000_000
const KEY = 7
const NAME = toHex(new Uint8Array(32).fill(KEY))
const START_MS = INCARNATION * 1_000

/** A node: link `n` leads to node `n - 1`, link -1 is its program. */
class TestNode implements FloodHost, AuthorTreesHost {
  readonly origins = new OriginTable(64, 1)
  readonly flood = new Flood(this, this.origins, false)
  readonly trees: AuthorTrees
  readonly bits = new Map<number, number>()
  readonly got: number[] = []
  copies = 0
  readonly gaps: string[] = []
  readonly #kept = new Map<number, Uint8Array>()
  readonly #net: TestNet
  readonly #index: number

  constructor(net: TestNet, index: number, own: string) {
    this.#net = net
    this.#index = index
    this.trees = new AuthorTrees(this, this.origins, own, () => 0.5)
    this.flood.trees = this.trees
  }

  forward(source: number, bytes: Uint8Array, start: number, end: number, _frames: number, pruned: number): void {
    const run = bytes.slice(start, end)
    for (const [link, bit] of this.bits) if (link !== source && (pruned & bit) === 0) this.#send(link, run)
  }

  verify(): boolean {
    return true
  }

  sendControl(link: number, frame: Uint8Array): void {
    this.#send(link, frame)
  }

  purge(): number {
    return 0
  }

  replay(link: number, origin: string, incarnation: number, ranges: readonly SeqRange[]): number {
    assert.equal([origin, incarnation], [NAME, INCARNATION])
    const held = [...this.#kept.keys()].filter((seq) => ranges.some(({ from, to }) => seq >= from && seq <= to))
    for (const seq of held) this.#send(link, this.#kept.get(seq) as Uint8Array)
    return held[0] ?? 0
  }

  onGap(_origin: string, _incarnation: number, from: number, to: number): void {
    this.gaps.push(`${from}-${to}`)
  }

  take(source: number, frame: Uint8Array, nowMs: number): void {
    this.trees.tick(nowMs)
    if (frame[TYPE_OFFSET] !== FrameType.data) {
      assert.is(this.trees.onFrame(source, frame), null)
      return
    }
    this.copies++
    this.flood.tick(nowMs, nowMs)
    const { fresh } = this.flood.counts
    this.trees.onData(source)
    const copy = frame.slice()
    this.flood.offer(source, copy, viewOf(copy), 0, copy.length, source < 0)
    this.flood.flush()
    if (this.flood.counts.fresh === fresh) return
    const seq = viewOf(frame).getUint32(SEQ_OFFSET)
    this.got.push(seq)
    this.#kept.set(seq, frame)
  }

  #send(link: number, frame: Uint8Array): void {
    this.#net.send(this.#index, link - 1, frame)
  }
}

class TestNet {
  readonly nodes: TestNode[] = []
  readonly #queue: { from: number; to: number; frame: Uint8Array }[] = []
  nowMs = START_MS
  /** Frames from one node to another that are lost. */
  loses: (from: number, to: number, frame: Uint8Array) => boolean = () => false

  constructor(count: number) {
    for (let i = 0; i < count; i++) this.nodes.push(new TestNode(this, i, i === 0 ? NAME : `${i}`))
    for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) if (i !== j) this.link(i, j)
  }

  link(from: number, to: number): void {
    const node = this.nodes[from]
    node?.trees.tick(this.nowMs)
    node?.bits.set(to + 1, node.trees.linkUp(to + 1, from < to, 10))
  }

  unlink(from: number, to: number): void {
    const node = this.nodes[from]
    node?.bits.delete(to + 1)
    node?.trees.tick(this.nowMs)
    node?.trees.linkDown(to + 1)
  }

  send(from: number, to: number, frame: Uint8Array): void {
    if (!this.loses(from, to, frame)) this.#queue.push({ from, to, frame })
  }

  write(seq: number): void {
    this.nodes[0]?.take(-1, makeFrame({ incarnation: INCARNATION, origin: KEY, seq, body: 50 }), this.nowMs)
    this.settle(100)
  }

  settle(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs <= end; this.nowMs += 10) {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { from, to, frame } = next
        this.nodes[to]?.take(from + 1, frame, this.nowMs)
      }
      for (const { trees } of this.nodes) if (trees.trees.wakeMs <= this.nowMs) trees.wake(this.nowMs)
    }
  }

  copies(): number {
    return this.nodes.slice(1).reduce((sum, { copies }) => sum + copies, 0)
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

test('five nodes that are all linked receive each packet once when its author is busy', () => {
  const net = new TestNet(5)
  for (let seq = 1; seq <= 20; seq++) net.write(seq)
  const before = net.copies()
  for (let seq = 21; seq <= 40; seq++) net.write(seq)
  assert.is(net.copies() - before, 4 * 20)
  for (const { got } of net.nodes) assert.equal(got, upTo(40))
})

test('what a link loses is fetched by its number', () => {
  const net = new TestNet(4)
  for (let seq = 1; seq <= 20; seq++) net.write(seq)
  net.loses = (from, to, frame) => from === 0 && to === 2 && frame[TYPE_OFFSET] === FrameType.data
  for (let seq = 21; seq <= 30; seq++) net.write(seq)
  net.settle(3_000)
  for (const { got, gaps } of net.nodes) {
    assert.equal(
      [...got].sort((a, b) => a - b),
      upTo(30)
    )
    assert.equal(gaps, [])
  }
})

test('when the parent is gone the others push', () => {
  const net = new TestNet(4)
  for (let seq = 1; seq <= 20; seq++) net.write(seq)
  net.unlink(0, 3)
  net.unlink(3, 0)
  for (let seq = 21; seq <= 30; seq++) net.write(seq)
  net.settle(3_000)
  for (const { got } of net.nodes) assert.equal(got, upTo(30))
})

test('a newcomer is sent nothing twice, and nothing from before it was told', () => {
  const net = new TestNet(4)
  for (const other of [0, 1, 2]) {
    net.unlink(3, other)
    net.unlink(other, 3)
  }
  for (let seq = 1; seq <= 20; seq++) net.write(seq)
  const { copies } = net.nodes[3] as TestNode
  for (const other of [0, 1, 2]) {
    net.link(other, 3)
    net.link(3, other)
  }
  for (let seq = 21; seq <= 40; seq++) net.write(seq)
  net.settle(3_000)
  const newcomer = net.nodes[3] as TestNode
  const fresh = newcomer.got.filter((seq) => seq > 20)
  assert.equal(fresh, upTo(40).slice(40 - fresh.length))
  assert.ok(fresh.length >= 19, `${fresh.length}`)
  assert.ok(newcomer.copies - copies <= 1.3 * fresh.length, `${newcomer.copies - copies} copies of ${fresh.length}`)
})

test('one message each of many authors leaves no state', () => {
  const net = new TestNet(3)
  for (let key = 20; key < 60; key++) {
    net.nodes[0]?.take(-1, makeFrame({ incarnation: INCARNATION, origin: key, seq: 1, body: 50 }), net.nowMs)
    net.settle(20)
  }
  for (const { trees } of net.nodes) assert.equal([trees.trees.size, trees.trees.wakeMs], [0, Number.POSITIVE_INFINITY])
})

test('a new incarnation floods once more', () => {
  const net = new TestNet(4)
  for (let seq = 1; seq <= 20; seq++) net.write(seq)
  const before = net.copies()
  net.nodes[0]?.take(-1, makeFrame({ incarnation: INCARNATION + 1, origin: KEY, seq: 1, body: 50 }), net.nowMs)
  net.settle(100)
  assert.ok(net.copies() - before > 3, `${net.copies() - before} copies for three nodes`)
})

test('announcements that name nobody, and frames of another form, are malformed', () => {
  const net = new TestNet(2)
  const node = net.nodes[1] as TestNode
  const [unnamed = new Uint8Array(0)] = encodeIHave([{ number: 3, mark: 9, author: null }])
  assert.is(node.trees.onFrame(1, unnamed), 'malformed-frame')
  for (const type of [FrameType.prune, FrameType.none, FrameType.iHave, FrameType.graft]) {
    assert.is(node.trees.onFrame(1, makeFrame({ type, body: 1 })), 'malformed-frame')
  }
})

test('one neighbour opens 256 authors by announcements, and no more', () => {
  const net = new TestNet(2)
  const node = net.nodes[1] as TestNode
  for (let number = 0; number < 1_000; number++) {
    const origin = new Uint8Array(32).fill(1)
    viewOf(origin).setUint32(0, number)
    const [frame = new Uint8Array(0)] = encodeIHave([{ number, mark: 9, author: { origin, incarnation: INCARNATION } }])
    assert.is(node.trees.onFrame(1, frame), null)
  }
  assert.is(node.trees.trees.size, 256)
})

test.run()

// Stems: over which links a packet goes before it floods, who floods it in the end, and what is kept meanwhile.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { StemPhase, type StemPhaseHost } from '../../src/flood/stem-phase.ts'
import { viewOf } from '../../src/wire/header.ts'
import { Flag, FrameType, HEADER_BYTES } from '../../src/wire/layout.ts'
import { encodeStem, stemmedStart } from '../../src/wire/stem-codec.ts'
import { forged, oneTime, Stage, signed } from '../support/flood-stage.ts'
import { anyByte, anyFrame, makeFrame, sameBytes } from '../support/frames.ts'
import { anySeed, holds } from '../support/property.ts'
import { createRandom } from '../support/random.ts'

const TIMEOUT_MS = 1_000
const EPOCH_MS = 1_000_000

/** A node with links 1 to `links` that writes down what it does. */
class Node implements StemPhaseHost {
  readonly sent: { link: number; frame: Uint8Array }[] = []
  readonly flooded: Uint8Array[] = []
  readonly seen = new Set<Uint8Array>()
  readonly told: string[] = []
  readonly stems: StemPhase
  links: number[]
  constructor({ links = 4, seed = 1, random = createRandom(seed) } = {}) {
    this.links = Array.from({ length: links }, (_, i) => i + 1)
    this.stems = new StemPhase(this, TIMEOUT_MS, random)
  }
  routes(source: number): number[] {
    return this.links.filter((link) => link !== source)
  }
  send(link: number, frame: Uint8Array): void {
    this.sent.push({ link, frame })
  }
  flood(frame: Uint8Array): void {
    this.flooded.push(frame)
    this.seen.add(frame)
  }
  isNews(frame: Uint8Array): boolean {
    return !this.seen.has(frame)
  }
  onOwnEnded(_: Uint8Array, why: string): void {
    this.told.push(why)
  }
}

/** A node whose epoch passes packets on, or ends stems. */
function nodeThat(endsHere: boolean): Node {
  for (let seed = 1; ; seed++) {
    const node = new Node({ seed })
    node.stems.onStem(1, packet(1), 0)
    if (node.flooded.length === Number(endsHere)) return new Node({ seed })
  }
}

const packet = (seq: number, body = 20): Uint8Array => signed({ seq, body })

test('an own packet goes over one link, and to nobody else, whatever the epoch says', () => {
  for (const endsHere of [true, false]) {
    const node = nodeThat(endsHere)
    node.stems.start(packet(1), 0)
    assert.is(node.sent.length, 1)
    assert.equal(node.flooded, [])
  }
})

test('what comes in the stem phase goes on over one link that is not the one it came from, or floods, as the epoch says', () => {
  const passing = nodeThat(false)
  for (let seq = 1; seq <= 50; seq++) passing.stems.onStem(1 + (seq % 4), packet(seq), 0)
  assert.is(passing.sent.length, 50)
  assert.ok(passing.sent.every(({ link, frame }) => link !== 1 + ((viewOf(frame).getUint32(44) as number) % 4)))
  const ending = nodeThat(true)
  for (let seq = 1; seq <= 50; seq++) ending.stems.onStem(1 + (seq % 4), packet(seq), 0)
  assert.equal([ending.sent.length, ending.flooded.length, ending.stems.counts.ended], [0, 50, 50])
})

test('all that comes from one link goes the same way in an epoch, and own packets too; a way that is gone is drawn anew', () => {
  const node = nodeThat(false)
  for (let seq = 1; seq <= 30; seq++) node.stems.start(packet(seq), 0)
  const [way] = new Set(node.sent.map(({ link }) => link))
  assert.is(new Set(node.sent.map(({ link }) => link)).size, 1)
  node.links = node.links.filter((link) => link !== way)
  node.stems.start(packet(31), 0)
  assert.is.not(node.sent.at(-1)?.link, way)
})

test('a sixth of the epochs ends stems, and ways differ between epochs', () => {
  const node = new Node()
  const rounds = 3_000
  for (let round = 0; round < rounds; round++) node.stems.onStem(1, packet(round + 1), round * 2 * EPOCH_MS)
  const share = node.stems.counts.ended / rounds
  // Four deviations of a share of 1/6 in 3,000 draws.
  assert.ok(Math.abs(share - 1 / 6) < 0.028, `${share}`)
  assert.equal([...new Set(node.sent.map(({ link }) => link))].sort(), [2, 3, 4])
})

test('a stem that comes back goes on, four times and whoever began it, and then floods here, once', () => {
  for (const own of [false, true]) {
    const node = nodeThat(false)
    if (own) node.stems.start(packet(1), 0)
    else node.stems.onStem(1, packet(1), 0)
    for (let times = 1; times <= 4; times++) {
      node.stems.onStem(2, packet(1), 0)
      assert.equal([node.sent.length, node.flooded.length, node.stems.size], [1 + times, 0, 1])
      assert.is.not(node.sent.at(-1)?.link, 2)
    }
    node.stems.onStem(2, packet(1), 0)
    assert.equal([node.sent.length, node.flooded.length, node.stems.size], [5, 1, 0])
    assert.equal([node.stems.counts.looped, node.told], [1, own ? ['looped'] : []])
  }
})

test('a node that ends stems passes on what has come back, as all do: its author has to', () => {
  const node = nodeThat(true)
  node.stems.start(packet(1), 0)
  node.stems.onStem(2, packet(1), 0)
  assert.equal([node.sent.length, node.flooded.length], [2, 0])
})

test('in small networks a packet seldom floods from its author', () => {
  for (const nodes of [6, 8, 12]) {
    let own = 0
    const runs = 1_500
    const random = createRandom(nodes)
    for (let run = 0; run < runs; run++) if (flooderOf(nodes, 0, random) === 0) own++
    assert.ok(own / runs < 0.15, `${nodes} nodes: ${own} of ${runs}`)
  }
})

/** Who floods what `author` writes, where every node is linked to five others. */
function flooderOf(nodes: number, author: number, random: () => number): number {
  const underway: [from: number, to: number, frame: Uint8Array][] = []
  let flooder = -1
  const linked = (node: number, to: number): boolean =>
    Math.min((to - node + nodes) % nodes, (node - to + nodes) % nodes) <= 2
  const peersOf = (node: number): number[] => [...Array(nodes).keys()].filter((to) => to !== node && linked(node, to))
  const phases = Array.from({ length: nodes }, (_, node) => {
    const host: StemPhaseHost = {
      routes: (source) => peersOf(node).filter((peer) => peer !== source),
      send: (to, frame) => underway.push([node, to, frame]),
      flood: () => {
        flooder = node
      },
      isNews: () => true,
      onOwnEnded: () => undefined
    }
    return new StemPhase(host, TIMEOUT_MS, random)
  })
  phases[author]?.start(packet(1), 1)
  for (let hop = underway.shift(); hop !== undefined && flooder < 0; hop = underway.shift())
    phases[hop[1]]?.onStem(hop[0], hop[2], 1)
  return flooder
}

test('what others bring leaves the own packets their room, and one link leaves others theirs', () => {
  const node = nodeThat(false)
  for (let seq = 1; seq <= 600; seq++) node.stems.onStem(1, packet(seq), 0)
  assert.equal([node.stems.size, node.stems.counts.crowded], [128, 472])
  for (let seq = 1_001; seq <= 1_100; seq++) node.stems.onStem(2, packet(seq), 0)
  assert.is(node.stems.size, 228)
  for (let link = 3; link <= 9; link++)
    for (let seq = 0; seq < 128; seq++) node.stems.onStem(link, packet(link * 10_000 + seq), 0)
  assert.is(node.stems.size, 512)
  const before = node.stems.counts.crowded
  for (let seq = 2_001; seq <= 2_512; seq++) node.stems.start(packet(seq), 0)
  assert.equal([node.stems.size, node.stems.counts.crowded], [1_024, before])
  assert.equal(node.told, [])
  node.stems.start(packet(3_000), 0)
  assert.equal(node.told, ['crowded'])
})

test('a packet that nobody floods is flooded here after its time, and one that was seen is forgotten', () => {
  const node = nodeThat(false)
  const [lost, seen] = [packet(1), packet(2)]
  node.stems.onStem(1, lost, 0)
  node.stems.start(seen, 0)
  node.seen.add(seen)
  node.stems.expire(TIMEOUT_MS - 1)
  assert.equal([node.flooded.length, node.stems.size], [0, 1])
  node.stems.expire(TIMEOUT_MS * 60)
  assert.equal(node.flooded, [lost])
  assert.equal([node.stems.size, node.stems.counts['timed-out']], [0, 1])
})

test('the time of the fail-safe is drawn without memory: the author is no sooner and no later than the others', () => {
  const half = (start: (node: Node) => void): number => {
    let early = 0
    for (let seed = 1; seed <= 400; seed++) {
      const node = new Node({ seed })
      start(node)
      node.stems.expire(TIMEOUT_MS * (1 + Math.LN2))
      early += node.flooded.length
    }
    return early / 400
  }
  assert.ok(Math.abs(half((node) => node.stems.start(packet(1), 0)) - 0.5) < 0.1)
})

test('without a way on, or without room, a packet floods at once', () => {
  const alone = new Node({ links: 0 })
  alone.stems.start(packet(1), 0)
  assert.equal([alone.flooded.length, alone.stems.counts.stranded], [1, 1])
  const node = nodeThat(false)
  for (let seq = 1; seq <= 600; seq++) node.stems.start(packet(seq), 0)
  assert.equal([node.stems.size, node.stems.counts.crowded, node.flooded.length], [512, 88, 88])
  const large = nodeThat(false)
  for (let seq = 1; seq <= 60; seq++) large.stems.start(packet(seq, 1_000_000), 0)
  assert.is(large.stems.size, 33)
})

test('what is forgotten leaves its room to others', () => {
  const node = nodeThat(false)
  for (let seq = 1; seq <= 100; seq++) {
    const frame = packet(seq, 1_000_000)
    node.stems.start(frame, 0)
    node.seen.add(frame)
    node.stems.expire(0)
  }
  assert.equal([node.stems.size, node.stems.counts.crowded], [0, 0])
})

test('on any network every stem ends in a flood, at one node or several, in bounded time', () => {
  holds(fc.tuple(anySeed, fc.integer({ min: 2, max: 12 }), fc.boolean()), ([seed, size, lossy]) => {
    const random = createRandom(seed)
    const nodes = Array.from({ length: size }, (_, i) => new Node({ seed: seed + i }))
    const frame = packet(1)
    // A ring with chords; a link is named by the node at its other end.
    nodes.forEach((node, i) => {
      node.links = [...new Set([(i + 1) % size, (i + size - 1) % size, Math.floor(random() * size)])]
        .filter((j) => j !== i)
        .map((j) => j + 1)
    })
    nodes[0]?.stems.start(frame, 0)
    for (let moved = true; moved; ) {
      moved = false
      nodes.forEach((node, i) => {
        for (const { link } of node.sent.splice(0)) {
          moved = true
          if (!lossy || random() < 0.7) nodes[link - 1]?.stems.onStem(i + 1, frame, 0)
        }
      })
    }
    for (const node of nodes) node.stems.expire(TIMEOUT_MS * 60)
    assert.ok(nodes.some(({ flooded }) => flooded.length > 0))
    assert.ok(nodes.every(({ flooded, stems }) => flooded.length <= 2 && stems.size === 0))
  })
})

test('what comes in the stem phase is checked as what floods is, and the window stays as it was until it floods', () => {
  const stage = new Stage()
  const examine = (frame: Uint8Array) => stage.flood.examine(1, frame, viewOf(frame), 0, frame.length)
  stage.takes({ seq: 1 })
  assert.is(examine(packet(1)), 'known')
  assert.is(examine(forged({ seq: 2 })), 'bad-signature')
  assert.is(examine(signed({ seq: 2, flags: 0 })), 'unsigned-frame')
  assert.is(examine(signed({ seq: 2, origin: new Uint8Array(32) })), 'weak-key')
  assert.is(examine(signed({ seq: 2, flags: Flag.signed | Flag.work })), 'bad-work')
  for (const fields of [{ seq: 2 }, oneTime(1)]) {
    const frame = signed(fields)
    assert.is(examine(frame), null)
    assert.is(examine(frame), null)
    assert.is(stage.flood.isNews(frame, viewOf(frame), 0), true)
    assert.is(stage.takes(fields), true)
    assert.is(stage.flood.isNews(frame, viewOf(frame), 0), false)
  }
  assert.is(stage.oneTime.size, 1)
})

test('a stem frame carries any data frame, and it comes out as it went in', () => {
  holds(anyFrame, (frame) => {
    if (frame[4] !== FrameType.data) return
    frame[6] = 0
    const stem = encodeStem(frame)
    const start = stemmedStart(stem, viewOf(stem), 0, stem.length)
    assert.is(start, HEADER_BYTES)
    assert.ok(sameBytes(stem.subarray(start), frame))
  })
})

test('whatever is not one whole data frame without hops is no stem frame', () => {
  const data = packet(1)
  const bad = [
    data.subarray(0, -1),
    data.subarray(0, 20),
    new Uint8Array(0),
    Uint8Array.from([...data, 0]),
    data.with(6, 1),
    data.with(7, 1),
    data.with(5, 0x44),
    data.with(4, FrameType.hello),
    encodeStem(data),
    makeFrame({ flags: 0, body: 10 }).with(5, Flag.signed)
  ]
  for (const [i, frame] of bad.entries()) {
    const stem = encodeStem(frame)
    assert.is(stemmedStart(stem, viewOf(stem), 0, stem.length), -1, `${i}`)
  }
  holds(fc.tuple(anyByte, fc.uint8Array({ maxLength: 200 })), ([, rest]) => {
    const stem = encodeStem(rest)
    assert.ok(stemmedStart(stem, viewOf(stem), 0, stem.length) <= HEADER_BYTES)
  })
})

test.run()

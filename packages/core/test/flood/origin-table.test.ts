// The table of authors against a map: thousands of keys, alike ones among them, found, added and evicted by age.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { toHex } from '../../src/bytes.ts'
import { ORIGIN_IDLE_MS, type Origin } from '../../src/flood/origin-table.ts'
import { viewOf } from '../../src/wire/header.ts'
import { Keyed, makeKeys, type Random } from '../support/keyed-table.ts'
import { anySeed, holds, randomOf } from '../support/property.ts'

test('thousands of authors are found again, each as itself, and strangers are not', () => {
  const keys = makeKeys(6_000, randomOf(1))
  const keyed = new Keyed(10_000, 12_345)
  const known = new Map(keys.slice(0, 4_000).map((key) => [toHex(key), keyed.add(key, 0)]))
  assert.is(keyed.table.size, 4_000)
  for (const key of keys) {
    const expected = known.get(toHex(key)) ?? null
    assert.is(keyed.find(key), expected)
    assert.is(keyed.find(key), expected)
    if (expected !== null) assert.is(expected.id, toHex(key))
  }
})

test('keys that share all words but one are different authors, whichever word it is', () => {
  for (let word = 0; word < 8; word++) {
    const keyed = new Keyed(1_000, 7)
    const keys = Array.from({ length: 300 }, (_, i) => {
      const key = new Uint8Array(32).fill(0xab)
      viewOf(key).setUint32(4 * word, Math.imul(i, 0x10001))
      return key
    })
    keys.forEach((key) => {
      assert.is(keyed.find(key), null)
      keyed.add(key, 0)
    })
    for (const key of keys) assert.is(keyed.find(key)?.id, toHex(key))
  }
})

test('adding, finding, growing old and being evicted agree with a map, at any order', () => {
  holds(
    fc.tuple(anySeed, fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 100 })),
    ([seed, maxOrigins, keyCount]) => {
      const random = randomOf(seed)
      const oracle = new Oracle(maxOrigins, random(0x7fffffff))
      const keys = makeKeys(keyCount, random)
      for (let i = 0; i < 600; i++) oracle.step(keys[random(keys.length)] as Uint8Array, random)
      for (const key of keys) oracle.agreesOn(key)
    },
    60
  )
})

/** The table counts silence from the second that is just beginning. */
function toASecond(ms: number): number {
  return Math.ceil(ms / 1_000) * 1_000
}

interface Known {
  readonly origin: Origin
  readonly incarnation: number
  heardMs: number
  seq: number
}

/** The same steps on the table and on a map. Up to 64 authors the table looks at each before it refuses. */
class Oracle {
  readonly keyed: Keyed
  readonly known = new Map<string, Known>()
  readonly maxOrigins: number
  nowMs = 1_000_000
  floor = 0

  constructor(maxOrigins: number, seed: number) {
    this.maxOrigins = maxOrigins
    this.keyed = new Keyed(maxOrigins, seed)
  }

  step(key: Uint8Array, random: Random): void {
    this.nowMs += random(3) === 0 ? random(ORIGIN_IDLE_MS / 20) : 0
    this.agreesOn(key)
    const known = this.known.get(toHex(key))
    if (known === undefined) this.#add(key, random(1_000))
    else this.#speak(key, known)
    assert.is(this.keyed.table.size, this.known.size)
    // It rises when what was remembered of others is dropped.
    assert.ok(this.keyed.table.incarnationFloor >= this.floor)
    this.floor = this.keyed.table.incarnationFloor
  }

  /** Its window is its own still, wherever its row lies by now. */
  agreesOn(key: Uint8Array): void {
    const known = this.known.get(toHex(key))
    assert.is(this.keyed.find(key), known?.origin ?? null)
    if (known === undefined) return
    const { incarnation, seq } = known
    const author = this.keyed.number(key)
    assert.is(known.origin.window.highest, seq)
    assert.is(this.keyed.table.check(author, incarnation, seq + 1), 'fresh')
    assert.is(this.keyed.table.check(author, incarnation, seq), seq === 0 ? 'stale' : 'duplicate')
  }

  #speak(key: Uint8Array, known: Known): void {
    known.heardMs = toASecond(this.nowMs)
    known.seq++
    assert.is(this.keyed.offer(key, known.incarnation, known.seq, this.nowMs), 'fresh')
  }

  #add(key: Uint8Array, incarnation: number): void {
    const idle = [...this.known.values()].filter(({ heardMs }) => this.nowMs - heardMs >= ORIGIN_IDLE_MS)
    const full = this.known.size === this.maxOrigins
    const origin = this.keyed.add(key, this.nowMs, incarnation)
    if (origin === null) return assert.ok(full && idle.length === 0)
    if (full) this.#noteTheOneGone(idle)
    // One that comes back goes on from what is remembered of it.
    const seq = origin.window.highest
    this.known.set(origin.id, { origin, incarnation, heardMs: toASecond(this.nowMs), seq })
  }

  #noteTheOneGone(idle: readonly Known[]): void {
    const candidates = idle.length > 0 ? idle : [...this.known.values()]
    const gone = candidates.filter(({ origin }) => this.keyed.find(Buffer.from(origin.id, 'hex')) === null)
    assert.is(gone.length, 1)
    this.known.delete((gone[0] as Known).origin.id)
  }
}

test('a full table makes room for one stranger at a time, then refuses others, and changes nothing', () => {
  const keys = makeKeys(200, randomOf(2))
  const keyed = new Keyed(100, 3)
  for (const key of keys.slice(0, 100)) keyed.add(key, 5_000)
  for (const [i, key] of keys.slice(100).entries())
    assert.is(keyed.add(key, 5_000 + ORIGIN_IDLE_MS - 1) === null, i > 0)
  assert.is(keyed.table.size, 100)
  assert.is(keyed.table.incarnationFloor, 0)
  assert.is(keys.slice(0, 100).filter((key) => keyed.find(key)?.id === toHex(key)).length, 99)
  for (const key of keys.slice(101)) assert.is(keyed.find(key), null)
})

test('the author that was silent long enough makes room, and no other', () => {
  const keys = makeKeys(11, randomOf(3))
  for (let silent = 0; silent < 10; silent++) {
    const keyed = new Keyed(10, 3)
    keys.slice(0, 10).forEach((key, i) => {
      keyed.add(key, i === silent ? 0 : 1)
    })
    assert.ok(keyed.add(keys[10] as Uint8Array, ORIGIN_IDLE_MS) !== null)
    keys.forEach((key, i) => {
      assert.is(keyed.find(key) === null, i === silent)
    })
  }
})

test('nobody is forgotten for mere age while there is room', () => {
  const keys = makeKeys(100, randomOf(4))
  const keyed = new Keyed(100, 3)
  keys.forEach((key, i) => {
    keyed.add(key, i * ORIGIN_IDLE_MS)
  })
  assert.is(keyed.table.size, 100)
})

test('in a full table with few idle authors a stranger gets in after some tries, since each try looks on from the last', () => {
  const keys = makeKeys(2_002, randomOf(5))
  const keyed = new Keyed(2_000, 3)
  keys.slice(0, 2_000).forEach((key, i) => {
    keyed.add(key, i === 1_500 ? 0 : 1)
  })
  // The one for whom somebody gives way who is not idle.
  keyed.add(keys[2_001] as Uint8Array, ORIGIN_IDLE_MS)
  let tries = 1
  while (keyed.add(keys[2_000] as Uint8Array, ORIGIN_IDLE_MS) === null) tries++
  assert.ok(tries <= Math.ceil(2_000 / 64), `${tries}`)
  assert.is(keyed.find(keys[1_500] as Uint8Array), null)
})

test('the floor is the highest incarnation ever forgotten and not remembered', () => {
  const keys = makeKeys(6, randomOf(6))
  const keyed = new Keyed(1, 3, 0)
  const floors = [50, 70, 60, 10, 71, 1].map((incarnation, i) => {
    keyed.add(keys[i] as Uint8Array, i * ORIGIN_IDLE_MS, incarnation)
    return keyed.table.incarnationFloor
  })
  assert.equal(floors, [0, 50, 70, 70, 70, 71])
})

test('an author counts as forgotten with the incarnation it had last', () => {
  const [first, second] = makeKeys(2, randomOf(7)) as [Uint8Array, Uint8Array]
  const keyed = new Keyed(1, 3, 0)
  keyed.add(first, 0, 5)
  keyed.offer(first, 9, 1)
  keyed.add(second, ORIGIN_IDLE_MS, 1)
  assert.is(keyed.table.incarnationFloor, 9)
})

test('more authors than two bytes can number are found again, and none twice', () => {
  const count = 65_540
  const keyed = new Keyed(count, 5)
  const key = new Uint8Array(32)
  const isFound = (i: number): void => {
    viewOf(key).setUint32(0, i)
    if (keyed.number(key) !== i) assert.unreachable(`author ${i} is found as ${keyed.number(key)}`)
  }
  for (let i = 0; i < count; i++) {
    viewOf(key).setUint32(0, i)
    keyed.add(key, 0)
    isFound(i)
  }
  for (let i = 0; i < count; i++) isFound(i)
})

test('an author that has just spoken is not the one to go, in whatever order its packets come', () => {
  for (const seq of [1, 2, 500]) {
    const [key, second, third] = makeKeys(3, randomOf(11)) as [Uint8Array, Uint8Array, Uint8Array]
    const keyed = new Keyed(2, 3)
    keyed.add(key, 0)
    keyed.add(second, 0)
    keyed.offer(key, 1, seq, ORIGIN_IDLE_MS)
    assert.ok(keyed.add(third, ORIGIN_IDLE_MS + 1) !== null)
    assert.equal([keyed.find(key) === null, keyed.find(second) === null], [false, true])
  }
})

test('what a host attaches to an author stays with it while others come and go', () => {
  const keys = makeKeys(500, randomOf(8))
  const keyed = new Keyed(100, 3)
  keys.forEach((key, i) => {
    const origin = keyed.add(key, i * (ORIGIN_IDLE_MS / 50)) as Origin
    assert.is(origin.attachment, null)
    origin.attachment = toHex(key)
  })
  for (const key of keys) {
    const origin = keyed.find(key)
    if (origin !== null) assert.is(origin.attachment, toHex(key))
  }
})

test('adding an author that is there already is a mistake of ours', () => {
  const keyed = new Keyed(10, 3)
  keyed.add(new Uint8Array(32), 0)
  assert.throws(() => keyed.add(new Uint8Array(32), 0), /invariant broken/)
})

test('keys of zeros and of ones are keys like others, with any seed', () => {
  for (const seed of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const keyed = new Keyed(10, seed)
    const [zeros, ones] = [new Uint8Array(32), new Uint8Array(32).fill(0xff)]
    keyed.add(zeros, 0)
    assert.is(keyed.find(ones), null)
    keyed.add(ones, 0)
    assert.is(keyed.find(zeros)?.id, '00'.repeat(32))
    assert.is(keyed.find(ones)?.id, 'ff'.repeat(32))
  }
})

test.run()

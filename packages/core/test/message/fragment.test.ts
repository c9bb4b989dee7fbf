// Large messages put together again: from fragments in any order, within every limit, and with nothing left behind.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  FRAGMENT_PAYLOAD_BYTES,
  FRAGMENT_PREFIX_BYTES,
  type FragmentOutcome,
  fragmentCount,
  REASSEMBLY_TIMEOUT_MS,
  Reassembler
} from '../../src/message/fragment.ts'
import { viewOf } from '../../src/wire/header.ts'
import { MAX_PACKET_BODY_BYTES } from '../../src/wire/layout.ts'
import { patternOf, sameBytes } from '../support/frames.ts'
import { anySeed, holds, randomOf, shuffled } from '../support/property.ts'

const MIB = 1_048_576
const A = 'aa'
const malformed: FragmentOutcome = { kind: 'lost', reason: 'malformed-fragment' }
const tooLarge: FragmentOutcome = { kind: 'lost', reason: 'message-too-large' }
const full: FragmentOutcome = { kind: 'lost', reason: 'reassembly-full' }

interface Fragment {
  readonly seq: number
  readonly body: Uint8Array
}

/** The body of fragment `index` of `count` that carries `part`. */
function bodyOf(index: number, count: number, part: number | Uint8Array = FRAGMENT_PAYLOAD_BYTES): Uint8Array {
  const bytes = typeof part === 'number' ? new Uint8Array(part) : part
  const body = new Uint8Array(FRAGMENT_PREFIX_BYTES + bytes.length)
  viewOf(body).setUint32(0, index)
  viewOf(body).setUint32(4, count)
  body.set(bytes, FRAGMENT_PREFIX_BYTES)
  return body
}

function cutUp(message: Uint8Array, first: number): Fragment[] {
  const count = fragmentCount(message.length)
  return Array.from({ length: count }, (_, index) => {
    const part = message.subarray(index * FRAGMENT_PAYLOAD_BYTES, (index + 1) * FRAGMENT_PAYLOAD_BYTES)
    return { seq: first + index, body: bodyOf(index, count, part) }
  })
}

test('the number of fragments is what full ones and a rest need', () => {
  assert.is(fragmentCount(FRAGMENT_PAYLOAD_BYTES), 1)
  assert.is(fragmentCount(FRAGMENT_PAYLOAD_BYTES + 1), 2)
  assert.is(fragmentCount(MAX_PACKET_BODY_BYTES + 1), 2)
  assert.is(fragmentCount(2 * FRAGMENT_PAYLOAD_BYTES), 2)
  assert.is(fragmentCount(2 * FRAGMENT_PAYLOAD_BYTES + 1), 3)
})

test('messages come back byte for byte from fragments in any order, however they are mixed', () => {
  holds(
    fc.tuple(anySeed, fc.array(fc.integer({ min: 65_537, max: 350_000 }), { minLength: 1, maxLength: 4 })),
    ([seed, lengths]) => {
      const random = randomOf(seed)
      const reassembler = new Reassembler(MIB, 8 * MIB)
      const messages = lengths.map((length, i) => ({
        payload: patternOf(length, i),
        origin: `${i % 2}`,
        first: 1 + 9 * i
      }))
      const all = messages.flatMap((message) =>
        cutUp(message.payload, message.first).map((fragment) => ({ ...fragment, message }))
      )
      let whole = 0
      let kept = 0
      for (const { seq, body, message } of shuffled(all, random)) {
        const outcome = reassembler.add(message.origin, 1, seq, body, 0)
        kept += body.length - FRAGMENT_PREFIX_BYTES
        if (outcome.kind === 'whole') {
          whole++
          kept -= message.payload.length
          assert.is(outcome.seq, message.first)
          assert.ok(sameBytes(outcome.payload, message.payload))
        } else assert.is(outcome.kind, 'kept')
        assert.is(reassembler.bytes, kept)
      }
      assert.is(whole, messages.length)
      assert.equal([reassembler.bytes, reassembler.size], [0, 0])
    },
    60
  )
})

test('the same numbers of another author or another incarnation are another message', () => {
  const reassembler = new Reassembler(MIB, MIB)
  const [first, second] = cutUp(patternOf(70_000), 5) as [Fragment, Fragment]
  assert.is(reassembler.add(A, 1, first.seq, first.body, 0).kind, 'kept')
  assert.is(reassembler.add('bb', 1, second.seq, second.body, 0).kind, 'kept')
  assert.is(reassembler.add(A, 2, second.seq, second.body, 0).kind, 'kept')
  assert.is(reassembler.size, 3)
  assert.is(reassembler.add(A, 1, second.seq, second.body, 0).kind, 'whole')
})

test('a fragment that came before is refused and counts no byte twice, and its message still comes whole', () => {
  const reassembler = new Reassembler(MIB, MIB)
  const [first, second] = cutUp(patternOf(70_000), 5) as [Fragment, Fragment]
  reassembler.add(A, 1, first.seq, first.body, 0)
  assert.equal(reassembler.add(A, 1, first.seq, first.body, 0), malformed)
  assert.is(reassembler.bytes, FRAGMENT_PAYLOAD_BYTES)
  assert.is(reassembler.add(A, 1, second.seq, second.body, 0).kind, 'whole')
  assert.is(reassembler.bytes, 0)
})

test('a fragment that names another count than the others of its message is refused', () => {
  const reassembler = new Reassembler(MIB, MIB)
  reassembler.add(A, 1, 5, bodyOf(0, 3), 0)
  assert.equal(reassembler.add(A, 1, 6, bodyOf(1, 4), 0), malformed)
  assert.equal([reassembler.bytes, reassembler.size], [FRAGMENT_PAYLOAD_BYTES, 1])
})

const broken: [string, number, Uint8Array][] = [
  ['no bytes at all', 1, new Uint8Array(0)],
  ['half a prefix', 1, new Uint8Array(5)],
  ['no bytes behind its prefix', 2, bodyOf(1, 2, 0)],
  ['an index that is its count', 3, bodyOf(2, 2, 9)],
  ['an index far beyond its count', 0xffffffff, bodyOf(0xfffffffe, 2, 9)],
  ['a count of 0', 1, bodyOf(0, 0, 9)],
  ['a count of 1, which would be a message by itself', 1, bodyOf(0, 1, 9)],
  ['a number too low for its index', 1, bodyOf(1, 2, 9)],
  ['a byte less than a full one and others to follow', 1, bodyOf(0, 2, FRAGMENT_PAYLOAD_BYTES - 1)],
  ['a byte more than a full one and others to follow', 1, bodyOf(0, 2, FRAGMENT_PAYLOAD_BYTES + 1)]
]
for (const [what, seq, body] of broken) {
  test(`a fragment with ${what} is malformed and keeps nothing`, () => {
    const reassembler = new Reassembler(MIB, MIB)
    assert.equal(reassembler.add(A, 1, seq, body, 0), malformed)
    assert.equal([reassembler.bytes, reassembler.size], [0, 0])
  })
}

test('a count that no message within the limit has is refused at its first fragment, before a slot is made', () => {
  const reassembler = new Reassembler(MIB, 64 * MIB)
  const most = fragmentCount(MIB)
  assert.is(reassembler.add(A, 1, 1, bodyOf(0, most), 0).kind, 'kept')
  assert.equal(reassembler.add(A, 1, 1_000, bodyOf(0, most + 1), 0), tooLarge)
  assert.equal(reassembler.add(A, 1, 0xffffffff, bodyOf(5, 0xffffffff), 0), tooLarge)
  assert.is(reassembler.size, 1)
})

test('a message of exactly the limit comes whole, one byte more loses it and frees its bytes', () => {
  const limit = 2 * FRAGMENT_PAYLOAD_BYTES + 100
  for (const [extra, kind] of [
    [0, 'whole'],
    [1, 'lost']
  ] as const) {
    const reassembler = new Reassembler(limit, MIB)
    const kinds = cutUp(patternOf(limit + extra), 1).map(({ seq, body }) => reassembler.add(A, 1, seq, body, 0).kind)
    assert.equal(kinds, ['kept', 'kept', kind])
    assert.is(reassembler.bytes, 0)
  }
})

test('what still comes of a lost message is neither kept nor counted again, and goes with its time', () => {
  const reassembler = new Reassembler(2 * FRAGMENT_PAYLOAD_BYTES + 100, MIB)
  const fragments = cutUp(patternOf(2 * FRAGMENT_PAYLOAD_BYTES + 101), 1)
  const add = (at: number): string =>
    reassembler.add(A, 1, fragments[at]?.seq ?? 0, fragments[at]?.body ?? new Uint8Array(0), 0).kind
  assert.equal([0, 2, 1, 0, 1, 2].map(add), ['kept', 'kept', 'lost', 'kept', 'kept', 'kept'])
  assert.equal([reassembler.bytes, reassembler.size], [0, 1])
  assert.is(reassembler.expire(1_000_000), 0)
  assert.is(reassembler.size, 0)
})

test('a fragment larger than a packet of ours is malformed', () => {
  const reassembler = new Reassembler(MIB, MIB)
  assert.equal(reassembler.add(A, 1, 2, bodyOf(1, 2, FRAGMENT_PAYLOAD_BYTES + 1), 0), {
    kind: 'lost',
    reason: 'malformed-fragment'
  })
  assert.is(reassembler.bytes, 0)
})

test('when all bytes are taken, the message that has waited longest gives way, and what still comes of it begins nothing', () => {
  const reassembler = new Reassembler(MIB, 3 * FRAGMENT_PAYLOAD_BYTES)
  const [a, b] = [cutUp(patternOf(3 * FRAGMENT_PAYLOAD_BYTES), 1), cutUp(patternOf(3 * FRAGMENT_PAYLOAD_BYTES), 1)]
  const add = (origin: string, fragment: Fragment | undefined): string =>
    reassembler.add(origin, 1, fragment?.seq ?? 0, fragment?.body ?? new Uint8Array(0), 0).kind
  assert.equal([add(A, a[0]), add('bb', b[0]), add('bb', b[1])], ['kept', 'kept', 'kept'])
  assert.is(reassembler.takeEvicted(), 0)
  assert.is(add('bb', b[2]), 'whole')
  assert.is(reassembler.takeEvicted(), 1)
  assert.equal([add(A, a[1]), add(A, a[2])], ['kept', 'kept'])
  assert.equal([reassembler.bytes, reassembler.size, reassembler.takeEvicted()], [0, 0, 0])
})

test('a message that alone exceeds the bytes of all is lost', () => {
  const reassembler = new Reassembler(MIB, 2 * FRAGMENT_PAYLOAD_BYTES)
  const parts = cutUp(patternOf(3 * FRAGMENT_PAYLOAD_BYTES), 1)
  const outcomes = parts.map(({ seq, body }) => reassembler.add(A, 1, seq, body, 0))
  assert.equal(outcomes.at(-1), full)
  assert.is(reassembler.bytes, 0)
})

test('no more than 1024 messages are unfinished at one time, and those with the fewest bytes give way', () => {
  const reassembler = new Reassembler(MIB, 1_024 * MIB)
  const add = (i: number) => reassembler.add(`author ${i % 64}`, 1, 2 + 2 * i, bodyOf(1, 2, 2), 0)
  for (let i = 0; i < 1_024; i++) assert.is(add(i).kind, 'kept')
  assert.equal(reassembler.add('late', 1, 2, bodyOf(1, 2, 1), 0), full)
  assert.is(reassembler.add('late', 1, 2, bodyOf(1, 2, 2), 0).kind, 'kept')
  assert.equal([reassembler.bytes, reassembler.size, reassembler.takeEvicted()], [2_048, 1_024, 1])
  assert.is(reassembler.add('author 0', 1, 1, bodyOf(0, 2), 0).kind, 'kept', 'the oldest has given way')
  assert.is(reassembler.add('author 1', 1, 3, bodyOf(0, 2), 0).kind, 'whole')
})

test('places held by last fragments of a byte, renewed without pause, keep no honest message from coming whole', () => {
  const reassembler = new Reassembler(16 * MIB, 64 * MIB)
  let seq = 0
  const attack = (count: number): void => {
    for (let i = 0; i < count; i++) reassembler.add(`evil ${seq % 64}`, 1, 3 * ++seq, bodyOf(1, 2, 1), seq)
  }
  attack(3_000)
  for (let message = 0; message < 20; message++) {
    const kinds = cutUp(patternOf(300_000), 1 + 10 * message).map(({ seq: own, body }) => {
      attack(200)
      return reassembler.add('honest', 1, own, body, seq).kind
    })
    assert.equal(kinds, ['kept', 'kept', 'kept', 'kept', 'whole'])
  }
})

test('one author has no more than 32 unfinished messages, and the others have their places', () => {
  const reassembler = new Reassembler(MIB, MIB)
  for (let i = 0; i < 32; i++) assert.is(reassembler.add(A, 1, 2 + 2 * i, bodyOf(1, 2, 1), 0).kind, 'kept')
  assert.equal(reassembler.add(A, 1, 9_000, bodyOf(1, 2, 1), 0), full)
  assert.is(reassembler.add('bb', 1, 2, bodyOf(1, 2, 1), 0).kind, 'kept')
  assert.is(reassembler.expire(REASSEMBLY_TIMEOUT_MS), 33)
  assert.is(reassembler.add(A, 1, 9_000, bodyOf(1, 2, 1), 0).kind, 'kept')
})

test('a message whose fragments stopped coming is given up at its time, and not before', () => {
  const reassembler = new Reassembler(MIB, MIB)
  reassembler.add(A, 1, 1, bodyOf(0, 3), 1_000)
  reassembler.add('bb', 1, 1, bodyOf(0, 3), 2_000)
  assert.is(reassembler.expire(1_000 + REASSEMBLY_TIMEOUT_MS - 1), 0)
  assert.is(reassembler.expire(1_000 + REASSEMBLY_TIMEOUT_MS), 1)
  assert.equal([reassembler.bytes, reassembler.size], [FRAGMENT_PAYLOAD_BYTES, 1])
  assert.is(reassembler.expire(9_000 + REASSEMBLY_TIMEOUT_MS), 1)
  assert.equal([reassembler.bytes, reassembler.size], [0, 0])
})

test('each fragment gives its message more time, and those behind it are given up all the same', () => {
  const reassembler = new Reassembler(MIB, MIB)
  reassembler.add(A, 1, 1, bodyOf(0, 3), 0)
  reassembler.add('bb', 1, 1, bodyOf(0, 3), 10)
  reassembler.add(A, 1, 2, bodyOf(1, 3), 20)
  assert.is(reassembler.expire(10 + REASSEMBLY_TIMEOUT_MS), 1)
  assert.is(reassembler.add(A, 1, 3, bodyOf(2, 3, 7), 30).kind, 'whole')
  assert.is(reassembler.expire(10 * REASSEMBLY_TIMEOUT_MS), 0)
})

test('whatever fragments come, the bytes kept are counted within the limit, and all is given up in the end', () => {
  const limit = 4 * FRAGMENT_PAYLOAD_BYTES
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.constant(FRAGMENT_PAYLOAD_BYTES) },
    fc.constantFrom(1, FRAGMENT_PAYLOAD_BYTES - 1, 2 * FRAGMENT_PAYLOAD_BYTES)
  )
  const anyFragment = fc
    .record({
      origin: fc.constantFrom('aa', 'bb'),
      first: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(1, 10) }, fc.integer({ min: 0, max: 9 })),
      index: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 2 }) }, fc.constantFrom(4, 0xffffffff)),
      count: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(2, 3) }, fc.constantFrom(0, 1, 4, 0xffffffff)),
      part
    })
    .map(({ first, index, ...rest }) => ({ ...rest, index, seq: (first + index) >>> 0 }))
  const outcomes = new Map<string, number>()
  let evicted = 0
  holds(
    fc.array(anyFragment, { maxLength: 40, size: 'max' }),
    (fragments) => {
      const reassembler = new Reassembler(3 * FRAGMENT_PAYLOAD_BYTES, limit)
      fragments.forEach(({ origin, seq, index, count, part }, i) => {
        const outcome = reassembler.add(origin, 1, seq, bodyOf(index, count, part), i)
        const name = outcome.kind === 'lost' ? outcome.reason : outcome.kind
        outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
        evicted += reassembler.takeEvicted()
        assert.ok(reassembler.bytes >= 0 && reassembler.bytes <= limit)
      })
      reassembler.expire(1_000 + REASSEMBLY_TIMEOUT_MS)
      assert.equal([reassembler.bytes, reassembler.size], [0, 0])
    },
    150
  )
  assert.is(outcomes.size, 4, `all outcomes occur: ${[...outcomes.keys()]}`)
  assert.ok(evicted > 0)
})

test.run()

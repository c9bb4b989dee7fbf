// Reasons why links close, by their numbers on the wire.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CLOSE_REASONS, closeReasonAt, closeReasonNumber } from '../../src/wire/close-reasons.ts'
import { FRAME_FAULTS } from '../../src/wire/faults.ts'

test('every reason has a number of its own that fits a byte and names it again', () => {
  const numbers = CLOSE_REASONS.map(closeReasonNumber)
  assert.is(new Set(numbers).size, CLOSE_REASONS.length)
  assert.is(new Set(CLOSE_REASONS).size, CLOSE_REASONS.length)
  for (const number of numbers) assert.ok(number >= 0 && number <= 255)
  assert.equal(numbers.map(closeReasonAt), CLOSE_REASONS)
})

test('numbers never change: a peer of another release reads them', () => {
  const numbered = Object.fromEntries(CLOSE_REASONS.map((reason) => [reason, closeReasonNumber(reason)]))
  assert.equal(numbered, {
    unknown: 0,
    leaving: 1,
    self: 2,
    'wrong-peer': 3,
    cancelled: 4,
    duplicate: 5,
    restarted: 6,
    stale: 7,
    'guests-full': 8,
    'guest-timeout': 9,
    answered: 10,
    'not-needed': 11,
    full: 12,
    replaced: 13,
    'bad-nonce': 14,
    'unsolicited-ack': 15,
    'wrong-version': 16,
    'wrong-network': 17,
    'wrong-key': 18,
    'wrong-security': 19,
    'wrong-identity': 20,
    'untrusted-certificate': 21,
    'handshake-timeout': 22,
    dead: 23,
    stuck: 24,
    'worker-crash': 25,
    'connection-lost': 26,
    'peer-speaks-tls': 27,
    'wrong-work': 28,
    'too-slow': 29,
    'frame-too-short': 128,
    'frame-too-large': 129,
    'unknown-type': 130,
    'unknown-flags': 131,
    'malformed-frame': 132,
    'unsigned-frame': 133,
    'bad-signature': 134,
    'data-before-join': 135,
    'hello-expected': 136,
    'hello-repeated': 137,
    'weak-key': 138,
    'bad-work': 139
  })
})

test('the faults are among the reasons', () => {
  for (const fault of FRAME_FAULTS) assert.ok(CLOSE_REASONS.includes(fault), fault)
})

test('a number of no reason is unknown', () => {
  for (const number of [30, 127, 140, 255, -1]) assert.is(closeReasonAt(number), 'unknown')
})

test.run()

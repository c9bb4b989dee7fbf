// Which keys are nobody's own. The eight small-order points are computed from the curve, not copied from the list.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { add, BASE, encoded, L, P, smallOrderPoints } from '../../../../test/support/curve.ts'
import { isWeakKey, isWeakSignature } from '../../src/wire/weak-key.ts'

test('every point of small order is weak, under either sign and also in an encoding beyond the field', () => {
  const points = smallOrderPoints()
  assert.is(points.length, 8)
  for (const [x, y] of points) {
    for (const sign of [x & 1n, 1n - (x & 1n)]) assert.ok(isWeakKey(encoded(y, sign)), `y = ${y}, sign ${sign}`)
    if (y + P < 2n ** 255n) for (const sign of [0n, 1n]) assert.ok(isWeakKey(encoded(y + P, sign)))
  }
})

test('every y beyond the field is weak, and the last one within it is weak only for its order', () => {
  for (let y = P; y < 2n ** 255n; y++) for (const sign of [0n, 1n]) assert.ok(isWeakKey(encoded(y, sign)))
  assert.ok(isWeakKey(encoded(P - 1n, 0n)))
  assert.not.ok(isWeakKey(encoded(P - 2n, 0n)))
})

test('ordinary keys are not weak, wherever they lie', () => {
  let point = BASE
  for (let i = 0; i < 50; i++) {
    const key = encoded(point[1], point[0] & 1n)
    const frame = new Uint8Array(48)
    frame.set(key, 8)
    assert.not.ok(isWeakKey(key))
    assert.not.ok(isWeakKey(frame, 8))
    point = add(point, BASE)
  }
  for (const y of [2n, 3n, 255n, 256n]) assert.not.ok(isWeakKey(encoded(y, 0n)))
})

test('a signature is weak when its R is, or its S is the order or more', () => {
  const [r, s] = [encoded(BASE[1], 0n), encoded(L - 1n, 0n)]
  const signature = (...parts: Uint8Array[]) => Uint8Array.of(0xff, ...parts.flatMap((part) => [...part]))
  assert.not.ok(isWeakSignature(signature(r, s), 1))
  assert.not.ok(isWeakSignature(signature(r, encoded(0n, 0n)), 1))
  for (const above of [L, L + 1n, 2n * L - 1n, 2n ** 255n])
    assert.ok(isWeakSignature(signature(r, encoded(above, 0n)), 1))
  for (const [x, y] of smallOrderPoints()) assert.ok(isWeakSignature(signature(encoded(y, x & 1n), s), 1))
  assert.ok(isWeakSignature(signature(encoded(P + 3n, 0n), s), 1))
})

test.run()

// Which keys are nobody's own. The eight small-order points are computed from the curve, not copied from the list.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isWeakKey } from '../../src/wire/weak-key.ts'

const P = 2n ** 255n - 19n
const D = mod(-121_665n * inverse(121_666n))
/** Base point (RFC 8032, 5.1). */
const BASE: Point = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n
]
/** Order of the base point. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

type Point = readonly [x: bigint, y: bigint]

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

/** Multiples by L of points all over the curve: what is left of each is its part of small order. */
function smallOrderPoints(): Point[] {
  const found = new Map<string, Point>()
  for (let y = 2n; found.size < 8; y++) {
    const x = rootOf(mod((y * y - 1n) * inverse(D * y * y + 1n)))
    if (x === null) continue
    const point = times([x, y], L)
    found.set(String(point), point)
  }
  return [...found.values()]
}

function times(point: Point, factor: bigint): Point {
  let [sum, power]: [Point, Point] = [[0n, 1n], point]
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(sum, power)
    power = add(power, power)
  }
  return sum
}

function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const product = mod(D * x1 * x2 * y1 * y2)
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + product)), mod((y1 * y2 + x1 * x2) * inverse(1n - product))]
}

function rootOf(square: bigint): bigint | null {
  const root = power(square, (P + 3n) / 8n)
  for (const candidate of [root, mod(root * power(2n, (P - 1n) / 4n))])
    if (mod(candidate * candidate) === square) return candidate
  return null
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n)
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let [square, rest] = [mod(base), exponent]; rest > 0n; square = mod(square * square), rest >>= 1n)
    if ((rest & 1n) === 1n) result = mod(result * square)
  return result
}

function mod(value: bigint): bigint {
  const rest = value % P
  return rest < 0n ? rest + P : rest
}

function encoded(y: bigint, sign: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let [i, rest] = [0, y | (sign << 255n)]; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 255n)
  return bytes
}

test.run()

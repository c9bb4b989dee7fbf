// Arithmetic on edwards25519 with big integers, as RFC 8032 writes it: slow, plain, and nothing of any library.

export const P = 2n ** 255n - 19n
const D = mod(-121_665n * inverse(121_666n))
/** Base point (RFC 8032, 5.1). */
export const BASE: Point = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n
]
/** Order of the base point. */
export const L = 2n ** 252n + 27742317777372353535851937790883648493n

export type Point = readonly [x: bigint, y: bigint]

/** Multiples by L of points all over the curve: what is left of each is its part of small order. */
export function smallOrderPoints(): Point[] {
  const found = new Map<string, Point>()
  for (let y = 2n; found.size < 8; y++) {
    const x = rootOf(mod((y * y - 1n) * inverse(D * y * y + 1n)))
    if (x === null) continue
    const point = times([x, y], L)
    found.set(String(point), point)
  }
  return [...found.values()]
}

type Extended = readonly [x: bigint, y: bigint, z: bigint, t: bigint]

export function times([x, y]: Point, factor: bigint): Point {
  let [sum, power]: [Extended, Extended] = [
    [0n, 1n, 1n, 0n],
    [x, y, 1n, mod(x * y)]
  ]
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = addExtended(sum, power)
    power = addExtended(power, power)
  }
  const z = inverse(sum[2])
  return [mod(sum[0] * z), mod(sum[1] * z)]
}

/** Hisil and others 2008, complete for this curve: one inversion at the end, and not two for each addition. */
function addExtended([x1, y1, z1, t1]: Extended, [x2, y2, z2, t2]: Extended): Extended {
  const [a, b] = [mod((y1 - x1) * (y2 - x2)), mod((y1 + x1) * (y2 + x2))]
  const [c, d] = [mod(2n * D * t1 * t2), mod(2n * z1 * z2)]
  const [e, f, g, h] = [b - a, d - c, d + c, b + a]
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)]
}

export function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const product = mod(D * x1 * x2 * y1 * y2)
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + product)), mod((y1 * y2 + x1 * x2) * inverse(1n - product))]
}

export function rootOf(square: bigint): bigint | null {
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

export function mod(value: bigint): bigint {
  const rest = value % P
  return rest < 0n ? rest + P : rest
}

export function encoded(y: bigint, sign: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let [i, rest] = [0, y | (sign << 255n)]; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 255n)
  return bytes
}

// A seeded source of randomness (mulberry32), and numbers that depend only on a seed and two keys.

export type Random = () => number

/** A source that can be continued elsewhere: the seed from which it draws what comes next. */
export type SeededRandom = Random & { readonly next: () => number }

export function createRandom(seed: number): SeededRandom {
  let word = seed >>> 0
  const draw = () => {
    word = (word + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(word ^ (word >>> 15), word | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.assign(draw, { next: () => word })
}

export function copyRandom(random: SeededRandom): SeededRandom {
  return createRandom(random.next())
}

/**
 * In [0, 1), the same for the same pair in either order: a property of the path between two places, whenever it is
 * used.
 */
export function pairwise(seed: number, a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a]
  let mixed = Math.imul(low ^ seed, 0x9e3779b1) ^ Math.imul(high + seed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

/** A whole number below `bound`. */
export function below(random: Random, bound: number): number {
  return Math.floor(random() * bound)
}

/** `count` different items, or all of them, in random order. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const pool = [...items]
  const taken = Math.min(count, pool.length)
  for (let i = 0; i < taken; i++) {
    const other = i + below(random, pool.length - i)
    const [a, b] = [pool[i] as T, pool[other] as T]
    pool[i] = b
    pool[other] = a
  }
  return pool.slice(0, taken)
}

/** 64 hex digits. */
export function drawId(random: Random): string {
  let id = ''
  while (id.length < 64)
    id += below(random, 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return interned(id)
}

/** The engine keeps each property name once, and compares two of them without reading their text. */
function interned(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text
}

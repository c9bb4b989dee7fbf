// Chance from a seed, for tests that print it.

/** Returns a function that picks `count` different items; the same seed picks the same ones. */
export function pickOut(seed: number): <T>(items: readonly T[], count: number) => T[] {
  const random = mulberry32(seed)
  return (items, count) => {
    const left = [...items]
    return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat()
  }
}

/** Tommy Ettinger's mulberry32: 32 bits of state, and good enough to choose victims. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

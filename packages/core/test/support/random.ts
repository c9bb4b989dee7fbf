// A seeded source of randomness for tests (mulberry32).

export function createRandom(seed: number): () => number {
  let word = seed >>> 0
  return () => {
    word = (word + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(word ^ (word >>> 15), word | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** 64 hex digits that begin with `prefix`. */
export function createId(random: () => number, prefix = ''): string {
  let id = prefix
  while (id.length < 64) id += Math.floor(random() * 16).toString(16)
  return id
}

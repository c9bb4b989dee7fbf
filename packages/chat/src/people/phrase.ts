// The words that two people read to each other to make sure that nobody stands between them: both get the same words
// from both keys.
import { scryptSync } from 'node:crypto'
import { wordlist } from '@scure/bip39/wordlists/english'

/** Words of the phrase, 11 bits each. */
export const PHRASE_WORDS = 8
// A stranger in the middle needs two keys that give both sides the same words: 2^44 tries at 88 bits, each as slow as
// this (about 60 ms and 32 MiB), which takes one processor some 30,000 years.
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

/** The phrase of two people, in either order; ids are 64 hex digits. Takes some 60 ms. */
export function phraseOf(one: string, other: string): string {
  const ids = Buffer.from([one, other].sort().join(''), 'hex')
  const bytes = scryptSync(ids, 'floodchat verify/1', (PHRASE_WORDS * 11) / 8, COST)
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from(
    { length: PHRASE_WORDS },
    (_, n) => wordlist[Number.parseInt(bits.slice(n * 11, n * 11 + 11), 2)]
  ).join(' ')
}

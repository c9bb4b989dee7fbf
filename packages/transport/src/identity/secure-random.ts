// Unguessable randomness for the choices of the join actor and of stems.
import { randomBytes } from 'node:crypto'

/** 48 bits, which a double holds exactly. */
const RANDOM_BYTES = 6

/** From 0 to below 1. */
export function secureRandom(): number {
  return randomBytes(RANDOM_BYTES).readUIntBE(0, RANDOM_BYTES) / 2 ** (8 * RANDOM_BYTES)
}

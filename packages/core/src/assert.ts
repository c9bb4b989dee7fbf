// Our own mistakes. A peer's mistake is a value and the world's failure is an input; only a bug of ours throws this.

/** Thrown when an invariant of floodnet itself does not hold. The node stops rather than continue with broken state. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
  readonly code = 'ERR_FLOODNET_ASSERTION'
}

/** Throws an `AssertionError` unless `condition` holds. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new AssertionError(`invariant broken: ${invariant}`)
}

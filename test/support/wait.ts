// Waiting for what another process or thread does: asked again and again, with a deadline, and never for a fixed time.

/** Short beside what is waited for, long beside the cost of asking. */
const POLL_MS = 20

type Falsy = false | null | undefined | 0 | ''

/**
 * Resolves with the first value of `condition` that is true in a condition.
 * @param what completes "not within N ms: ..."; as a function it can tell how far it came.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  deadlineMs: number,
  what: string | (() => string),
  pollMs = POLL_MS
): Promise<Exclude<T, Falsy>> {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const value = await condition()
    if (value) return value as Exclude<T, Falsy>
    if (performance.now() >= endMs) throw lateError(deadlineMs, what)
    await pause(pollMs)
  }
}

/** Settles as `promise` does, or rejects at the deadline. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, what: string | (() => string)): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lateError(deadlineMs, what)), deadlineMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function lateError(deadlineMs: number, what: string | (() => string)): Error {
  return new Error(`not within ${deadlineMs} ms: ${typeof what === 'string' ? what : what()}`)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

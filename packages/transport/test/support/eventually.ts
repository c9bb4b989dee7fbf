// Waiting for something that a test cannot be told of.

const PERIOD_MS = 20

/** Resolves with the first truthy value of `condition`. @throws when there was none within the deadline. */
export async function eventually<T>(
  what: string,
  deadlineMs: number,
  condition: () => T | Promise<T>
): Promise<NonNullable<T>> {
  const started = performance.now()
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() - started > deadlineMs) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`)
    await pause(PERIOD_MS)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

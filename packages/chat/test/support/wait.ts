// Waiting for a condition, with a deadline that names what was waited for.

/** Generous: on a machine with ten times more work than processors a flood took 12 s. A passing test never waits so long. */
export const DEADLINE_MS = 60_000

/** Polls until `probe` returns something other than undefined, null or false. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | null | false,
  seen: () => string = () => ''
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  while (performance.now() < deadline) {
    const value = probe()
    if (value !== undefined && value !== null && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited ${DEADLINE_MS} ms for ${what}; seen:\n${seen()}`)
}

// Waits for a promise, but not forever.

/** Resolves when the promise has resolved or rejected, or when the time is over. */
export async function settledWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise.catch(() => undefined), late])
  clearTimeout(timer)
}

// What ends when a program's AbortSignal does. A signal has one listener of ours, however many reads and writes wait
// with it: one for each brings a warning at the eleventh, and removing them one by one takes time that grows with their
// square.

const waits = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `end` when `signal` is aborted. The returned function calls that off; the last one called off takes the
 * listener away.
 */
export function onAbort(signal: AbortSignal, end: () => void): () => void {
  const ends = waits.get(signal) ?? watch(signal)
  ends.add(end)
  return () => {
    if (ends.delete(end) && ends.size === 0) forget(signal, ends)
  }
}

/** What an aborted signal says. One that another library made may say nothing. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/** Whether `value` does what an AbortSignal does, whoever made it: test runners and pages in Node bring their own. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  return typeof aborted === 'boolean' && [addEventListener, removeEventListener].every((f) => typeof f === 'function')
}

interface Watch extends Set<() => void> {
  stop?: () => void
}

function watch(signal: AbortSignal): Set<() => void> {
  const ends: Watch = new Set()
  const onAborted = (): void => {
    forget(signal, ends)
    for (const end of ends) end()
  }
  ends.stop = () => signal.removeEventListener('abort', onAborted)
  signal.addEventListener('abort', onAborted, { once: true })
  waits.set(signal, ends)
  return ends
}

function forget(signal: AbortSignal, ends: Watch): void {
  ends.stop?.()
  waits.delete(signal)
}

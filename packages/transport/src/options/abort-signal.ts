// What ends when a program's AbortSignal aborts. A signal has one listener of ours, however many reads and writes wait
// with it: with one listener each, Node warns at the eleventh, and removing them one by one takes time that grows with
// the square of their number.

const waits = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `end` when `signal` is aborted. The returned function cancels that; the last one cancelled removes the
 * listener.
 */
export function onAbort(signal: AbortSignal, end: () => void): () => void {
  const ends = waits.get(signal) ?? watch(signal)
  ends.add(end)
  return () => {
    if (ends.delete(end) && ends.size === 0) forget(signal, ends)
  }
}

/** The reason of an aborted signal. A signal from another library may have none. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/** Whether `value` behaves like an AbortSignal, whoever made it: test runners and pages in Node bring their own. */
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

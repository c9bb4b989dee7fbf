// Time as this process has experienced it. While it stood still (a busy machine, a suspended laptop) it could hear
// nothing, so "nobody has said it for 3 s" would be wrong: such a gap counts as one step.

/** @param now any clock, in ms; @param maxStepMs the longest time between two readings that counts in full */
export function ownTime(now: () => number, maxStepMs: number): () => number {
  let [lastMs, livedMs] = [now(), 0]
  return () => {
    const nowMs = now()
    livedMs += Math.min(nowMs - lastMs, maxStepMs)
    lastMs = nowMs
    return livedMs
  }
}

// A file beside an identity file, which floodchat makes too: it tells other programs that one runs with this key. Two
// nodes with one key shut each other out of the network.
import { takeLockLater } from './file-lock.ts'

/** What became of it. */
export interface RunningLock {
  /** What the user should know; null: nobody else runs with this key. */
  readonly notice: string | null
  release(): void
}

const NO_LOCK: RunningLock = { notice: null, release: () => undefined }

/** For a program that starts a node. Where no lock can be made, nobody is told. */
export async function lockWhileRunning(file: string): Promise<RunningLock> {
  const path = `${file}.lock`
  try {
    const result = await takeLockLater(path)
    if (result.kind === 'locked') return { notice: null, release: result.release }
    // Several networks of one process, or the chat around this one.
    if (result.isOwn) return NO_LOCK
    const notice = `identity file ${file} is in use by process ${result.by}: two nodes with one key shut each other out`
    return { ...NO_LOCK, notice }
  } catch {
    // A folder that takes no file.
    return NO_LOCK
  }
}

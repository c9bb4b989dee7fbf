// Whether this process was started with SIGHUP ignored, by nohup or `trap '' HUP`. Node forgets it: at its start it
// resets every ignored signal to its default. Only traces of how it was started remain.
import { readFileSync } from 'node:fs'

const SIGHUP_BIT = 1n
const FILE_ACCESS_MASK = 0o3
const WRITE_ONLY = 0o1

export interface Traces {
  /** The command that the shell ran: bash, zsh and ksh put it into the environment as `_`. */
  readonly command: string | undefined
  /** Signals that the parent ignores, in hex; null: unknown. A shell passes on what it ignores. */
  readonly parentIgnores: string | null
  /**
   * Flags of standard input, in octal; null: unknown. nohup replaces a terminal with an input that can only be written.
   */
  readonly inputFlags: string | null
}

/** Whether this process was started to ignore SIGHUP, as `nohup` does. */
export function isHangupIgnored(traces: Traces = readTraces()): boolean {
  const { command = '', parentIgnores, inputFlags } = traces
  if (/(^|\/)nohup$/.test(command)) return true
  if (parentIgnores !== null && (BigInt(`0x${parentIgnores}`) & SIGHUP_BIT) !== 0n) return true
  return inputFlags !== null && (Number.parseInt(inputFlags, 8) & FILE_ACCESS_MASK) === WRITE_ONLY
}

function readTraces(): Traces {
  return {
    command: process.env._,
    parentIgnores: fieldOf(`/proc/${process.ppid}/status`, /^SigIgn:\s*([0-9a-f]+)$/m),
    inputFlags: fieldOf('/proc/self/fdinfo/0', /^flags:\s*([0-7]+)$/m)
  }
}

/** Null if there is no such file: only Linux has them. */
function fieldOf(path: string, pattern: RegExp): string | null {
  try {
    return pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

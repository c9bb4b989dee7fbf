// `floodnet bridge` from its arguments to its exit code: 0 done, 1 failed, 2 bad usage.
import type { Readable, Writable } from 'node:stream'
import { codeOf, exitCodeOf, messageOf } from '@floodnet/core'
import { parseArguments } from './arguments.ts'
import { newOutput, type Output } from './output.ts'
import { runBridge } from './run.ts'
import { USAGE } from './usage.ts'

export interface Surroundings {
  readonly stdout: Writable
  readonly stderr: Writable
  /** Opened on first use: for `--join -`. */
  openStdin(): Readable
  readonly version: string
  readonly env: NodeJS.ProcessEnv
  /** Aborted when the bridge should leave. */
  readonly leave: AbortSignal
}

export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, version, env, leave, openStdin } = surroundings
  const output = newOutput(args.includes('--json'), stdout, stderr)
  try {
    const invocation = parseArguments(args, env)
    if (invocation.kind === 'run') output.json = invocation.settings.json
    if (invocation.kind === 'help') stdout.write(USAGE)
    else if (invocation.kind === 'version') stdout.write(`${version}\n`)
    else
      await runBridge(invocation.settings, { openStdin, ask: (text) => void stderr.write(`${text}\n`), leave }, output)
    const unwritten = await output.end()
    if (unwritten !== null) throw unwritten
    return 0
  } catch (error) {
    return fail(error, output)
  }
}

function fail(error: unknown, output: Output): number {
  output.tell({ event: 'error', code: codeOf(error), message: messageOf(error) })
  return exitCodeOf(error)
}

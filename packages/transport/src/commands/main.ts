// The floodnet command from its arguments to its exit code: 0 done, 1 failed, 2 bad usage. Knows no process; cli.ts brings that.
import type { Writable } from 'node:stream'
import { codeOf, exitCodeOf, messageOf } from '@floodnet/core'
import { parseArguments, type Settings } from './arguments.ts'
import { LineOutput } from './line-output.ts'
import { runNode } from './node.ts'
import { runPub } from './pub.ts'
import { newReporter, type Reporter } from './reporter.ts'
import { type Body, type Host, runOnNetwork } from './run.ts'
import { runSim } from './sim/sim.ts'
import { runSub } from './sub.ts'
import type { NetworkCommand } from './usage.ts'

/** What the command has from its process. */
export interface Surroundings extends Pick<Host, 'createNetwork' | 'leave' | 'openStdin'> {
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly version: string
}

/** Time for output that nobody takes once the command was told to leave: enough for any reader that reads. */
const LAST_OUTPUT_MS = 1_000

const BODIES: Readonly<Record<NetworkCommand, Body>> = { node: runNode, pub: runPub, sub: runSub }

/** Runs the command line `args` and returns the exit code; everything has been written by then. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, leave } = surroundings
  const output = new LineOutput(stdout)
  const reporter = newReporter(args.includes('--json'), output, stderr)
  try {
    await invoke(args, surroundings, output, reporter)
    return 0
  } catch (error) {
    return fail(error, reporter)
  } finally {
    await output.end(leave.aborted ? AbortSignal.timeout(LAST_OUTPUT_MS) : leave)
  }
}

async function invoke(
  args: readonly string[],
  surroundings: Surroundings,
  output: LineOutput,
  reporter: Reporter
): Promise<void> {
  const invocation = parseArguments(args)
  switch (invocation.kind) {
    case 'help':
      return await output.write(Buffer.from(invocation.text))
    case 'version':
      return await output.write(Buffer.from(`${surroundings.version}\n`))
    case 'sim':
      return await runSim(invocation.settings, output, surroundings.stderr)
    case 'run':
      return await runOnNetwork(
        hostOf(surroundings, invocation.settings, output, reporter),
        BODIES[invocation.settings.command]
      )
  }
}

function hostOf(surroundings: Surroundings, settings: Settings, output: LineOutput, reporter: Reporter): Host {
  const { createNetwork, leave, stdout, openStdin } = surroundings
  return {
    createNetwork,
    leave,
    settings,
    output,
    reporter,
    isTerminal: stdout.isTTY === true,
    openStdin
  }
}

function fail(error: unknown, reporter: Reporter): number {
  reporter.failure(codeOf(error), messageOf(error))
  return exitCodeOf(error)
}

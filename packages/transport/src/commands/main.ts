// The floodnet command from its arguments to its exit code: 0 done, 1 failed, 2 bad usage. It knows no process; cli.ts
// provides that.
import type { Writable } from 'node:stream'
import { codeOf, exitCodeOf, messageOf } from '@floodnet/core'
import { type Invocation, parseArguments } from './arguments.ts'
import { completionScript } from './completion/shells.ts'
import { LineOutput } from './line-output.ts'
import { openLog } from './log-file.ts'
import { runNode } from './node.ts'
import { runPub } from './pub/pub.ts'
import { lineWriter, newReporter, type Reporter } from './reporter.ts'
import { type Body, type Host, runOnNetwork } from './run.ts'
import type { Settings } from './settings.ts'
import { runSim } from './sim/sim.ts'
import { runSub } from './sub/sub.ts'
import { ticketText } from './ticket.ts'
import type { TopSettings } from './top/arguments.ts'
import { runTop } from './top/top.ts'
import type { NetworkCommand } from './usage.ts'

/** What the command gets from its process. */
export interface Surroundings extends Pick<Host, 'createNetwork' | 'leave' | 'openStdin'> {
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly version: string
  readonly env: NodeJS.ProcessEnv
  /** From now on the log is reopened when `reopen` says so. The returned function undoes it. */
  onReopen?(reopen: () => void): () => void
  /**
   * Calls back when nobody reads standard output any more, even while nothing is written. The returned function undoes
   * it.
   */
  onReaderGone?(gone: () => void): () => void
}

/**
 * How long to wait for the reader of our output after the command was told to leave: enough for any reader that does
 * read.
 */
const LAST_OUTPUT_MS = 1_000

const BODIES: Readonly<Record<NetworkCommand, Body>> = { node: runNode, pub: runPub, sub: runSub }

/** Runs the command line `args` and returns the exit code. Everything has been written by then. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, leave, env } = surroundings
  const output = new LineOutput(stdout)
  let reporter = newReporter({ json: args.includes('--json'), output, stderr: lineWriter(stderr) })
  let code = 0
  try {
    const invocation = parseArguments(args, env)
    await invoke(invocation, surroundings, output, (chosen) => {
      reporter = chosen
    })
  } catch (error) {
    reporter.failure(codeOf(error), messageOf(error))
    code = exitCodeOf(error)
  }
  const isWritten = await output.end(leave.aborted ? AbortSignal.timeout(LAST_OUTPUT_MS) : leave)
  if (code === 0 && !isWritten) code = outputCode(output, reporter)
  reporter.end()
  return code
}

async function invoke(
  invocation: Invocation,
  surroundings: Surroundings,
  output: LineOutput,
  onReporter: (reporter: Reporter) => void
): Promise<void> {
  switch (invocation.kind) {
    case 'help':
      return await output.write(Buffer.from(invocation.text))
    case 'version':
      return await output.write(Buffer.from(`${surroundings.version}\n`))
    case 'completion':
      return await output.write(Buffer.from(completionScript(invocation.shell)))
    case 'ticket':
      return await output.write(Buffer.from(`${await ticketText(invocation.settings)}\n`))
    case 'sim':
      return await runSim(invocation.settings, output, surroundings.stderr)
    case 'top':
      return await watchNode(invocation.settings, surroundings, output)
    case 'run':
      return await runNetwork(invocation.settings, surroundings, output, onReporter)
  }
}

async function watchNode(settings: TopSettings, surroundings: Surroundings, output: LineOutput): Promise<void> {
  const { leave, stdout, onReaderGone } = surroundings
  const undo = onReaderGone?.(() => output.close())
  try {
    await runTop(settings, { output, isTerminal: stdout.isTTY === true, leave })
  } finally {
    undo?.()
  }
}

async function runNetwork(
  settings: Settings,
  surroundings: Surroundings,
  output: LineOutput,
  onReporter: (reporter: Reporter) => void
): Promise<void> {
  const { stderr, onReopen, onReaderGone } = surroundings
  const { json, timestamps, log: path } = settings
  const toStderr = lineWriter(stderr, timestamps)
  const log = path === null ? null : openLog(path, toStderr)
  const reporter = newReporter({ json, output, stderr: toStderr, log })
  onReporter(reporter)
  const undo = [
    log && onReopen?.(() => log.reopen()),
    settings.command !== 'pub' && onReaderGone?.(() => output.close())
  ]
  try {
    await runOnNetwork({ ...hostOf(surroundings, settings, output, reporter), ask: toStderr }, BODIES[settings.command])
  } finally {
    for (const step of undo) if (typeof step === 'function') step()
  }
}

function hostOf(
  surroundings: Surroundings,
  settings: Settings,
  output: LineOutput,
  reporter: Reporter
): Omit<Host, 'ask'> {
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

/** For output that was not all read. A reader that left has what it wanted. */
function outputCode({ failed }: LineOutput, reporter: Reporter): number {
  const reason: NodeJS.ErrnoException | null = failed.aborted ? failed.reason : null
  if (reason?.code === 'EPIPE') return 0
  reporter.failure('ERR_FLOODNET_FAILED', reason === null ? 'nobody took the last of the output' : messageOf(reason))
  return 1
}

#!/usr/bin/env node
// The floodnet command's process: its streams, its signals, its exit code. Everything else is in commands/, or in the
// packages that bring a command.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { findExtension } from './commands/extension.ts'
import { main, type Surroundings } from './commands/main.ts'
import { leaveSignal } from './commands/process/leave-signal.ts'
import { watchReader } from './commands/process/reader-watch.ts'
import { runBelow } from './commands/process/under-init.ts'
import { isCommand } from './commands/usage.ts'
import { createNetwork } from './network.ts'

const INIT_PID = 1

function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

/** A simulation computes without a pause and has no network to leave, so signals end the process at once. */
function signalsFor(command: string | undefined): Pick<Surroundings, 'leave' | 'onReopen'> {
  if (command === 'sim') return { leave: new AbortController().signal }
  const { signal, onHangup } = leaveSignal(() => process.exit(1))
  return { leave: signal, onReopen: onHangup }
}

async function runOwn(args: readonly string[]): Promise<number> {
  if (args[0] === 'sim' && process.pid === INIT_PID) return await runBelow()
  const { stdout, stderr, env } = process
  return await main(args, {
    createNetwork,
    ...signalsFor(args[0]),
    version: ownVersion(),
    env,
    stdout,
    stderr,
    openStdin: () => process.stdin,
    onReaderGone: watchReader
  })
}

/** It runs in this process as if it had been called directly: streams, signals and the exit code are its own. */
async function runExtension(file: string, args: readonly string[]): Promise<void> {
  process.argv = [process.argv[0] ?? '', file, ...args]
  await import(pathToFileURL(file).href)
}

const args = process.argv.slice(2)
const isHelp = args[0] === 'help' && args.length > 1
const extension = isCommand(args[isHelp ? 1 : 0] ?? '') ? null : findExtension(args[isHelp ? 1 : 0])
if (extension !== null) await runExtension(extension, isHelp ? ['--help'] : args.slice(1))
// An open stdin would keep the process alive. By now everything has been written and closed.
else process.exit(await runOwn(args))

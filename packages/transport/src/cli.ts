#!/usr/bin/env node
// The floodnet command's process: its streams, its signals, its exit code. All else is in commands/, or in the packages that bring a command.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { findExtension } from './commands/extension.ts'
import { main } from './commands/main.ts'
import { isCommand } from './commands/usage.ts'
import { createNetwork } from './network.ts'

/** A simulation computes without a pause, and there is no network to leave: there, signals end the process as they come. */
function leaveSignal(command: string | undefined): AbortSignal {
  const leaving = new AbortController()
  const onSignal = () => {
    if (leaving.signal.aborted) process.exit(1)
    leaving.abort()
  }
  if (command === 'sim') return leaving.signal
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return leaving.signal
}

function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

async function runOwn(args: readonly string[]): Promise<number> {
  const { stdout, stderr } = process
  return await main(args, {
    createNetwork,
    leave: leaveSignal(args[0]),
    version: ownVersion(),
    stdout,
    stderr,
    openStdin: () => process.stdin
  })
}

/** It runs in this very process, as if it had been called itself: streams, signals and the exit code are its own. */
async function runExtension(file: string, args: readonly string[]): Promise<void> {
  process.argv = [process.argv[0] ?? '', file, ...args]
  await import(pathToFileURL(file).href)
}

const args = process.argv.slice(2)
const isHelp = args[0] === 'help' && args.length > 1
const extension = isCommand(args[isHelp ? 1 : 0] ?? '') ? null : findExtension(args[isHelp ? 1 : 0])
if (extension !== null) await runExtension(extension, isHelp ? ['--help'] : args.slice(1))
// An open stdin would keep the process alive; by now everything has been written and closed.
else process.exit(await runOwn(args))

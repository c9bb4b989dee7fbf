#!/usr/bin/env node
// The floodnet command's process: its streams, its signals, its exit code. All else is in commands/.
import { readFileSync } from 'node:fs'
import { main } from './commands/main.ts'
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

const { stdout, stderr } = process
const exitCode = await main(process.argv.slice(2), {
  createNetwork,
  leave: leaveSignal(process.argv[2]),
  version: ownVersion(),
  stdout,
  stderr,
  openStdin: () => process.stdin
})
// An open stdin would keep the process alive; by now everything has been written and closed.
process.exit(exitCode)

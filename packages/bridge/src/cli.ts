#!/usr/bin/env node
// The process of `floodnet bridge`: its streams, its signals, its exit code. Everything else is in command/.
import { readFileSync } from 'node:fs'
import { isHangupIgnored, watchNpm } from '@floodnet/transport'
import { main } from './command/main.ts'

function leaveSignal(): AbortSignal {
  const leaving = new AbortController()
  const onSignal = () => {
    if (leaving.signal.aborted) process.exit(1)
    leaving.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  process.on('SIGHUP', isHangupIgnored() ? () => {} : onSignal)
  watchNpm(() => leaving.abort())
  return leaving.signal
}

function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

const { stdout, stderr, argv, env } = process
let input: NodeJS.ReadStream | null = null
function openStdin(): NodeJS.ReadStream {
  input = process.stdin
  return input
}

const surroundings = { stdout, stderr, env, openStdin, version: ownVersion(), leave: leaveSignal() }
process.exitCode = await main(argv.slice(2), surroundings)
// An open input would keep the process alive.
if (input !== null) (input as NodeJS.ReadStream).destroy()

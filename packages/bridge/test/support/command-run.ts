// A command of floodnet as a process, with what it prints, line by line.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Stage } from './bridged.ts'

const FLOODNET = 'packages/transport/bin/floodnet.js'

export interface CommandRun {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: string[]
  readonly errors: string[]
  readonly exit: Promise<unknown[]>
}

/** Ended with the stage, if it still runs then. `nodeArgs`: for Node itself. */
export function runCommand(stage: Stage, args: readonly string[], nodeArgs: readonly string[] = []): CommandRun {
  const child = spawn(process.execPath, [...nodeArgs, FLOODNET, ...args])
  const exit = once(child, 'close')
  stage.later(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const [lines, errors]: [string[], string[]] = [[], []]
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  return { child, lines, errors, exit }
}

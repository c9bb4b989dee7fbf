// The relays of a raw line, each started as a process that accepts a sink and then a source.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Contestant } from '../nodes/benches.ts'
import type { StationCalls } from '../nodes/station-calls.ts'
import { Skipped } from '../run/bench.ts'
import { Child } from '../run/child.ts'
import { type Usage, usageOf } from '../run/usage.ts'
import { within } from '../run/wait.ts'
import type { PipeCalls } from './calls.ts'

const START_MS = 10_000

export interface Relay {
  readonly port: number
  mark(): Promise<Usage>
  end(): Promise<void>
}

export async function startPipe(): Promise<Relay> {
  const child = new Child<PipeCalls>('raw/pipe')
  return { port: await child.ask('listen', {}), mark: () => child.ask('mark', {}), end: () => child.end() }
}

/** A whole node that only relays. */
export async function startNode({ system }: Contestant): Promise<Relay> {
  const child = new Child<StationCalls>('nodes/station')
  const options = { name: 'B', links: 2, join: [], edges: [], reads: false, settings: system.settings }
  const { address } = await child.ask('start', { module: system.module, options })
  return {
    port: Number(address.split(':').at(-1)),
    mark: () => child.ask('mark', {}),
    end: async () => {
      await child.ask('close', {}).catch(() => undefined)
      await child.end()
    }
  }
}

let compiled: string | null = null

export async function startCompiled(): Promise<Relay> {
  compiled ??= compile()
  const child = spawn(compiled, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = (await within(once(child.stdout!, 'data'), START_MS, 'the port of the relay in C')) as [Buffer]
  return { port: Number(line), mark: async () => usageOf(child.pid!), end: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

function compile(): string {
  const source = fileURLToPath(new URL('../../bench/raw/relay.c', import.meta.url))
  const program = fileURLToPath(new URL('raw/relay', import.meta.url))
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-o', program, source], { encoding: 'utf8' })
  if (error !== undefined) throw new Skipped('no C compiler')
  if (status !== 0) throw new Error(`cc: ${stderr}`)
  return program
}

// Processes that some of the other systems need: a NATS server, a DHT.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { within } from '../run/wait.ts'
import { PEERS } from './install.ts'

const START_MS = 15_000

export interface Server {
  readonly pid: number
  readonly version: string
  /** What stations need to know to reach it. */
  readonly info: unknown
  stop(): void
}

export async function startTestnet(): Promise<Server> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('testnet.mjs', PEERS))], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const line = await firstLine(child, child.stdout, /./)
  return serverOf(child, '', JSON.parse(line))
}

/** Null when there is none on this machine. */
export async function startNatsServer(): Promise<Server | null> {
  const { error, stdout } = spawnSync('nats-server', ['--version'], { encoding: 'utf8' })
  if (error !== undefined) return null
  // -1: any free port, which it tells.
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', '-1'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const line = await firstLine(child, child.stderr, /client connections on/)
  return serverOf(child, stdout.trim(), /on (127\.0\.0\.1:\d+)/.exec(line)?.[1])
}

function serverOf(child: ChildProcess, version: string, info: unknown): Server {
  const stop = (): void => void child.kill('SIGKILL')
  process.once('exit', stop)
  return { pid: child.pid!, version, info, stop }
}

function firstLine(child: ChildProcess, stream: Readable, pattern: RegExp): Promise<string> {
  const lines = createInterface({ input: stream })
  const found = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => pattern.test(line) && resolve(line))
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}`)))
  })
  // Read on, or a full pipe would stop it.
  return within(found, START_MS, `${child.spawnfile} is ready`)
}

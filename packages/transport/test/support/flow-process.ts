// Starts nodes in processes of their own and talks to them. Every wait has a deadline.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { build } from 'esbuild'
import { until, within } from '../../../../test/support/wait.ts'
import type { FlowAnswers, FlowCommand, FlowOptions, FlowReport, FromFlowNode } from './flow-protocol.ts'
import { NETWORK_NAME } from './network-name.ts'

/** For an answer that no work stands before. */
const ANSWER_MS = 20_000
/** For finding neighbours on loopback, with a retry or two. */
const LINK_MS = 20_000

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
  onBlocking(): void
}

/**
 * For a reader that is to lose nothing: its program may be without a turn for a while on a busy machine, and is no slow
 * reader for that.
 */
export const patient = { limits: { stallMs: 2_000 } }

const running = new Set<FlowProcess>()
let program: Promise<string> | null = null

export class FlowProcess {
  readonly child: ChildProcess
  readonly exit: Promise<number | NodeJS.Signals>
  id = ''
  address: string | null = null
  readonly #waiting = new Map<number, Waiting>()
  #number = 0

  constructor(child: ChildProcess) {
    this.child = child
    this.exit = once(child, 'exit').then(([code, signal]) => {
      running.delete(this)
      for (const { reject } of this.#waiting.values()) reject(new Error(`the node's process ended (${code ?? signal})`))
      return code ?? signal
    })
    child.on('message', (message: FromFlowNode) => this.#onMessage(message))
    running.add(this)
  }

  async start(options: FlowOptions): Promise<this> {
    const { id, address } = await this.#ask('start', { options })
    this.id = id
    this.address = address
    return this
  }

  read(): Promise<null> {
    return this.#ask('read', {})
  }

  /** Resolves when `count` messages are written, `ms` have passed or `stop` was called. */
  write(bytes: number, { count = Number.MAX_SAFE_INTEGER, ms = 60_000, everyMs = 0 }): Promise<FlowAnswers['write']> {
    return this.#ask('write', { bytes, count, ms, everyMs }, ms + ANSWER_MS)
  }

  stop(): Promise<null> {
    return this.#ask('stop', {})
  }

  report(): Promise<FlowReport> {
    return this.#ask('report', {})
  }

  /** `started` resolves when the program's thread is about to be blocked, `ended` when it goes on. */
  block(ms: number): { started: Promise<void>; ended: Promise<null> } {
    let ended: Promise<null> = Promise.resolve(null)
    const started = new Promise<void>((resolve) => {
      ended = this.#ask('block', { ms }, ms + ANSWER_MS, resolve)
    })
    return { started, ended }
  }

  /** Resolves when the node has `count` neighbours. */
  async linked(count: number): Promise<void> {
    await until(async () => (await this.report()).stats.peers.length === count, LINK_MS, `${count} neighbours`)
  }

  async close(): Promise<number | NodeJS.Signals> {
    await this.#ask('close', {})
    return within(this.exit, ANSWER_MS, 'the process exits by itself')
  }

  #ask<K extends FlowCommand['kind']>(
    kind: K,
    details: Omit<FlowCommand & { kind: K }, 'kind'>,
    deadlineMs = ANSWER_MS,
    onBlocking: () => void = () => {}
  ): Promise<FlowAnswers[K]> {
    const number = ++this.#number
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject, onBlocking })
      this.child.send({ kind, ...details, number }, (error) => error !== null && reject(error))
    })
    const late = within(answer as Promise<FlowAnswers[K]>, deadlineMs, `answer to ${kind}`)
    // A test that has failed meanwhile does not wait for it, and its own error is the one to tell.
    late.catch(() => undefined)
    return late
  }

  #onMessage(message: FromFlowNode): void {
    const waiting = this.#waiting.get(message.number)
    if (message.kind === 'blocking') return waiting?.onBlocking()
    this.#waiting.delete(message.number)
    if (message.kind === 'answer') waiting?.resolve(message.answer)
    else waiting?.reject(Object.assign(new Error(message.message), { code: message.code }))
  }
}

/** A process with a node that listens on loopback and joins `join`. Links: as many as `links`, no more and no fewer. */
export async function startFlow(
  links: number,
  join: readonly (FlowProcess | string)[],
  options: FlowOptions = {}
): Promise<FlowProcess> {
  const entries = join.map((entry) => (typeof entry === 'string' ? entry : (entry.address ?? '')))
  const node = await spawnNode()
  return node.start({
    listen: '127.0.0.1:0',
    name: NETWORK_NAME,
    join: entries,
    desiredLinks: links,
    maxLinks: links,
    ...options
  })
}

/** Kills what a test left behind. */
export async function killFlows(): Promise<void> {
  const left = [...running]
  for (const { child } of left) child.kill('SIGKILL')
  await Promise.all(left.map(({ exit }) => exit))
}

async function spawnNode(): Promise<FlowProcess> {
  program ??= bundle()
  const text = await program
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced'
  })
  return new FlowProcess(child)
}

/** Passed to Node as text, so that no file of one run is in the way of another. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['packages/transport/test/support/flow-node.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent'
  })
  return outputFiles[0]?.text ?? ''
}

// A node in a process of its own, which a test can ask, stop (SIGSTOP) and kill (SIGKILL) like any other process.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Message, NetworkEvent, NetworkOptions, NetworkStats, Peer } from '@floodnet/transport'
import { within } from '../../../../test/support/wait.ts'

/** Beside the built package, wherever the test itself was bundled to. */
const SCRIPT = fileURLToPath(new URL('../test/fixtures/process-node.mjs', import.meta.resolve('@floodnet/transport')))
/** For any answer of a process. */
const CALL_MS = 30_000
/** To start. Generous: two dozen that start at a time take half a minute where each has a tenth of a processor. */
const START_MS = 100_000

/** A message as the process tells it. */
export type ReceivedMessage = Omit<Message, 'payload'> & { readonly text: string }

/** Options that can be sent to another process. */
export type PlainOptions = Omit<NetworkOptions, 'signal' | 'logger'>

interface Answer {
  readonly call: number
  readonly result?: unknown
  readonly error?: { readonly code?: string; readonly message: string }
}

interface Call {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

const running = new Map<ChildProcess, Promise<unknown>>()

export class ProcessNode {
  /** Of the network started last. */
  id = ''
  address = ''
  /** Resolves when the process has ended. */
  readonly exit: Promise<void>
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Call>()
  #made = 0
  #ended = false

  constructor(child: ChildProcess) {
    this.#child = child
    this.exit = once(child, 'exit').then(() => this.#onExit())
    running.set(child, this.exit)
    child.on('message', (answer: Answer) => this.#onAnswer(answer))
  }

  get alive(): boolean {
    return !this.#ended
  }

  /** Starts a network; after `close`, another one. `listen` is a free port of 127.0.0.1 unless given. */
  async start(options: PlainOptions = {}): Promise<void> {
    const given = { listen: '127.0.0.1:0', ...options }
    const started = await this.#ask<{ id: string; address: string | null }>('start', [given], START_MS)
    this.id = started.id
    this.address = started.address ?? ''
  }

  /** Writes `count` messages, `prefix0` and so on, awaiting each, and flushes. */
  write(prefix: string, count = 1): Promise<void> {
    return this.#call('write', prefix, count)
  }

  /** The same, but each message goes in a packet of its own. */
  writeApart(prefix: string, count: number): Promise<void> {
    return this.#call('writeApart', prefix, count)
  }

  /** All that came since the start, in order. */
  messages(): Promise<ReceivedMessage[]> {
    return this.#call('messages')
  }

  /** How often each text that begins so has come. */
  texts(prefix: string): Promise<Record<string, number>> {
    return this.#call('texts', prefix)
  }

  /** How many different texts that begin so have come. */
  distinct(prefix: string): Promise<number> {
    return this.#call('distinct', prefix)
  }

  events(): Promise<NetworkEvent[]> {
    return this.#call('events')
  }

  peers(): Promise<Peer[]> {
    return this.#call('peers')
  }

  stats(): Promise<NetworkStats> {
    return this.#call('stats')
  }

  ticket(): Promise<string> {
    return this.#call('ticket')
  }

  close(): Promise<void> {
    return this.#call('close')
  }

  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' = 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  #call<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.#ask(method, args, CALL_MS)
  }

  #ask<T>(method: string, args: readonly unknown[], deadlineMs: number): Promise<T> {
    if (this.#ended) return Promise.reject(new Error(`${method}: the process has ended`))
    const call = ++this.#made
    const answer = new Promise<unknown>((resolve, reject) => this.#calls.set(call, { resolve, reject }))
    this.#child.send({ call, method, args })
    return within(answer as Promise<T>, deadlineMs, `answer to ${method}`)
  }

  #onAnswer({ call, result, error }: Answer): void {
    const waiting = this.#calls.get(call)
    this.#calls.delete(call)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(Object.assign(new Error(error.message), { code: error.code }))
  }

  #onExit(): void {
    this.#ended = true
    running.delete(this.#child)
    for (const { reject } of this.#calls.values()) reject(new Error('the process has ended'))
    this.#calls.clear()
  }
}

/** Starts a process without a network yet, on this host or in a network namespace. */
export async function startProcess(namespace?: string): Promise<ProcessNode> {
  const inside = { execPath: 'ip', execArgv: ['netns', 'exec', namespace ?? '', process.execPath] }
  const child = fork(SCRIPT, namespace === undefined ? { execArgv: [] } : inside)
  const node = new ProcessNode(child)
  const ready = once(child, 'message')
  await within(Promise.race([ready, node.exit.then(() => Promise.reject(endedError()))]), START_MS, 'a process')
  return node
}

/** Starts a process with a network. */
export async function startProcessNode(options: PlainOptions = {}): Promise<ProcessNode> {
  const node = await startProcess()
  await node.start(options)
  return node
}

/** Kills what a test left running, and waits until it is gone. */
export async function killProcesses(): Promise<void> {
  for (const child of running.keys()) child.kill('SIGKILL')
  await Promise.all(running.values())
}

function endedError(): Error {
  return new Error('the process ended before it was ready')
}

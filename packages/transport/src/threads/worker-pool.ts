// The I/O workers of one node: supervised threads of a Piscina pool, each with one endless task. A worker that crashes
// comes back after a pause; its links are gone, but the node goes on.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { FloodnetError } from '@floodnet/core'
import * as Comlink from 'comlink'
import type { Piscina } from 'piscina'
import { endThreads } from './end-threads.ts'
import { keepErrorCodes } from './error-transfer.ts'
import { LinkCounts, linkCountsMemory } from './link-counts.ts'
import type { FromWorker, ToWorker, WorkerControl, WorkerStart, WorkerStats } from './messages.ts'
import { settledWithin } from './settled-within.ts'
import type { ShortRunLength } from './slab-sender.ts'
import { newThreads } from './thread-pool.ts'

/**
 * A worker answers every call at once. If one does not answer within this time, it hangs or cannot start (a broken
 * installation, no memory for a thread). A guess: on a machine that starts dozens of nodes at once, 10 s were too
 * short.
 */
const ANSWER_TIMEOUT_MS = 20_000
/**
 * First and longest pause before a crashed worker comes back. A worker that ran for longer than the third value starts
 * again from the first pause. Guesses.
 */
const RESTART_MIN_MS = 100
const RESTART_MAX_MS = 30_000
const RESTART_FORGIVEN_MS = 60_000
/** How long a worker may take to stop, beyond the time that its links may linger. A guess. */
const STOP_GRACE_MS = 5_000

/** What all workers of a node start with. */
export type WorkerTemplate = Omit<WorkerStart, 'index' | 'control' | 'data' | 'siblings' | 'linkCounts' | 'deliver'> & {
  deliver: boolean
}

export interface WorkerPoolHost {
  onMessage(worker: number, message: FromWorker): void
  /** The worker answers: `first` at start-up, false after a crash. */
  onReady(worker: number, first: boolean): Promise<void>
  /** The worker is gone with all its links. It comes back after `delayMs`. */
  onCrash(worker: number, error: Error, delayMs: number): void
  /** The worker has stopped as requested. `stats` is null if it did not report its counts. */
  onStopped(worker: number, stats: WorkerStats | null): void
  /** Something failed, and the pool tries it again. */
  onError(error: Error): void
}

interface Running {
  readonly control: Comlink.Remote<WorkerControl>
  readonly controlPort: MessagePort
  readonly data: MessagePort
  /** Rejects when the worker crashes; resolves when it has stopped. */
  readonly task: Promise<void>
  readonly startedMs: number
  /** Calls that wait for an answer; each is told if none will come. */
  readonly onGone: Set<() => void>
  /** It has answered once. */
  ready: boolean
}

keepErrorCodes()

export class WorkerPool {
  readonly #template: WorkerTemplate
  readonly #host: WorkerPoolHost
  readonly #piscina: Piscina
  readonly #running: (Running | null)[]
  readonly #pauses: number[]
  readonly #linkCounts: SharedArrayBuffer
  readonly #restartTimers = new Set<NodeJS.Timeout>()
  #stopping = false
  restarts = 0

  constructor(count: number, template: WorkerTemplate, host: WorkerPoolHost) {
    this.#template = template
    this.#host = host
    this.#linkCounts = linkCountsMemory(count)
    this.#running = new Array(count).fill(null)
    this.#pauses = new Array(count).fill(RESTART_MIN_MS)
    this.#piscina = newThreads('worker.js', count)
    // The pool replaces a thread that dies between tasks; we act on the rejection of the task itself.
    this.#piscina.on('error', () => undefined)
  }

  get size(): number {
    return this.#running.length
  }

  /** Indices of the workers that are running. */
  get alive(): number[] {
    return this.#running.flatMap((running, index) => (running === null ? [] : [index]))
  }

  isAlive(index: number): boolean {
    return this.#running[index] !== null
  }

  /** @throws ERR_FLOODNET_START if a worker does not start. */
  async start(): Promise<void> {
    for (let index = 0; index < this.size; index++) {
      this.#launch(index)
      await this.#awaitReady(index, true)
    }
  }

  post(index: number, message: ToWorker, transfer: readonly (ArrayBuffer | MessagePort)[] = []): void {
    this.#running[index]?.data.postMessage(message, transfer)
  }

  /** Calls a worker's control interface. Rejects if the worker is gone, ends during the call or does not answer. */
  async call<T>(index: number, use: (control: Comlink.Remote<WorkerControl>) => Promise<T>): Promise<T> {
    const running = this.#running[index]
    if (!running) throw workerError(index, 'is not running')
    // A Comlink call to a dead worker never settles by itself.
    let onGone: () => void = () => undefined
    let timer: NodeJS.Timeout | undefined
    const unanswered = new Promise<never>((_, reject) => {
      onGone = () => reject(workerError(index, 'is not running'))
      const onLate = () => reject(workerError(index, `did not answer within ${ANSWER_TIMEOUT_MS} ms`))
      timer = setTimeout(onLate, ANSWER_TIMEOUT_MS)
    })
    running.onGone.add(onGone)
    try {
      return await Promise.race([use(running.control), unanswered])
    } finally {
      clearTimeout(timer)
      running.onGone.delete(onGone)
    }
  }

  /** Lets every worker leave properly, then ends the threads. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#restartTimers) clearTimeout(timer)
    const ended = Promise.all(this.alive.map((index) => this.#stopOne(index)))
    await settledWithin(this.#template.limits.stuckMs + STOP_GRACE_MS, ended)
    await endThreads(this.#piscina)
  }

  async #stopOne(index: number): Promise<void> {
    const running = this.#running[index]
    if (!running?.ready) return
    const { control, task } = running
    const isOver = task.catch(() => undefined)
    const told = control.stop().catch(() => null)
    // If the worker crashes in the meantime, its reply never comes.
    this.#host.onStopped(index, await Promise.race([told, isOver.then(() => null)]))
    await isOver
  }

  #launch(index: number): void {
    const control = new MessageChannel()
    const data = new MessageChannel()
    const siblings = this.#connectSiblings(index)
    const start: WorkerStart = {
      ...this.#template,
      deliver: this.#template.deliver && index === 0,
      index,
      control: control.port2,
      data: data.port2,
      siblings,
      linkCounts: this.#linkCounts
    }
    const task = this.#piscina.run(start, {
      transferList: [control.port2, data.port2, ...siblings.map(({ port }) => port)]
    }) as Promise<void>
    data.port1.on('message', (message: FromWorker | ShortRunLength) =>
      this.#host.onMessage(index, typeof message === 'number' ? { kind: 'short-run', bytes: message } : message)
    )
    const running: Running = {
      control: Comlink.wrap<WorkerControl>(control.port1 as unknown as Comlink.Endpoint),
      controlPort: control.port1,
      data: data.port1,
      task,
      startedMs: performance.now(),
      onGone: new Set(),
      ready: false
    }
    this.#running[index] = running
    task.then(
      () => this.#forget(index, running),
      (error: unknown) => this.#onCrash(index, running, asError(error))
    )
  }

  /** Gives each living sibling one end of a new lane and returns the other ends. */
  #connectSiblings(index: number): { index: number; port: MessagePort }[] {
    return this.alive
      .filter((sibling) => sibling !== index)
      .map((sibling) => {
        const { port1, port2 } = new MessageChannel()
        this.post(sibling, { kind: 'sibling', index, port: port1 }, [port1])
        return { index: sibling, port: port2 }
      })
  }

  async #awaitReady(index: number, first: boolean): Promise<void> {
    try {
      await this.call(index, (control) => control.stats())
    } catch (cause) {
      throw new FloodnetError('ERR_FLOODNET_START', `I/O worker ${index} did not start: ${asError(cause).message}`, {
        cause
      })
    }
    const running = this.#running[index]
    if (running) running.ready = true
    await this.#host.onReady(index, first)
  }

  #forget(index: number, running: Running): void {
    running.data.close()
    running.controlPort.close()
    for (const onGone of running.onGone) onGone()
    if (this.#running[index] === running) this.#running[index] = null
    new LinkCounts(this.#linkCounts, index).tell(0)
  }

  #onCrash(index: number, running: Running, error: Error): void {
    this.#forget(index, running)
    if (this.#stopping) return
    const lived = performance.now() - running.startedMs
    const delayMs = lived > RESTART_FORGIVEN_MS ? RESTART_MIN_MS : (this.#pauses[index] ?? RESTART_MIN_MS)
    this.#pauses[index] = Math.min(delayMs * 2, RESTART_MAX_MS)
    this.#host.onCrash(index, error, delayMs)
    const timer = setTimeout(() => {
      this.#restartTimers.delete(timer)
      this.#restart(index)
    }, delayMs)
    this.#restartTimers.add(timer)
  }

  #restart(index: number): void {
    this.restarts++
    this.#launch(index)
    // A crash during start-up also rejects the task, which triggers the next attempt. The program hears of it either
    // way.
    this.#awaitReady(index, false).catch((error: unknown) => this.#host.onError(asError(error)))
  }
}

function workerError(index: number, fault: string): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_WORKER', `I/O worker ${index} ${fault}`)
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value))
}

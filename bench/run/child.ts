// A process that a benchmark starts: calls with deadlines, and its end for certain.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Calls, FromChild } from './calls.ts'
import { within } from './wait.ts'

const ANSWER_MS = 30_000
const EXIT_MS = 5_000

interface Waiting {
  resolve(give: unknown): void
  reject(error: Error): void
}

const running = new Set<Child<Calls>>()
process.on('exit', () => {
  for (const { process: left } of running) left.kill('SIGKILL')
})

export class Child<C extends Calls> {
  readonly process: ChildProcess
  onEvent: (event: object) => void = () => undefined
  readonly #exit: Promise<void>
  readonly #name: string
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0
  #ended = false

  /** `program`: an entry of start.mjs. */
  constructor(program: string, execArgv: readonly string[] = []) {
    this.#name = program
    // The commands are bundled to the root of the folder that their programs are in.
    const path = new URL(`${program}.js`, import.meta.url)
    this.process = fork(path, {
      execArgv: ['--enable-source-maps', ...execArgv],
      // Standard output belongs to the results.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced'
    })
    this.#exit = once(this.process, 'exit').then(([code, signal]) => this.#onExit(String(signal ?? code)))
    this.process.on('message', (message: FromChild) => this.#onMessage(message))
    running.add(this as unknown as Child<Calls>)
  }

  ask<K extends keyof C & string>(kind: K, take: C[K]['take'], ms = ANSWER_MS): Promise<C[K]['give']> {
    if (this.#ended) return Promise.reject(new Error(`${this.#name} has ended`))
    const number = ++this.#calls
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(number, { resolve, reject }))
    this.process.send({ number, kind, take })
    return within(answer as Promise<C[K]['give']>, ms, `${this.#name}: answer to ${kind}`)
  }

  /** Lets it end by itself for a moment, then kills it. */
  async end(): Promise<void> {
    if (!this.#ended && this.process.connected) this.process.disconnect()
    const timer = setTimeout(() => this.process.kill('SIGKILL'), EXIT_MS)
    await this.#exit
    clearTimeout(timer)
  }

  #onMessage(message: FromChild): void {
    if ('event' in message) return this.onEvent(message.event)
    const waiting = this.#waiting.get(message.number)
    this.#waiting.delete(message.number)
    if ('failure' in message) waiting?.reject(new Error(`${this.#name}: ${message.failure}`))
    else waiting?.resolve(message.give)
  }

  #onExit(how: string): void {
    this.#ended = true
    running.delete(this as unknown as Child<Calls>)
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.#name} ended (${how})`))
    this.#waiting.clear()
  }
}

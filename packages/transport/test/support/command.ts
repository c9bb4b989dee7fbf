// The built floodnet command as a process of its own, and what it says, for tests.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The command beside the built package, wherever the test itself was bundled to. */
export const COMMAND_FILE = fileURLToPath(new URL('./cli.js', import.meta.resolve('@floodnet/transport')))

export type EventObject = { readonly event: string } & Readonly<Record<string, unknown>>

export interface CommandProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** Exit code, or the signal that killed it. Resolves when all output has been read. */
  readonly exit: Promise<number | NodeJS.Signals>
  /**
   * First object on stdout, of the past or to come, with this event and these fields. Rejects when the process ends
   * without it.
   */
  event(event: string, fields?: Readonly<Record<string, unknown>>): Promise<EventObject>
  /** First line on stderr that matches. Rejects when the process ends without it. */
  notice(pattern: RegExp): Promise<string>
  stdout(): Buffer
  stderr(): string
}

const running = new Map<ChildProcessWithoutNullStreams, Promise<unknown>>()

/** Starts `floodnet ARGS`. With `readStdout: false` nobody reads its output. `environment` adds to the test's own. */
export function startCommand(
  args: readonly string[],
  { readStdout = true, environment = {} }: { readStdout?: boolean; environment?: NodeJS.ProcessEnv } = {}
): CommandProcess {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, [COMMAND_FILE, ...args], { stdio: 'pipe', env })
  // What is written to a command that has ended already is lost, and its exit code tells why.
  child.stdin.on('error', () => {})
  const exit = once(child, readStdout ? 'close' : 'exit').then(([code, signal]) => {
    running.delete(child)
    return code ?? signal
  })
  running.set(child, exit)
  const chunks: Buffer[] = []
  if (readStdout) child.stdout.on('data', (chunk) => chunks.push(chunk))
  const out = readStdout ? new Lines(child.stdout, exit) : null
  const err = new Lines(child.stderr, exit)
  return {
    child,
    exit,
    async event(event, fields = {}) {
      if (out === null) throw new TypeError('nobody reads this output')
      const isWanted = (line: string): boolean => {
        const object: EventObject = JSON.parse(line)
        return object.event === event && Object.entries(fields).every(([name, value]) => object[name] === value)
      }
      return JSON.parse(await out.first(isWanted, `event ${event} ${JSON.stringify(fields)}`))
    },
    notice: (pattern) => err.first((line) => pattern.test(line), String(pattern)),
    stdout: () => Buffer.concat(chunks),
    stderr: () => err.text()
  }
}

/** Kills what a test left running, and waits until it is gone. */
export async function killCommands(): Promise<void> {
  for (const child of running.keys()) child.kill('SIGKILL')
  await Promise.all(running.values())
}

/** The lines of a stream, kept so that nobody comes too late for one. */
class Lines {
  readonly #lines: string[] = []
  #onLine: () => void = () => {}
  #ended = false

  constructor(stream: NodeJS.ReadableStream, exit: Promise<unknown>) {
    createInterface({ input: stream }).on('line', (line) => {
      this.#lines.push(line)
      this.#onLine()
    })
    void exit.then(() => {
      this.#ended = true
      this.#onLine()
    })
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('')
  }

  async first(isWanted: (line: string) => boolean, description: string): Promise<string> {
    for (let next = 0; ; ) {
      for (; next < this.#lines.length; next++) {
        const line = this.#lines[next]
        if (line !== undefined && isWanted(line)) return line
      }
      if (this.#ended) throw new Error(`the process ended without ${description}; it said:\n${this.text()}`)
      await this.#nextLine()
    }
  }

  #nextLine(): Promise<void> {
    const before = this.#onLine
    return new Promise((resolve) => {
      this.#onLine = () => {
        before()
        resolve()
      }
    })
  }
}

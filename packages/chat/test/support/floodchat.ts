// Runs the built floodchat as a user would: as a process of its own, with pipes.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { waitFor } from './wait.ts'

export const CLI = join(
  dirname(createRequire(import.meta.url).resolve('@floodnet/chat/package.json')),
  'dist',
  'cli.js'
)

/** One test's world: a folder, a network name of its own, and all processes it started. */
export class Room {
  readonly folder = mkdtempSync(join(tmpdir(), 'floodchat-'))
  // Only nodes of one name link, so tests and other chats on this machine never meet.
  readonly network = `floodchat-test-${process.pid}-${++rooms}`
  readonly #chats: Chat[] = []

  /** The environment of a user who has nothing set up: state goes into the test's folder. */
  readonly env = { ...process.env, XDG_STATE_HOME: this.folder, HOME: this.folder, DEBUG: '' }

  start(...args: string[]): Chat {
    return this.startWith({}, ...args)
  }

  /** `env` adds to the environment. */
  startWith(env: NodeJS.ProcessEnv, ...args: string[]): Chat {
    const all = { ...this.env, ...env }
    const chat = new Chat(spawn(process.execPath, [CLI, '--name', this.network, ...args], { env: all }))
    this.#chats.push(chat)
    return chat
  }

  /** A chat with --json on a free port, once it listens. */
  async startJson(username: string, ...args: string[]): Promise<Chat> {
    const chat = this.start('--json', '--listen', '127.0.0.1:0', '--username', username, ...args)
    await chat.address()
    return chat
  }

  /** Several in a line: each joins through the one before. All links are up when this resolves. */
  async startLine(...usernames: string[]): Promise<Chat[]> {
    const chats: Chat[] = []
    for (const username of usernames) {
      const before = chats.at(-1)
      const chat = await this.startJson(username, ...(before === undefined ? [] : [await before.address()]))
      if (before !== undefined) await chat.event('peer-up')
      chats.push(chat)
    }
    return chats
  }

  async end(): Promise<void> {
    for (const chat of this.#chats) chat.process.kill('SIGKILL')
    await Promise.all(this.#chats.map((chat) => chat.exit))
    // A chat whose terminal was taken away may still be writing its files.
    await waitFor('the folder to be free', () => isRemoved(this.folder))
  }
}

let rooms = 0

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return false
    throw error
  }
}

type JsonEvent = { event: string } & Record<string, unknown>

export class Chat {
  readonly process: ChildProcessWithoutNullStreams
  /** Exit code; null when a signal ended the process. */
  readonly exit: Promise<number | null>
  stdout = ''
  stderr = ''

  constructor(child: ChildProcessWithoutNullStreams) {
    this.process = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    // Writing to a chat that has left is part of some tests.
    child.stdin.on('error', () => undefined)
    this.exit = new Promise((resolve) => child.once('close', resolve))
  }

  type(...lines: string[]): void {
    this.process.stdin.write(lines.map((line) => `${line}\n`).join(''))
  }

  /** Whole lines printed so far. */
  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1)
  }

  get events(): JsonEvent[] {
    return this.lines.map((line) => JSON.parse(line) as JsonEvent)
  }

  /** The first event of this kind with these details, when it has come. */
  event(event: string, details: Record<string, unknown> = {}): Promise<JsonEvent> {
    const wanted = Object.entries({ event, ...details })
    const find = () => this.events.find((seen) => wanted.every(([key, value]) => seen[key] === value))
    return waitFor(JSON.stringify({ event, ...details }), find, () => this.output)
  }

  line(text: string): Promise<string> {
    return waitFor(
      `the line ${text}`,
      () => this.lines.find((line) => line === text),
      () => this.output
    )
  }

  async address(): Promise<string> {
    return String((await this.event('listening')).address)
  }

  get output(): string {
    return `${this.stdout}\n${this.stderr}`
  }
}

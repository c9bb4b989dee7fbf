// A real terminal: a tmux server of its own with one window, in which a shell runs floodchat.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, type Room } from './floodchat.ts'
import { waitFor } from './wait.ts'

/** A call of tmux takes some ms. */
const CALL_MS = 30_000

export const hasTmux = spawnSync('tmux', ['-V']).status === 0

/** It has a neighbour: the entry that it was given, or another, to whom the entry left it. */
export function hasJoined(rows: readonly string[]): boolean {
  return rows.some((row) => /│ (joined (the network of )?127|127\S+ leaves the link)/.test(row))
}

export interface TmuxOptions {
  readonly username: string
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
  /** What runs instead of floodchat, and its arguments. */
  readonly program?: readonly string[]
  /** In a shell that one talks with, and that knows jobs. */
  readonly interactive?: boolean
}

/** A server that is told to end still answers for a moment: the next one of the same name has a socket of its own. */
let servers = 0

export class Tmux {
  readonly #socket: string
  readonly #pidFile: string
  readonly #env: NodeJS.ProcessEnv

  constructor(
    room: Room,
    { username, columns = 80, rows = 20, env = {}, program, interactive = false }: TmuxOptions,
    ...args: string[]
  ) {
    this.#socket = join(room.folder, `tmux-${++servers}`)
    this.#pidFile = join(room.folder, `pid-${username}`)
    this.#env = { ...room.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env }
    const own = ['--name', room.network, '--listen', '127.0.0.1:0', '--username', username]
    // Floods are the screen's own matter here.
    own.push('--shown', '0')
    const command = [process.execPath, ...(program ?? [CLI, ...own, ...args])].map((word) => `'${word}'`).join(' ')
    const start = join(room.folder, `start-${username}.sh`)
    writeFileSync(start, `echo $$ > '${this.#pidFile}'; exec ${command}\n`)
    // The shell stays when floodchat has left, so that its exit code and the state of the terminal can be looked at.
    const script = `echo before; sh '${start}'; echo "code $?"; stty -a | grep -ow -e '-\\?icanon'; exec cat`
    const size = ['-x', `${columns}`, '-y', `${rows}`]
    this.tmux('-f', '/dev/null', 'new-session', '-d', ...size, interactive ? 'exec sh -i' : script)
    if (interactive) this.type(`echo before; sh '${start}'\r`)
  }

  /** The visible rows, without spaces at their ends. */
  get rows(): string[] {
    const rows = this.tmux('capture-pane', '-p').split('\n')
    return rows.slice(0, -1).map((row) => row.trimEnd())
  }

  /** What the rows look like to a reader: those with text, without the lines between the days. */
  get lines(): string[] {
    return this.rows.filter((row) => row !== '' && !row.includes('────'))
  }

  get pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'))
  }

  type(text: string): void {
    this.tmux('send-keys', '-l', text)
  }

  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys)
  }

  /** As a terminal does it when the user pastes: marked, where the program asked for that. */
  paste(text: string): void {
    execFileSync('tmux', ['-S', this.#socket, 'load-buffer', '-'], { env: this.#env, input: text, timeout: CALL_MS })
    this.tmux('paste-buffer', '-p')
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`)
  }

  /** What tmux knows of the window, by its name for it. */
  flag(name: string): string {
    return this.tmux('display-message', '-p', `#{${name}}`).trim()
  }

  /** The visible rows, once they satisfy `probe`. */
  async shows(what: string, probe: (rows: string[]) => boolean): Promise<string[]> {
    let rows: string[] = []
    const look = () => {
      rows = this.rows
      return probe(rows)
    }
    await waitFor(what, look, () => rows.join('\n'))
    return rows
  }

  /** The last row, where one types. */
  typing(text: string): Promise<string[]> {
    return this.shows(text, (rows) => rows.at(-1) === text)
  }

  /** A row that ends so. */
  line(end: string): Promise<string[]> {
    return this.shows(end, (rows) => rows.some((row) => row.endsWith(end)))
  }

  end(): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server'], { env: this.#env, timeout: CALL_MS })
  }

  tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { env: this.#env, encoding: 'utf8', timeout: CALL_MS })
  }
}

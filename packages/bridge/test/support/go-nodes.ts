// Real nodes of the tutorial's part 4: their code is taken from the tutorial's own text, built with the Go that is
// installed, and run.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from '../../../../test/support/wait.ts'
import type { Stage } from './bridged.ts'

const SEEDS = '../shared/seeds'
const START_MS = 20_000
const ATTEMPTS = 3

/** Why there can be no Go nodes here; null when there can. */
export function whyNoGo(): string | null {
  if (seedText() === null) return `the tutorial's text is not in ${SEEDS}`
  return spawnSync('go', ['version']).status === 0 ? null : 'Go is not installed'
}

/** Builds the tutorial's program into a folder of its own. */
export function buildTutorial(): { program: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'floodnet-go-'))
  for (const { path, code } of filesIn(seedText() ?? '')) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
  writeFileSync(join(folder, 'go.mod'), 'module P2PChatTutorial4\n\ngo 1.18\n')
  // Go's own cache, as for any build; where there is no home for it, one that goes with the folder.
  const cache = process.env.HOME === undefined ? { GOCACHE: join(folder, 'cache') } : {}
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local', ...cache }
  const { status, stderr } = spawnSync('go', ['build', '-o', 'chat', '.'], { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`go build: ${stderr}`)
  return { program: join(folder, 'chat'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

const started: GoNode[] = []

/**
 * Acts, and acts again when a Go node crashed by its own fault meanwhile, so that this fault is not taken for one of
 * ours.
 */
export async function toldFromCrashes(stage: Stage, act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    started.length = 0
    try {
      return await act()
    } catch (error) {
      if (attempt === ATTEMPTS || !started.some(({ hasCrashed }) => hasCrashed)) throw error
      console.log('a Go node crashed by itself (concurrent map access): once more')
      await stage.close()
    }
  }
}

export class GoNode {
  /** Every line it printed, its own remarks included. */
  readonly lines: string[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #exit: Promise<unknown>
  #ended: 'by itself' | 'killed' | null = null

  private constructor(program: string, entry: string) {
    this.#child = spawn(program, [entry])
    this.#child.stdin.on('error', () => {})
    this.#exit = new Promise((resolve) => this.#child.once('close', resolve)).then(() => {
      this.#ended ??= 'by itself'
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
    }
  }

  /** @param entry '' for the first one: it then asks nobody. */
  static async start(program: string, entry: string): Promise<GoNode> {
    const node = new GoNode(program, entry === '' ? '127.0.0.1:1' : entry)
    started.push(node)
    await until(
      () => node.address,
      START_MS,
      () => `a Go node that listens; it said: ${node.lines.join('\n')}`
    )
    return node
  }

  /** On loopback. */
  get address(): string {
    const port = /Listening for connection requests at \[::\]:(\d+)/.exec(this.lines.join('\n'))?.[1]
    return port === undefined ? '' : `127.0.0.1:${port}`
  }

  /** Whether it ended because two of its threads used one map, which its code does not keep them from. */
  get hasCrashed(): boolean {
    return this.#ended === 'by itself' && this.lines.some((line) => /fatal error: concurrent map/.test(line))
  }

  say(text: string): void {
    this.#child.stdin.write(`${text}\n`)
  }

  async kill(): Promise<void> {
    this.#ended ??= 'killed'
    this.#child.kill('SIGKILL')
    await this.#exit
  }
}

function seedText(): string | null {
  if (!existsSync(SEEDS)) return null
  const texts = readdirSync(SEEDS).map((file) => readFileSync(join(SEEDS, file), 'utf8'))
  return texts.find((text) => filesIn(text).length === 3) ?? null
}

/** The blocks of Go that are followed by the name of their file. */
function filesIn(text: string): { path: string; code: string }[] {
  const blocks = [...text.matchAll(/```go\n([\s\S]*?)```\n\{: file='([\w/]+\.go)'\}/g)]
  return blocks.map(([, code = '', path = '']) => ({ code, path }))
}

// A real NATS server on loopback with JetStream, its store in a temporary folder; killed and started again at will.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../../../test/support/wait.ts'

const READY_MS = 60_000
/** Debian's package puts it where only root looks. */
const PLACES = ['nats-server', '/usr/sbin/nats-server']

/** The command; null, said aloud, where there is none. */
export function findNatsServer(): string | null {
  const found = PLACES.find((command) => spawnSync(command, ['--version']).status === 0) ?? null
  if (found === null) console.log('skipped: there is no nats-server (Debian: apt-get install nats-server)')
  return found
}

export class NatsServer {
  readonly url: string
  readonly #command: string
  readonly #folder: string
  readonly #port: string
  readonly #arguments: readonly string[]
  #child: ChildProcess

  private constructor(command: string, folder: string, port: string, extra: readonly string[], child: ChildProcess) {
    this.url = `nats://127.0.0.1:${port}`
    this.#command = command
    this.#folder = folder
    this.#port = port
    this.#arguments = extra
    this.#child = child
  }

  /** @param extra more arguments of the server */
  static async start(command: string, extra: readonly string[] = []): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'floodnet-nats-'))
    const child = run(command, folder, '-1', extra)
    const port = await portIn(folder, child)
    return new NatsServer(command, folder, port, extra, child)
  }

  /** With no chance to say goodbye. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }

  /** At its old address, with its old store. */
  async startAgain(): Promise<void> {
    this.#child = run(this.#command, this.#folder, this.#port, this.#arguments)
    await portIn(this.#folder, this.#child)
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function run(command: string, folder: string, port: string, extra: readonly string[]): ChildProcess {
  const own = ['-a', '127.0.0.1', '-p', port, '-js', '-sd', join(folder, 'store'), '--ports_file_dir', folder]
  return spawn(command, [...own, '-l', join(folder, 'log'), ...extra], { stdio: 'ignore' })
}

/** The server writes its ports to a file when it listens. */
async function portIn(folder: string, { pid }: ChildProcess): Promise<string> {
  return await until(
    async () => {
      const name = (await readdir(folder)).find((file) => file.endsWith(`_${pid}.ports`))
      const text = name === undefined ? '' : await readFile(join(folder, name), 'utf8')
      return /nats:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]
    },
    READY_MS,
    'a NATS server that listens'
  )
}

// What the commands share: a network, its events, its metrics, and an orderly end, whatever causes it.
import type { Readable } from 'node:stream'
import { FloodnetError } from '@floodnet/core'
import type { Network, NetworkOptions } from '../api.ts'
import { entryNotice } from '../finding/entries.ts'
import { debugLogger } from '../telemetry/logger.ts'
import type { LineOutput } from './line-output.ts'
import { showPages } from './pages.ts'
import { type Reporter, reportEvents } from './reporter.ts'
import type { Settings } from './settings.ts'
import { STDIN_ENTRY, withStdinEntry } from './stdin-entry.ts'

/** What a command does with its network. */
export interface Task {
  /** It may be left unfinished: if told to leave, the network closes while it runs. */
  readonly done: Promise<void>
  /** What the command was asked for and has not done. Called once the network has closed. Null: nothing. */
  undone?(): string | null
}

export type Body = (context: BodyContext) => Task

export interface BodyContext {
  readonly network: Network
  readonly settings: Settings
  /** Opened on first use: only for `pub`, and for `--join -`. */
  openStdin(): Readable
  readonly output: LineOutput
  /** Whether a person reads the output. */
  readonly isTerminal: boolean
  readonly reporter: Reporter
}

export interface Host extends Omit<BodyContext, 'network'> {
  createNetwork(options: NetworkOptions): Promise<Network>
  /** Asks the person at the terminal for something. */
  ask(text: string): void
  /** Aborted when the command should leave the network. */
  readonly leave: AbortSignal
}

/**
 * Resolves when the body is done or `leave` is aborted, and the network has closed.
 * @throws ERR_FLOODNET_FAILED if the command has not done everything that it was asked for
 */
export async function runOnNetwork(host: Host, body: Body): Promise<void> {
  const network = await startNetwork(host)
  if (network === null) return refuseUnstarted(host)
  let task: Task | null = null
  try {
    reportEvents(network, host.reporter)
    await withPages(network, host, async () => {
      task = body({ ...host, network })
      await Promise.race([task.done, network.closed, toldToLeave(host), outputEnded(host)])
    })
  } catch (error) {
    await network.close()
    const undone = undoneOf(task)
    if (undone !== null) host.reporter.notice(undone)
    throw error
  }
  await network.close()
  const undone = undoneOf(task)
  if (undone !== null) throw new FloodnetError('ERR_FLOODNET_FAILED', undone)
}

/** We were told to leave before there was a network. That is fine for commands that only listen until told to stop. */
function refuseUnstarted({ settings: { command, count } }: Host): void {
  if (command === 'pub') throw new FloodnetError('ERR_FLOODNET_FAILED', 'told to leave before anything was sent')
  if (count !== null) throw new FloodnetError('ERR_FLOODNET_FAILED', `told to leave after 0 of ${count} messages`)
}

function undoneOf(task: Task | null): string | null {
  return task?.undone?.() ?? null
}

/**
 * Null if told to leave in the meantime. The network gets a signal for its start only; afterwards it is closed here,
 * once the body has lost the race.
 */
async function startNetwork(host: Host): Promise<Network | null> {
  const { createNetwork, settings, leave, reporter } = host
  const starting = new AbortController()
  const stop = () => starting.abort(leave.reason)
  leave.addEventListener('abort', stop)
  try {
    const named = [settings.options.join ?? []].flat()
    const join = named.includes(STDIN_ENTRY) ? await withStdinEntry(named, host) : named
    if (join === null) return null
    for (const text of join) tellOf(text, reporter)
    return await createNetwork({ ...settings.options, ...(join.length > 0 && { join }), signal: starting.signal })
  } catch (error) {
    if (leave.aborted) return null
    throw error
  } finally {
    leave.removeEventListener('abort', stop)
  }
}

function tellOf(entry: string, reporter: Reporter): void {
  const notice = entryNotice(entry)
  if (notice !== null) reporter.notice(notice)
}

/** Acts while the requested pages are served. */
async function withPages(network: Network, { settings, reporter }: Host, act: () => Promise<void>): Promise<void> {
  const end = await showPages(network, settings, {
    loggerOf: (page) => debugLogger(`floodnet:${page}`),
    tell: (text) => reporter.notice(text)
  })
  try {
    await act()
  } finally {
    await end()
  }
}

async function toldToLeave({ leave, reporter }: Host): Promise<void> {
  await aborted(leave)
  reporter.notice('leaving; the next signal ends at once')
}

/**
 * Once nobody reads the output any more (`floodnet sub | head`), there is nothing left to do, except that `pub` still
 * sends.
 */
async function outputEnded({ output, settings }: Host): Promise<void> {
  await aborted(output.failed)
  const error = output.failed.reason as NodeJS.ErrnoException
  if (error.code !== 'EPIPE') throw error
  if (settings.command === 'pub') await new Promise(() => {})
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

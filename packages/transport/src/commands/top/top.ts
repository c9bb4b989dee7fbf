// `floodnet top`: looks at a node's metrics again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import { formatAddress, messageOf } from '@floodnet/core'
import type { Look } from '../../figures/figures.ts'
import type { LineOutput } from '../line-output.ts'
import type { TopSettings } from './arguments.ts'
import { figuresOf } from './figures.ts'
import { frameOf } from './frame.ts'
import { scrape } from './scrape.ts'

export interface TopHost {
  readonly output: LineOutput
  /** Whether the output is a terminal, whose lines can be overwritten. */
  readonly isTerminal: boolean
  readonly leave: AbortSignal
}

const CLEAR = '\u001b[H\u001b[2J'
const HOME = '\u001b[H'
const TO_LINE_END = '\u001b[K'
const TO_SCREEN_END = '\u001b[J'

/**
 * Resolves when told to leave; with `--json` at once, and without a terminal after two looks. @throws
 * ERR_FLOODNET_FAILED
 */
export async function runTop(settings: TopSettings, host: TopHost): Promise<void> {
  const ended = AbortSignal.any([host.leave, host.output.failed])
  try {
    const first = await look(settings, ended)
    if (settings.json) return await write(host, `${JSON.stringify({ event: 'top', ...first.figures })}\n`)
    await (host.isTerminal ? watch(settings, host, first, ended) : compare(settings, host, first, ended))
  } catch (error) {
    if (!ended.aborted) throw error
  }
}

async function look({ address }: TopSettings, ended: AbortSignal): Promise<Look> {
  const metrics = await scrape(address, ended)
  return { figures: figuresOf(metrics), atMs: performance.now() }
}

async function compare(settings: TopSettings, host: TopHost, first: Look, ended: AbortSignal): Promise<void> {
  await sleep(settings.intervalMs, undefined, { signal: ended })
  const lines = frameOf(formatAddress(settings.address), await look(settings, ended), first)
  await write(host, `${lines.join('\n')}\n`)
}

async function watch(settings: TopSettings, host: TopHost, first: Look, ended: AbortSignal): Promise<void> {
  const address = formatAddress(settings.address)
  let [before, lines] = [first, frameOf(address, first, null)]
  await write(host, CLEAR)
  for (;;) {
    await write(host, `${HOME}${lines.map((line) => `${line}${TO_LINE_END}\n`).join('')}${TO_SCREEN_END}`)
    await sleep(settings.intervalMs, undefined, { signal: ended })
    try {
      const now = await look(settings, ended)
      lines = frameOf(address, now, before)
      before = now
    } catch (error) {
      if (ended.aborted) return
      // It may come back.
      lines = [messageOf(error), '', ...frameOf(address, before, null)]
    }
  }
}

function write({ output }: TopHost, text: string): Promise<void> {
  return output.write(Buffer.from(text))
}

// `floodnet pub`: every line of the input becomes a message.
import type { Readable } from 'node:stream'
import { FloodnetError, LIMITS } from '@floodnet/core'
import type { Network } from '../api.ts'
import { LineSplitter } from './line-splitter.ts'
import type { Body } from './run.ts'

/** How far it came, for whoever has to be told what was not sent. */
interface Progress {
  /** Lines that the network has taken. */
  written: number
  phase: 'reading input' | 'waiting for a neighbour' | 'sending a line' | 'flushing'
}

export const runPub: Body = async ({ network, settings, openStdin, reporter }) => {
  const progress: Progress = { written: 0, phase: 'reading input' }
  await withDeadline(settings.timeoutMs, progress, sendAll(network, openStdin(), progress, reporter.notice))
  reporter.notice(`messages sent: ${progress.written}`)
}

async function sendAll(
  network: Network,
  stdin: Readable,
  progress: Progress,
  notice: (text: string) => void
): Promise<void> {
  let links = 0
  for await (const line of linesOf(stdin)) {
    // Without a neighbour the network holds what is written only up to a limit; the input can wait without one.
    if (links === 0) await neighbour(network, progress, notice)
    progress.phase = 'sending a line'
    links = (await network.write(line)).links
    progress.written++
    progress.phase = 'reading input'
  }
  if (progress.written === 0) return
  await neighbour(network, progress, notice)
  progress.phase = 'flushing'
  await network.flush()
}

async function* linesOf(stdin: Readable): AsyncGenerator<Uint8Array, void> {
  const splitter = new LineSplitter(LIMITS.maxMessageBytes.value)
  for await (const chunk of stdin) yield* splitter.push(chunk)
  yield* splitter.end()
}

async function neighbour(network: Network, progress: Progress, notice: (text: string) => void): Promise<void> {
  if (network.peers.length > 0) return
  progress.phase = 'waiting for a neighbour'
  notice('waiting for a neighbour')
  await new Promise<void>((resolve) => network.once('peer-up', () => resolve()))
}

async function withDeadline(timeoutMs: number | null, progress: Progress, work: Promise<void>): Promise<void> {
  if (timeoutMs === null) return await work
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutError(timeoutMs, progress)), timeoutMs)
  })
  try {
    await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

function timeoutError(timeoutMs: number, { written, phase }: Progress): FloodnetError {
  return new FloodnetError(
    'ERR_FLOODNET_FAILED',
    `not done after ${timeoutMs} ms (${phase}): ${leftText(written, phase)}`,
    { subject: '--timeout' }
  )
}

function leftText(written: number, phase: Progress['phase']): string {
  if (written === 0) return 'no line of the input was sent'
  if (phase === 'reading input') return `lines 1 to ${written} were sent, what follows was not`
  if (phase === 'sending a line')
    return `lines 1 to ${written} were sent, line ${written + 1} and what follows were not`
  return `lines 1 to ${written} were written, but not all of them were handed to a neighbour`
}

// `--join -`: an entry from standard input, which no other user of the machine can see there: a ticket may hold the
// network's key.
import { addAbortSignal, type Readable } from 'node:stream'
import { FloodnetError } from '@floodnet/core'
import type { NetworkOptions } from '../api.ts'
import { STDIN_ENTRY } from './settings.ts'

/** The longest ticket is shorter. */
const MAX_LINE_BYTES = 4_096

export function needsStdin({ join }: NetworkOptions): boolean {
  return [join ?? []].flat().includes(STDIN_ENTRY)
}

/**
 * The options with the first line of the input in place of `-`. @throws ERR_FLOODNET_OPTION; the signal's reason when
 * aborted.
 */
export async function withStdinEntry(
  options: NetworkOptions,
  input: Readable,
  leave: AbortSignal
): Promise<NetworkOptions> {
  const line = await firstLine(addAbortSignal(leave, input))
  return { ...options, join: [options.join ?? []].flat().map((text) => (text === STDIN_ENTRY ? line : text)) }
}

async function firstLine(input: Readable): Promise<string> {
  let text = ''
  for await (const chunk of input) {
    text += String(chunk)
    if (text.includes('\n') || text.length > MAX_LINE_BYTES) break
  }
  const line = (text.split('\n', 1)[0] ?? '').trim()
  if (line !== '' && line.length <= MAX_LINE_BYTES) return line
  throw new FloodnetError('ERR_FLOODNET_OPTION', '--join -: the first line of the input is no entry', {
    subject: '--join'
  })
}

// `-` in place of an entry stands for the first line of standard input. Unlike an argument, other users of the machine
// cannot see it there, and a ticket may hold the network's key. What follows that line is left for the next reader.
import type { Readable } from 'node:stream'
import { FloodnetError, isTicket } from '@floodnet/core'
import { parseEntry } from '../finding/entries.ts'

/** Stands for an entry on standard input. */
export const STDIN_ENTRY = '-'

/** Longer than any ticket. */
const MAX_LINE_BYTES = 4_096

/** Where the line comes from. */
export interface EntrySource {
  /** Opened only if an entry is on it. */
  openStdin(): Readable
  /** Asks the person at a terminal for the line, which the terminal does not show. */
  ask(text: string): void
  /** Ends the wait. */
  readonly leave: AbortSignal
}

type Terminal = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown }

/**
 * `entries` with the first line of the input in place of `-`. Null: told to leave in the meantime.
 * @throws ERR_FLOODNET_OPTION, ERR_FLOODNET_ADDRESS for a line that is not an entry; the error does not repeat it
 */
export async function withStdinEntry(
  entries: readonly string[],
  { openStdin, ask, leave }: EntrySource
): Promise<readonly string[] | null> {
  if (!entries.includes(STDIN_ENTRY)) return entries
  const input: Terminal = openStdin()
  const line = await (input.isTTY === true ? askedLine(input, ask, leave) : pipedLine(input, leave))
  if (line === null) return null
  const entry = checked(line.trim())
  return entries.map((text) => (text === STDIN_ENTRY ? entry : text))
}

function checked(line: string): string {
  if (line === '' || line.length > MAX_LINE_BYTES) throw notEntry('ERR_FLOODNET_OPTION')
  try {
    parseEntry('--join -', line)
  } catch (error) {
    // The error about a ticket does not repeat it; the one about an address does.
    throw isTicket(line) ? error : notEntry('ERR_FLOODNET_ADDRESS')
  }
  return line
}

function notEntry(code: 'ERR_FLOODNET_OPTION' | 'ERR_FLOODNET_ADDRESS'): FloodnetError {
  const message = '--join -: the first line of the input is neither an address nor a ticket'
  return new FloodnetError(code, message, { subject: '--join' })
}

async function pipedLine(input: Readable, leave: AbortSignal): Promise<string | null> {
  const line: number[] = []
  const end = await takeBytes(input, leave, (byte) => {
    if (byte === LINE_FEED) return 'whole'
    return line.push(byte) > MAX_LINE_BYTES ? 'whole' : 'more'
  })
  return end === 'left' ? null : textOf(line)
}

/** A terminal would show the typed line to anybody looking on, and keep it in its scrollback. */
async function askedLine(input: Terminal, ask: (text: string) => void, leave: AbortSignal): Promise<string | null> {
  ask('paste the address or ticket and press Enter; it is not shown')
  input.setRawMode?.(true)
  try {
    const line: number[] = []
    const end = await takeBytes(input, leave, (byte) => onKey(line, byte))
    return end === 'left' ? null : textOf(line).replace(PASTE_MARKS, '')
  } finally {
    input.setRawMode?.(false)
  }
}

const LINE_FEED = 0x0a
const [CARRIAGE_RETURN, CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE] = [0x0d, 0x03, 0x04, 0x15, 0x08, 0x7f]
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals write it around what is pasted
const PASTE_MARKS = /\x1b\[20[01]~/g

/** `left`: told to leave. */
type Step = 'more' | 'whole' | 'left'

/** In raw mode we handle the keys ourselves. */
function onKey(line: number[], byte: number): Step {
  switch (byte) {
    case CARRIAGE_RETURN:
    case LINE_FEED:
    case CTRL_D:
      return 'whole'
    case CTRL_C:
      return 'left'
    case CTRL_U:
      line.length = 0
      return 'more'
    case BACKSPACE:
    case DELETE:
      line.pop()
      return 'more'
    default:
      return line.push(byte) > MAX_LINE_BYTES ? 'whole' : 'more'
  }
}

function textOf(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('utf8')
}

/**
 * Takes bytes until `step` has enough, the input ends or `leave` is aborted, and puts back those that were read but not
 * taken. Unlike an iterator, it does not destroy the input.
 */
function takeBytes(input: Readable, leave: AbortSignal, step: (byte: number) => Step): Promise<Step> {
  return new Promise((resolve, reject) => {
    const onReadable = () => {
      for (let chunk = input.read(); chunk !== null; chunk = input.read()) {
        const bytes = Buffer.from(chunk)
        for (let at = 0; at < bytes.length; at++) {
          const next = step(bytes[at] as number)
          if (next === 'more') continue
          detach()
          if (at + 1 < bytes.length) input.unshift(bytes.subarray(at + 1))
          return resolve(next)
        }
      }
    }
    const end = (how: Step) => () => {
      detach()
      resolve(how)
    }
    const onLeave = end('left')
    const onEnd = end('whole')
    const onError = (error: Error) => {
      detach()
      reject(new FloodnetError('ERR_FLOODNET_FAILED', `the input cannot be read: ${error.message}`, { cause: error }))
    }
    const detach = () => {
      input.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onError)
      leave.removeEventListener('abort', onLeave)
    }
    if (leave.aborted) return resolve('left')
    leave.addEventListener('abort', onLeave)
    input.on('end', onEnd).on('close', onEnd).on('error', onError).on('readable', onReadable)
  })
}

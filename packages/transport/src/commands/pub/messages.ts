// What `pub` sends: each line of the input, or a single message that is a text, a file or the whole input.
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { FloodnetError, LIMITS, optionError } from '@floodnet/core'
import type { Source } from '../settings.ts'
import { LineSplitter } from './line-splitter.ts'

const MAX_MESSAGE_BYTES = LIMITS.maxMessageBytes.value

/** Messages that were read together. */
export interface Lot {
  readonly messages: readonly Uint8Array[]
  /** Whether another message has begun whose end has not been read. */
  readonly hasBegun: boolean
}

/** The messages of a source, as they are read. @throws ERR_FLOODNET_MESSAGE_TOO_LARGE, ERR_FLOODNET_OPTION */
export async function* messagesOf(source: Source, openStdin: () => Readable): AsyncGenerator<Lot, void> {
  switch (source.kind) {
    case 'lines':
      return yield* linesOf(openStdin())
    case 'text':
      return yield one(wholeOf([Buffer.from(source.text)], Buffer.byteLength(source.text)))
    case 'whole':
      return yield one(source.path === null ? await readWhole(openStdin()) : await readFile(source.path))
  }
}

function one(message: Uint8Array): Lot {
  return { messages: [message], hasBegun: false }
}

async function* linesOf(stdin: Readable): AsyncGenerator<Lot, void> {
  const splitter = new LineSplitter(MAX_MESSAGE_BYTES)
  for await (const chunk of stdin) yield* lotOf(splitter.push(chunk), splitter)
  yield* lotOf(splitter.end(), splitter)
}

/** Lines before one that is too long are still returned. */
function* lotOf(lines: Iterable<Uint8Array>, splitter: LineSplitter): Generator<Lot, void> {
  const messages: Uint8Array[] = []
  try {
    for (const line of lines) messages.push(line)
  } catch (error) {
    yield { messages, hasBegun: true }
    throw error
  }
  yield { messages, hasBegun: splitter.hasBegun }
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await readWhole(createReadStream(path))
  } catch (cause) {
    if (cause instanceof FloodnetError) throw cause
    throw optionError('--file', `--file ${path} cannot be read: ${(cause as Error).message}`, cause)
  }
}

async function readWhole(input: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of input) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_MESSAGE_BYTES) break
  }
  return wholeOf(chunks, bytes)
}

function wholeOf(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  if (bytes <= MAX_MESSAGE_BYTES) return Buffer.concat(chunks, bytes)
  const message = `the message has more than maxMessageBytes (${MAX_MESSAGE_BYTES}) bytes; nothing was sent`
  throw new FloodnetError('ERR_FLOODNET_MESSAGE_TOO_LARGE', message, { subject: 'maxMessageBytes' })
}

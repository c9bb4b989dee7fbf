// Lines from a pipe. Reads the next chunk only when the lines of this one have been taken, so that saying a file waits
// for the network.

import type { TypedLine } from './screen.ts'

/** Lines of a pipe as typed lines: a pipe has only one conversation. */
export async function* readTyped(chunks: AsyncIterable<Uint8Array>, maxChars: number): AsyncGenerator<TypedLine> {
  for await (const text of readLines(chunks, maxChars)) yield { text, conversation: null }
}

/**
 * Splits UTF-8 chunks into lines, without their ends. Of a line longer than `maxChars` it returns the first `maxChars`
 * + 1, so that the reader sees that it is too long while memory stays bounded.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxChars: number): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      yield endLine(rest, part, maxChars)
      rest = ''
    }
    rest = (rest + last).slice(0, maxChars + 1)
  }
  rest += decoder.decode()
  if (rest !== '') yield endLine(rest, '', maxChars)
}

function endLine(start: string, end: string, maxChars: number): string {
  return (start + end).slice(0, maxChars + 1).replace(/\r$/, '')
}

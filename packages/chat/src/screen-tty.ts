// The screen of a terminal: lines scroll above the line being typed, which is never broken. Lines that arrive together are drawn
// together, at most every 50 ms; of what cannot be read at that speed the newest is shown, and how much was skipped.

import { on } from 'node:events'
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import type { Screen, TypedLine } from './screen.ts'
import { lineOf } from './screen-line.ts'

/** Time between two redraws: well under the 100 ms that people notice while typing. */
export const REDRAW_MS = 50
/** Said lines drawn at once: 50 every 50 ms are 1000 lines a second, more than anybody reads. */
export const MAX_SAID_LINES = 50
/** Lines of other kinds (direct, notices) drawn at once; they are kept before said ones. */
export const MAX_OTHER_LINES = 500

export interface TtyScreen extends Screen {
  /** The typed lines, in order; ends at Ctrl-D, Ctrl-C or `close()`. */
  readonly lines: AsyncIterable<TypedLine>
}

export function openTtyScreen(input: NodeJS.ReadStream, output: NodeJS.WriteStream): TtyScreen {
  const typing = createInterface({ input, output, terminal: true, historySize: 200 })
  const lines = typedLines(typing)
  // Ctrl-C ends the input, and the end of input leaves the chat.
  typing.on('SIGINT', () => typing.close())
  typing.on('line', () => typing.prompt())
  const backlog = new Backlog()
  let timer: NodeJS.Timeout | null = null
  let drawnAt = 0
  let closed = false
  // By Ctrl-D and Ctrl-C too. Readline leaves the cursor behind what was typed.
  typing.on('close', () => {
    clearTyping(typing, output)
    closed = true
  })

  const draw = () => {
    timer = null
    drawnAt = performance.now()
    const text = backlog.take().join('\n')
    if (text === '') return
    if (!closed) clearTyping(typing, output)
    output.write(`${text}\n`)
    if (!closed) typing.prompt(true)
  }

  return {
    lines,
    show(event) {
      // What this user says already stands there: the prompt is the name, and the typed line stays.
      const line = event.kind === 'said' && event.state === 'sent' ? null : lineOf(event)
      if (line === null) return
      backlog.add(event.kind === 'message' && !event.direct, line)
      timer ??= setTimeout(draw, Math.max(0, drawnAt + REDRAW_MS - performance.now()))
    },
    setPrompt(prompt) {
      if (!closed) clearTyping(typing, output)
      typing.setPrompt(prompt)
      if (!closed) typing.prompt(true)
    },
    setCompleter() {},
    async ready() {},
    async close() {
      if (timer !== null) clearTimeout(timer)
      typing.close()
      draw()
    }
  }
}

// Not a generator itself: it listens from now on, so that a line typed before the first read is kept.
function typedLines(typing: Interface): AsyncGenerator<TypedLine> {
  return linesOf(on(typing, 'line', { close: ['close'] }))
}

async function* linesOf(events: AsyncIterable<string[]>): AsyncGenerator<TypedLine> {
  for await (const [text] of events) if (text !== undefined) yield { text, conversation: null }
}

/** Lines that wait for the next drawing, bounded. */
export class Backlog {
  #lines: { said: boolean; text: string }[] = []
  #said = 0
  #others = 0
  #skipped = 0

  add(said: boolean, text: string): void {
    this.#lines.push({ said, text })
    if (said) this.#said++
    else this.#others++
    if (this.#said > MAX_SAID_LINES) this.#skipOldest(true)
    if (this.#others > MAX_OTHER_LINES) this.#skipOldest(false)
  }

  /** All lines, oldest first, and empties the backlog. */
  take(): string[] {
    const lines = this.#lines.map((line) => line.text)
    if (this.#skipped > 0) lines.unshift(`* ${this.#skipped} messages skipped: they came faster than anyone reads`)
    this.#lines = []
    this.#said = this.#others = this.#skipped = 0
    return lines
  }

  #skipOldest(said: boolean): void {
    const oldest = this.#lines.findIndex((line) => line.said === said)
    this.#lines.splice(oldest, 1)
    if (said) this.#said--
    else this.#others--
    this.#skipped++
  }
}

// Leaves the cursor where the line being typed begins.
function clearTyping(typing: Interface, output: NodeJS.WriteStream): void {
  const { rows } = typing.getCursorPos()
  if (rows > 0) moveCursor(output, 0, -rows)
  cursorTo(output, 0)
  clearScreenDown(output)
  // How far up its line begins when readline draws it again. Not documented, but the same from Node 20 to 24; and without it the
  // lines just printed are drawn over, or rows are left empty, since readline itself forgets to count rows that were typed at the end.
  Object.assign(typing, { prevRows: 0 })
}

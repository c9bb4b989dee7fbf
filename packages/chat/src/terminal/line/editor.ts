// The line being typed: its text, the cursor, and the keys that change them (those of readline and Emacs). Pure: each
// edit returns a new line. The text is kept clean, so that you see what is sent; the cursor is between graphemes, never
// inside one.

import { MAX_SHOWN_BYTES } from '../../session/session.ts'
import { cleanText } from '../../text/clean-text.ts'
import { segmenter } from '../layout/cells.ts'

/** Most bytes of a line that can be typed or pasted: others see no more of a message. */
export const MAX_TYPED_BYTES = MAX_SHOWN_BYTES

export interface Line {
  readonly text: string
  /** UTF-16 units before the cursor. */
  readonly cursor: number
  /** What was last cut, for Ctrl+Y. */
  readonly cut: string
}

export const EMPTY_LINE: Line = { text: '', cursor: 0, cut: '' }

/** The line with `inserted` at the cursor; null if it would become too long. */
export function insert(line: Line, inserted: string): Line | null {
  // From the last grapheme on: the insertion may be a mark that belongs to it.
  const start = previousGrapheme(line.text, line.cursor)
  const before = line.text.slice(0, start) + cleanTyped(line.text.slice(start, line.cursor) + inserted)
  const text = before + line.text.slice(line.cursor)
  return Buffer.byteLength(text) > MAX_TYPED_BYTES ? null : { ...line, text, cursor: before.length }
}

/** The edits, by the name of the key that asks for them. */
export const EDITS: ReadonlyMap<string, (line: Line) => Line> = new Map(
  Object.entries({
    left: (line: Line) => moveTo(line, previousGrapheme(line.text, line.cursor)),
    right: (line: Line) => moveTo(line, nextGrapheme(line.text, line.cursor)),
    home: (line: Line) => moveTo(line, rowStart(line)),
    end: (line: Line) => moveTo(line, rowEnd(line)),
    'word-left': (line: Line) => moveTo(line, wordLeft(line)),
    'word-right': (line: Line) => moveTo(line, wordRight(line)),
    backspace: (line: Line) => without(line, previousGrapheme(line.text, line.cursor), line.cursor),
    delete: (line: Line) => without(line, line.cursor, nextGrapheme(line.text, line.cursor)),
    'cut-word': (line: Line) => cut(line, spaceLeft(line), line.cursor),
    'cut-word-left': (line: Line) => cut(line, wordLeft(line), line.cursor),
    'cut-word-right': (line: Line) => cut(line, line.cursor, wordRight(line)),
    'cut-start': (line: Line) => cut(line, rowStart(line), line.cursor),
    'cut-end': (line: Line) => cut(line, line.cursor, rowEnd(line)),
    'paste-cut': (line: Line) => insert(line, line.cut) ?? line,
    'new-line': (line: Line) => insert(line, '\n') ?? line
  })
)

/** A line with the cursor at the end. */
export function lineOfText(text: string, cut = ''): Line {
  return { text, cursor: text.length, cut }
}

/** Clean as `cleanText` makes it, but keeps line breaks, as '\n'. */
export function cleanLines(text: string): string {
  return text.split(LINE_BREAK).map(cleanText).join('\n')
}

// People type a joiner before the letter that justifies it.
function cleanTyped(text: string): string {
  const clean = cleanLines(text)
  const pending = /[\u200C\u200D]$/.exec(text)?.[0] ?? ''
  return JOINABLE.test(clean) ? clean + pending : clean
}

const JOINABLE = /(?:[\p{L}\p{M}\p{Emoji_Modifier}]|\p{Extended_Pictographic})$/u

const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/

function moveTo(line: Line, cursor: number): Line {
  return { ...line, cursor }
}

function without(line: Line, from: number, to: number): Line {
  return { ...line, text: line.text.slice(0, from) + line.text.slice(to), cursor: from }
}

function cut(line: Line, from: number, to: number): Line {
  return from === to ? line : { ...without(line, from, to), cut: line.text.slice(from, to) }
}

function previousGrapheme(text: string, from: number): number {
  return from === 0 ? 0 : (segmenter.segment(text).containing(from - 1)?.index ?? 0)
}

function nextGrapheme(text: string, from: number): number {
  const found = segmenter.segment(text).containing(from)
  return found === undefined ? text.length : found.index + found.segment.length
}

function rowStart({ text, cursor }: Line): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1
}

function rowEnd({ text, cursor }: Line): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}

// A word in readline's sense: letters and digits, with their marks.
const WORD = /[\p{L}\p{N}\p{M}_]/u
const NO_WORD = /[^\p{L}\p{N}\p{M}_]/u

function wordLeft({ text, cursor }: Line): number {
  return graphemeStart(text, skipLeft(text, skipLeft(text, cursor, NO_WORD), WORD))
}

function wordRight({ text, cursor }: Line): number {
  return graphemeEnd(text, skipRight(text, skipRight(text, cursor, NO_WORD), WORD))
}

function spaceLeft({ text, cursor }: Line): number {
  return graphemeStart(text, skipLeft(text, skipLeft(text, cursor, /\s/u), /\S/u))
}

// Marks count as letters, but may follow something that is not one, and then a word would begin inside a grapheme.
function graphemeStart(text: string, at: number): number {
  return segmenter.segment(text).containing(at)?.index ?? at
}

function graphemeEnd(text: string, at: number): number {
  return graphemeStart(text, at) === at ? at : nextGrapheme(text, at)
}

function skipLeft(text: string, from: number, pattern: RegExp): number {
  let at = from
  while (at > 0) {
    const size = at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1
    if (!pattern.test(text.slice(at - size, at))) break
    at -= size
  }
  return at
}

function skipRight(text: string, from: number, pattern: RegExp): number {
  let at = from
  while (at < text.length) {
    const size = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    if (!pattern.test(text.slice(at, at + size))) break
    at += size
  }
  return at
}

// What a terminal sends, as keys: text, named presses, pastes in one piece. Knows the sequences of xterm and those that
// others send instead (rxvt, linux, tmux). Reads any chunking, and swallows what it does not know, so that no sequence
// ends up in the text. No wait is endless: a mark or the rest of a sequence may be lost, and `flush` ends the wait.
import { pasteEnd, startOfUnmarked } from './pastes.ts'
import { takeReply } from './replies.ts'
import { wheelRows } from './wheel.ts'

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  /** `name` is like 'a', 'enter', 'ctrl-a', 'alt-left', 'shift-tab', 'pageup', 'focus-in'. */
  | { readonly kind: 'press'; readonly name: string }
  /**
   * `text` has '\n' between its lines. `whole` false: it was longer than MAX_PASTE_CHARS, and `text` is only its start.
   * `marked` false: the terminal did not mark it as a paste, but it arrived like one.
   */
  | { readonly kind: 'paste'; readonly text: string; readonly whole: boolean; readonly marked: boolean }

/** Characters kept of a paste: far more than may be said, so that the error can state its length (a guess). */
export const MAX_PASTE_CHARS = 1024 * 1024
/** Longest sequence that the parser waits for; xterm's longest, a mouse report, has 14 characters. */
export const MAX_SEQUENCE_CHARS = 64
/**
 * A chunk of at most this many characters is a key press and not part of a paste, so a key ends a paste without its end
 * mark at once.
 */
const MAX_KEY_CHARS = 8

/** What we wait for, if anything: the rest of a sequence or of a paste. */
export type Waiting = 'nothing' | 'sequence' | 'paste'

export class KeyReader {
  // Not stream state of the text only: a character may be cut in two by a chunk's end.
  readonly #decoder = new TextDecoder()
  #rest = ''
  #paste: { text: string; whole: boolean; readonly marked: boolean } | null = null

  /** Call `flush` if no more input comes. */
  get waiting(): Waiting {
    if (this.#paste?.marked === false) return 'sequence'
    if (this.#paste !== null || REPLY.test(this.#rest)) return 'paste'
    return this.#rest === '' ? 'nothing' : 'sequence'
  }

  /** False: a single key, which does not prolong the wait for the end of a paste. */
  isMore(chunk: Uint8Array): boolean {
    return this.waiting !== 'paste' || chunk.length > MAX_KEY_CHARS
  }

  read(chunk: Uint8Array): Key[] {
    const text = this.#decoder.decode(chunk, { stream: true })
    // Typed, and meant for the program, whatever we are waiting for.
    const keys = text === INTERRUPT ? this.flush() : this.#paste?.marked === false ? this.#goOn(text) : []
    if (this.#paste === null && this.#rest === '') {
      const rows = wheelRows(text)
      if (rows !== 0) return [...keys, ...repeated(rows > 0 ? 'shift-up' : 'shift-down', Math.abs(rows))]
      this.#beginUnmarked(text)
    }
    if (this.#paste?.marked !== false) this.#rest += text
    return [...keys, ...this.#take(false)]
  }

  /** Nothing more comes: an Escape is the key, and a paste is over. */
  flush(): Key[] {
    const ended = this.#paste?.marked === false ? [this.#endPaste()] : []
    const keys = [...ended, ...this.#take(true)]
    if (this.#paste === null) return keys
    this.#paste.text += this.#rest
    this.#rest = ''
    return [...keys, this.#endPaste()]
  }

  #take(isAll: boolean): Key[] {
    const keys: Key[] = []
    while (this.#rest !== '') {
      if (this.#paste?.marked) {
        const paste = this.#takePaste()
        if (paste === null) break
        keys.push(paste)
        continue
      }
      const taken = takeKey(this.#rest, isAll)
      if (taken === null) break
      this.#rest = this.#rest.slice(taken.length)
      if (taken.name === 'paste-start') this.#paste = { text: '', whole: true, marked: true }
      else if (taken.key !== null) keys.push(taken.key)
    }
    return keys
  }

  // Large ones come in several chunks, one right after the other.
  #beginUnmarked(text: string): void {
    if (startOfUnmarked(text)) this.#paste = { text, whole: true, marked: false }
  }

  #goOn(text: string): Key[] {
    const paste = this.#paste
    if (paste === null || /(?![\t\r\n])\p{Cc}/u.test(text)) return paste === null ? [] : [this.#endPaste()]
    paste.text += text
    this.#bound()
    return []
  }

  // The end mark may come in pieces: whatever could be its start stays in the rest.
  #takePaste(): Key | null {
    const { upTo, after } = pasteEnd(this.#rest)
    if (this.#paste !== null) this.#paste.text += this.#rest.slice(0, upTo)
    this.#rest = this.#rest.slice(after ?? upTo)
    this.#bound()
    return after === null ? null : this.#endPaste()
  }

  #bound(): void {
    const paste = this.#paste
    if (paste === null || paste.text.length <= MAX_PASTE_CHARS) return
    paste.text = paste.text.slice(0, MAX_PASTE_CHARS)
    paste.whole = false
  }

  #endPaste(): Key {
    this.#bound()
    const { text, whole, marked } = this.#paste ?? { text: '', whole: true, marked: true }
    this.#paste = null
    return { kind: 'paste', text: text.replace(/\r\n?/g, '\n'), whole, marked }
  }
}

function repeated(name: string, count: number): Key[] {
  return Array.from({ length: count }, () => ({ kind: 'press', name }))
}

const ESC = '\u001B'
// Begun, and more than a key with Alt.
const REPLY = new RegExp(`^${ESC}[\\]PX^_].`, 'su')
const OLD_MOUSE = `${ESC}[M`
const INTERRUPT = '\u0003'

interface Taken {
  readonly length: number
  readonly name: string | null
  readonly key: Key | null
}

/** The first key of `input`; null: it is not complete yet. */
function takeKey(input: string, isAll: boolean): Taken | null {
  const plain = /^\P{Cc}+/u.exec(input)?.[0]
  if (plain !== undefined) return { length: plain.length, name: null, key: { kind: 'text', text: plain } }
  if (input[0] !== ESC) return press(1, CONTROLS.get(input[0] ?? '') ?? controlName(input))
  if (input.length === 1) return isAll ? press(1, 'escape') : null
  if (input[1] === '[') return takeCsi(input, isAll)
  if (input[1] === 'O') return takeSs3(input, isAll)
  const reply = takeReply(input, isAll)
  if (reply === 'unfinished') return null
  return reply === null ? takeAlt(input, isAll) : press(reply, null)
}

// ECMA-48: parameters, intermediates, a final character. `ESC [ [ A` to E are the function keys of the Linux console.
// `ESC [ M` and three characters are a mouse report of the oldest kind.
function takeCsi(input: string, isAll: boolean): Taken | null {
  if (input.startsWith(OLD_MOUSE)) {
    const chars = [...input.slice(OLD_MOUSE.length)].slice(0, 3)
    if (chars.length < 3 && !isAll) return null
    return press(OLD_MOUSE.length + chars.join('').length, wheelName((chars[0]?.codePointAt(0) ?? 0) - 32))
  }
  const whole = new RegExp(`^${ESC}\\[(\\[[A-E]|([0-?]*)[ -/]*([@-Z\\\\-~]))`).exec(input)
  if (whole === null) return unfinished(input, isAll)
  const [sequence, end = '', parameters = '', final = end] = whole
  return press(sequence.length, csiName(parameters, final))
}

function takeSs3(input: string, isAll: boolean): Taken | null {
  const final = input[2]
  if (final === undefined) return unfinished(input, isAll)
  return press(3, SS3_KEYS.get(final) ?? FINAL_KEYS.get(final) ?? null)
}

// Alt sends the key after an Escape; in some terminals, also a whole sequence.
function takeAlt(input: string, isAll: boolean): Taken | null {
  if (input[1] === ESC) return takeAltSequence(input, isAll)
  // Escape, followed by the key that must always work.
  if (input[1] === INTERRUPT) return press(1, 'escape')
  const first = String.fromCodePoint(input.codePointAt(1) ?? 0)
  const name = CONTROLS.get(first) ?? controlName(first) ?? (/\p{Cc}/u.test(first) ? null : first)
  return press(1 + first.length, name === null ? null : `alt-${name}`)
}

function takeAltSequence(input: string, isAll: boolean): Taken | null {
  if (input.length === 2 && !isAll) return null
  if (input[2] !== '[' && input[2] !== 'O') return press(1, 'escape')
  const inner = takeKey(input.slice(1), isAll)
  return inner === null ? null : press(inner.length + 1, inner.name === null ? null : `alt-${inner.name}`)
}

// Drops what broke off, except the first two characters alone: they are a key with Alt.
function unfinished(input: string, isAll: boolean): Taken | null {
  const begun = new RegExp(`^${ESC}(?:O|\\[\\[?[0-?]*[ -/]*)`).exec(input)?.[0].length ?? 2
  if (begun === input.length && begun < MAX_SEQUENCE_CHARS && !isAll) return null
  return press(begun, begun === 2 ? `alt-${input[1]}` : null)
}

function press(length: number, name: string | null): Taken {
  return { length, name, key: name === null ? null : { kind: 'press', name } }
}

/** 'ctrl-' and the letter; null for what is not a control character, or not one that a key of ours sends. */
function controlName(input: string): string | null {
  const code = input.charCodeAt(0)
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : null
}

function csiName(parameters: string, final: string): string | null {
  const [first = '', modifiers = '1'] = parameters.split(';')
  // A mouse report (SGR 1006), from a mode that another program left on.
  if (first.startsWith('<')) return final === 'M' ? wheelName(Number(first.slice(1))) : null
  if (final.length === 2) return final === '[A' ? 'f1' : null
  const base = final === '~' ? NUMBERED_KEYS.get(first) : FINAL_KEYS.get(final)
  if (base === undefined) return null
  return `${modifierPrefix(Number(modifiers))}${base}`
}

function wheelName(button: number): string | null {
  if (button === 64) return 'wheel-up'
  return button === 65 ? 'wheel-down' : null
}

// xterm: one more than a sum of 1 for Shift, 2 for Alt, 4 for Control.
function modifierPrefix(parameter: number): string {
  const bits = Number.isInteger(parameter) && parameter > 0 ? parameter - 1 : 0
  return `${bits & 4 ? 'ctrl-' : ''}${bits & 2 ? 'alt-' : ''}${bits & 1 ? 'shift-' : ''}`
}

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['\r', 'enter'],
  ['\t', 'tab'],
  ['\u007F', 'backspace'],
  ['\b', 'backspace']
])

const FINAL_KEYS: ReadonlyMap<string, string> = new Map([
  ['A', 'up'],
  ['B', 'down'],
  ['C', 'right'],
  ['D', 'left'],
  ['H', 'home'],
  ['F', 'end'],
  ['Z', 'shift-tab'],
  ['I', 'focus-in'],
  ['O', 'focus-out']
])

// The arrows of rxvt with Control, Enter of a keypad, F1.
const SS3_KEYS: ReadonlyMap<string, string> = new Map([
  ['a', 'ctrl-up'],
  ['b', 'ctrl-down'],
  ['c', 'ctrl-right'],
  ['d', 'ctrl-left'],
  ['M', 'enter'],
  ['P', 'f1']
])

const NUMBERED_KEYS: ReadonlyMap<string, string> = new Map([
  ['1', 'home'],
  ['3', 'delete'],
  ['4', 'end'],
  ['5', 'pageup'],
  ['6', 'pagedown'],
  ['7', 'home'],
  ['8', 'end'],
  ['11', 'f1'],
  ['15', 'f5'],
  ['17', 'f6'],
  ['200', 'paste-start']
])

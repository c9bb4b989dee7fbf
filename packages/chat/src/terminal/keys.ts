// What a terminal sends, as keys: text, presses with a name, pastes in one piece. Knows the sequences of xterm and those that others
// send instead (rxvt, linux, tmux). Reads any chunking; what it does not know is swallowed, so that no sequence ends up in the text.

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  /** `name` as in 'a', 'enter', 'ctrl-a', 'alt-left', 'shift-tab', 'pageup', 'focus-in'. */
  | { readonly kind: 'press'; readonly name: string }
  /** `text` with '\n' between its lines. `whole` false: it was longer than MAX_PASTE_CHARS, and `text` is only its start. */
  | { readonly kind: 'paste'; readonly text: string; readonly whole: boolean }

/** Kept of a paste: far more than may be said, so that what refuses it can say how long it was (a guess). */
export const MAX_PASTE_CHARS = 1024 * 1024
/** Longest sequence that is waited for; xterm's longest, a mouse report, has 14. */
export const MAX_SEQUENCE_CHARS = 64

export class KeyReader {
  // Not stream state of the text only: a character may be cut in two by a chunk's end.
  readonly #decoder = new TextDecoder()
  #rest = ''
  #paste: string | null = null
  #pasteWhole = true

  /** True while what came last may be the start of a sequence, or the Escape key alone: call `flush` when nothing follows. */
  get isWaiting(): boolean {
    return this.#rest !== '' && this.#paste === null
  }

  read(chunk: Uint8Array): Key[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true })
    return this.#take(false)
  }

  /** What waited is all there is: an Escape is the key. */
  flush(): Key[] {
    return this.#take(true)
  }

  #take(isAll: boolean): Key[] {
    const keys: Key[] = []
    while (this.#rest !== '') {
      if (this.#paste !== null) {
        const paste = this.#takePaste()
        if (paste === null) break
        keys.push(paste)
        continue
      }
      const taken = takeKey(this.#rest, isAll)
      if (taken === null) break
      this.#rest = this.#rest.slice(taken.length)
      if (taken.name === 'paste-start') this.#paste = ''
      else if (taken.key !== null) keys.push(taken.key)
    }
    return keys
  }

  // The end mark may come in pieces: as much as could be its start stays in the rest.
  #takePaste(): Key | null {
    const end = this.#rest.indexOf(PASTE_END)
    const upTo = end < 0 ? Math.max(0, this.#rest.length - PASTE_END.length + 1) : end
    this.#paste += this.#rest.slice(0, upTo)
    this.#rest = this.#rest.slice(end < 0 ? upTo : end + PASTE_END.length)
    if ((this.#paste?.length ?? 0) > MAX_PASTE_CHARS) {
      this.#paste = this.#paste?.slice(0, MAX_PASTE_CHARS) ?? ''
      this.#pasteWhole = false
    }
    if (end < 0) return null
    const text = (this.#paste ?? '').replace(/\r\n?/g, '\n')
    const whole = this.#pasteWhole
    this.#paste = null
    this.#pasteWhole = true
    return { kind: 'paste', text, whole }
  }
}

const ESC = '\u001B'
const PASTE_END = `${ESC}[201~`

interface Taken {
  readonly length: number
  readonly name: string | null
  readonly key: Key | null
}

/** The first key of `input`; null: it is not whole yet. */
function takeKey(input: string, isAll: boolean): Taken | null {
  const plain = /^\P{Cc}+/u.exec(input)?.[0]
  if (plain !== undefined) return { length: plain.length, name: null, key: { kind: 'text', text: plain } }
  if (input[0] !== ESC) return press(1, CONTROLS.get(input[0] ?? '') ?? controlName(input))
  if (input.length === 1) return isAll ? press(1, 'escape') : null
  if (input[1] === '[') return takeCsi(input, isAll)
  if (input[1] === 'O') return takeSs3(input, isAll)
  return takeAlt(input, isAll)
}

// ECMA-48: parameters, intermediates, a final character. `ESC [ [ A` to E are the function keys of the Linux console.
function takeCsi(input: string, isAll: boolean): Taken | null {
  const whole = new RegExp(`^${ESC}\\[(\\[[A-E]|([0-?]*)[ -/]*([@-Z\\\\-~]))`).exec(input)
  if (whole === null) return unfinished(input, isAll, 'alt-[')
  const [sequence, end = '', parameters = '', final = end] = whole
  return press(sequence.length, csiName(parameters, final))
}

function takeSs3(input: string, isAll: boolean): Taken | null {
  const final = input[2]
  if (final === undefined) return unfinished(input, isAll, 'alt-O')
  return press(3, SS3_KEYS.get(final) ?? FINAL_KEYS.get(final) ?? null)
}

// Alt sends the key after an Escape; of some terminals, also a whole sequence.
function takeAlt(input: string, isAll: boolean): Taken | null {
  if (input[1] === ESC) return takeAltSequence(input, isAll)
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

function unfinished(input: string, isAll: boolean, asKey: string): Taken | null {
  const couldGoOn = input.length < MAX_SEQUENCE_CHARS && new RegExp(`^${ESC}(\\[\\[?[0-?]*[ -/]*|O)$`).test(input)
  if (couldGoOn && !isAll) return null
  return press(2, asKey)
}

function press(length: number, name: string | null): Taken {
  return { length, name, key: name === null ? null : { kind: 'press', name } }
}

/** 'ctrl-' and the letter; null for what is no control character, or one that no key of ours sends. */
function controlName(input: string): string | null {
  const code = input.charCodeAt(0)
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : null
}

function csiName(parameters: string, final: string): string | null {
  const [first = '', modifiers = '1'] = parameters.split(';')
  if (final.length === 2) return final === '[A' ? 'f1' : null
  const base = final === '~' ? NUMBERED_KEYS.get(first) : FINAL_KEYS.get(final)
  if (base === undefined) return null
  return `${modifierPrefix(Number(modifiers))}${base}`
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

// What each key does: readline's keys for the line, irssi's and weechat's for the conversations. Pure.

import type { Key } from './keys/keys.ts'
import { ROWS_PER_NOTCH } from './keys/wheel.ts'
import { MAX_TYPED_BYTES } from './line/editor.ts'
import { changeQuery, endSearch, searchBack } from './line/history-search.ts'
import { clear, complete, edit, enter, isIdle, pasteText, recall, typeText } from './line/input.ts'
import { add, bringToFront, mostPressing, neighbour } from './model/conversations.ts'
import type { Effect, Model, Now } from './model/model.ts'
import { logHeight } from './view/areas.ts'
import { bareLines } from './view/bare.ts'
import { scrollBy, scrollToEnd, scrollToStart } from './view/scrolling.ts'

/** What F1 shows. */
export const KEYS_HELP = [
  'PgUp PgDn      look back and forth',
  'Alt+Home Alt+End  the oldest, the newest',
  'Alt+1 to Alt+0 the conversation of this number',
  'Ctrl+N Ctrl+P  the next conversation, the one before',
  'Alt+A          to what is new, first what names you',
  'Tab            complete a name or a command',
  'Up Down        what you wrote; Ctrl+R searches it',
  'Alt+Enter      a new line in the message',
  'Ctrl+A Ctrl+E  to the start, to the end',
  'Alt+B Alt+F    a word back, a word on',
  'Ctrl+W Alt+D   cut the word before, the one after',
  'Ctrl+U Ctrl+K  cut to the start, to the end',
  'Ctrl+Y         put back what was cut',
  'Alt+L          the text alone, to copy long lines',
  'Ctrl+L Ctrl+Z  paint anew; back to the shell',
  'Ctrl+C         drop the line; leave when nothing is typed',
  'Ctrl+D         leave, when the line is empty'
] as const

export function onKey(model: Model, key: Key, now: Now): Effect[] {
  if (model.bare !== null) return leaveBare(model, key)
  switch (key.kind) {
    case 'text':
      return model.input.search === null ? typed(model, key.text, now) : searched(model, key.text)
    case 'paste':
      endSearch(model.input, true)
      return pasted(model, key, now)
    case 'press':
      return model.input.search === null ? onPress(model, key.name, now) : onSearchPress(model, key.name, now)
  }
}

// A change of the focus is not a key.
function leaveBare(model: Model, key: Key): Effect[] {
  if (key.kind === 'press' && key.name === 'focus-in') return ACTIONS.get(key.name)?.(model) ?? []
  if (key.kind === 'press' && key.name === 'focus-out') return ACTIONS.get(key.name)?.(model) ?? []
  model.bare = null
  return [{ kind: 'redraw' }]
}

function searched({ input }: Model, text: string | null): Effect[] {
  changeQuery(input, text)
  return []
}

// Keys that mean nothing to a search end it, and then do to the found line what they always do.
function onSearchPress(model: Model, name: string, now: Now): Effect[] {
  const { input } = model
  if (name === 'ctrl-r') return changing(({ input }) => searchBack(input))(model)
  if (name === 'backspace') return searched(model, null)
  const isFound = input.search !== null && input.search.found !== null
  const isGivenUp = name === 'ctrl-c' || name === 'ctrl-g' || name === 'escape'
  endSearch(input, !isGivenUp)
  if (isGivenUp || (name === 'enter' && !isFound)) return []
  return onPress(model, name, now)
}

// Text that a terminal marks as a paste is one. For text that only looks like one, and may be lines meant one by one,
// we ask.
function pasted(model: Model, { text, whole, marked }: Extract<Key, { kind: 'paste' }>, now: Now): Effect[] {
  if (!whole) return tooLong(model, now)
  if (marked) return pasteText(model.input, text) ? [] : tooLong(model, now)
  const lines = text.replace(/\n+$/, '')
  if (!typeText(model.input, lines)) return tooLong(model, now)
  const count = lines.split('\n').length
  return tell(model, [`${count} lines came at once: Enter says them as one message, Ctrl+C drops them`], now)
}

function onPress(model: Model, name: string, now: Now): Effect[] {
  const digit = /^alt-(\d)$/.exec(name)?.[1]
  if (digit !== undefined) return goToNumber(model, digit === '0' ? 10 : Number(digit))
  if (name === 'f1') return tell(model, KEYS_HELP, now)
  if (name === 'ctrl-c') return leaveOrClear(model, now)
  const action = ACTIONS.get(name)
  if (action !== undefined) return action(model)
  const editing = EDIT_KEYS.get(name)
  if (editing !== undefined && !edit(model.input, editing)) throw new Error(`no edit is called ${editing}`)
  // Some keyboards send their own letters as Alt with a letter that means nothing here.
  return /^alt-[^\p{ASCII}]$/u.test(name) ? typed(model, name.slice(4), now) : []
}

function typed(model: Model, text: string, now: Now): Effect[] {
  return typeText(model.input, text) ? [] : tooLong(model, now)
}

function tooLong(model: Model, now: Now): Effect[] {
  return tell(model, [`too long: a message has at most ${MAX_TYPED_BYTES} bytes; nothing was added`], now)
}

function tell({ conversations }: Model, texts: readonly string[], now: Now): Effect[] {
  conversations.current.bottom = null
  for (const text of texts) {
    add(conversations, conversations.current, { kind: 'notice', text }, { at: now.at, now: now.ms, mention: false })
  }
  return []
}

function goToNumber({ conversations }: Model, number: number): Effect[] {
  const conversation = conversations.list[number - 1]
  if (conversation !== undefined) bringToFront(conversations, conversation)
  return []
}

// Somebody who enters a line wants to see the result, so the view goes to its end.
function enterLine({ input, conversations: { current } }: Model): Effect[] {
  current.bottom = null
  current.readUpTo = null
  return [{ kind: 'line', line: { text: enter(input), conversation: current.key } }]
}

function lookAgain(model: Model): void {
  model.focused = true
  model.alertedAt = Number.NEGATIVE_INFINITY
}

// What arrives from now on is new when the user looks again.
function lookAway(model: Model): void {
  const { current } = model.conversations
  model.focused = false
  model.alertedAt = Number.NEGATIVE_INFINITY
  current.readUpTo = current.scrollback.lastSeq
}

function scrollPages(model: Model, pages: number): void {
  const page = Math.max(1, logHeight(model) - 1)
  scrollBy(model, Math.trunc(page * pages))
}

const goBy = (steps: number) =>
  changing(({ conversations }) => bringToFront(conversations, neighbour(conversations, steps)))

const ACTIONS: ReadonlyMap<string, (model: Model) => Effect[]> = new Map([
  ['enter', enterLine],
  ['tab', changing(({ input, completer }) => complete(input, completer, 1))],
  ['shift-tab', changing(({ input, completer }) => complete(input, completer, -1))],
  ['up', changing(({ input }) => recall(input, -1))],
  ['down', changing(({ input }) => recall(input, 1))],
  ['pageup', changing((model) => scrollPages(model, 1))],
  ['pagedown', changing((model) => scrollPages(model, -1))],
  ['shift-up', changing((model) => scrollBy(model, 1))],
  ['shift-down', changing((model) => scrollBy(model, -1))],
  ['alt-home', changing(scrollToStart)],
  ['alt-end', changing(scrollToEnd)],
  ['ctrl-home', changing(scrollToStart)],
  ['ctrl-end', changing(scrollToEnd)],
  ['ctrl-n', goBy(1)],
  ['ctrl-p', goBy(-1)],
  ['alt-right', goBy(1)],
  ['alt-left', goBy(-1)],
  ['f6', goBy(1)],
  ['f5', goBy(-1)],
  ['alt-a', changing(({ conversations }) => bringToFront(conversations, mostPressing(conversations)))],
  ['alt-l', changing((model) => (model.bare = bareLines(model)))],
  ['ctrl-r', changing(({ input }) => searchBack(input))],
  ['wheel-up', changing((model) => scrollBy(model, ROWS_PER_NOTCH))],
  ['wheel-down', changing((model) => scrollBy(model, -ROWS_PER_NOTCH))],
  ['ctrl-d', leaveOrDelete],
  ['ctrl-l', () => [{ kind: 'redraw' }]],
  ['ctrl-z', () => [{ kind: 'suspend' }]],
  ['focus-in', changing(lookAgain)],
  ['focus-out', changing(lookAway)]
])

function changing(change: (model: Model) => unknown): (model: Model) => Effect[] {
  return (model) => {
    change(model)
    return []
  }
}

// As in shells: it drops half a line and ends nothing. A pasted row can be pasted again. If a terminal loses the end of
// a paste, what it sends next counts as pasted, and one press must be enough.
function leaveOrClear(model: Model, now: Now): Effect[] {
  if (isIdle(model.input)) return [{ kind: 'leave' }]
  clear(model.input)
  if (model.toldOfClearing) return []
  model.toldOfClearing = true
  return tell(model, ['the line is dropped (Ctrl+Y puts it back); Ctrl+C once more leaves the chat'], now)
}

// As in shells: the end of input if there is no text, else the character under the cursor.
function leaveOrDelete({ input }: Model): Effect[] {
  if (input.line.text === '') return [{ kind: 'leave' }]
  edit(input, 'delete')
  return []
}

const EDIT_KEYS: ReadonlyMap<string, string> = new Map([
  ['left', 'left'],
  ['ctrl-b', 'left'],
  ['right', 'right'],
  ['ctrl-f', 'right'],
  ['home', 'home'],
  ['ctrl-a', 'home'],
  ['end', 'end'],
  ['ctrl-e', 'end'],
  ['alt-b', 'word-left'],
  ['ctrl-left', 'word-left'],
  ['alt-f', 'word-right'],
  ['ctrl-right', 'word-right'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
  ['ctrl-w', 'cut-word'],
  ['alt-backspace', 'cut-word-left'],
  ['alt-d', 'cut-word-right'],
  ['ctrl-u', 'cut-start'],
  ['ctrl-k', 'cut-end'],
  ['ctrl-y', 'paste-cut'],
  ['alt-enter', 'new-line'],
  ['ctrl-j', 'new-line']
])

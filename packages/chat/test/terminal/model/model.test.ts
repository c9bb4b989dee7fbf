import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScreenEvent } from '../../../src/screens/screen.ts'
import { KEYS_HELP, onKey } from '../../../src/terminal/bindings.ts'
import { MAX_TYPED_BYTES } from '../../../src/terminal/line/editor.ts'
import { MAX_CONVERSATIONS } from '../../../src/terminal/model/conversations.ts'
import { onEvent } from '../../../src/terminal/model/model.ts'
import { presence, said, spoken } from '../../support/screen-events.ts'
import { look, lookAtLog, modelWith, NOW, press, showAll } from '../../support/screen-model.ts'

const direct = (text: string, name = 'alice') =>
  spoken(text, { direct: true, sealed: true, mention: true, conversation: `@${name}-key`, title: name })

const status = (lines: string[]) => lines.at(-2)?.trim()

test('each conversation has a screen of its own, with what is unread and whether one is meant', () => {
  const model = modelWith(80, 10, spoken('to all'))
  showAll(model, direct('one'), direct('two'), spoken('in a room', { conversation: '#dev', title: '#dev' }))
  assert.is(status(look(model)), '1 everyone  2 @alice 2!  3 #dev 1')
  press(model, 'alt-2')
  assert.equal(
    lookAtLog(model).map((line) => line.slice(-3)),
    ['one', 'two']
  )
  assert.is(status(look(model)), '1 everyone  2 @alice  3 #dev 1')
})

test('what is typed goes to the conversation in front', () => {
  const model = modelWith(80, 10, direct('psst'))
  const line = (text: string, conversation: string) => [{ kind: 'line', line: { text, conversation } }]
  assert.equal(press(model, '"hi"', 'enter'), line('hi', ''))
  assert.equal(press(model, 'alt-2', '"ho"', 'enter'), line('ho', '@alice-key'))
})

test('goes through the conversations by number, by step and to what presses most', () => {
  const model = modelWith(
    80,
    10,
    spoken('x', { conversation: '#a', title: '#a' }),
    spoken('y', { conversation: '#b', title: '#b' }),
    direct('z')
  )
  const { conversations } = model
  const keysAt = (...names: string[]) =>
    names.map((name) => {
      press(model, name)
      return conversations.current.key
    })
  assert.equal(keysAt('alt-a', 'alt-a', 'alt-a', 'alt-a'), ['@alice-key', '#a', '#b', '#b'])
  assert.equal(keysAt('alt-1', 'ctrl-p', 'ctrl-n', 'ctrl-n', 'alt-9'), ['', '@alice-key', '', '#a', '#a'])
})

test('the chat opens, shows and closes conversations', () => {
  const model = modelWith(80, 10)
  const event = (change: 'opened' | 'closed' | 'current'): ScreenEvent => ({
    kind: 'conversation',
    key: '#a',
    title: '#a',
    change
  })
  showAll(model, event('opened'))
  assert.is(model.conversations.current.key, '')
  showAll(model, event('current'))
  assert.is(model.conversations.current.key, '#a')
  showAll(model, event('closed'))
  assert.is(model.conversations.current.key, '')
  assert.is(model.conversations.list.length, 1)
  showAll(model, { ...event('closed'), key: '' } as ScreenEvent)
  assert.is(model.conversations.list.length, 1)
})

test('a line stands before what came while another conversation was in front', () => {
  const model = modelWith(80, 14, spoken('old'))
  showAll(model, { kind: 'conversation', key: '#a', title: '#a', change: 'current' })
  showAll(model, spoken('fresh'))
  press(model, 'alt-1')
  const [old, rule, fresh] = lookAtLog(model)
  assert.match(old ?? '', 'old')
  assert.match(rule ?? '', /^─+ new ─+$/)
  assert.match(fresh ?? '', 'fresh')
  press(model, '"seen"', 'enter')
  assert.is(lookAtLog(model).length, 2)
})

test('however many strangers write directly, the conversations are bounded, and the one in front stays', () => {
  const model = modelWith(80, 10, direct('first', 'first'))
  press(model, 'alt-2')
  for (let n = 0; n < 3 * MAX_CONVERSATIONS; n++) showAll(model, direct('spam', `stranger${n}`))
  assert.is(model.conversations.list.length, MAX_CONVERSATIONS)
  assert.is(model.conversations.current.title, 'first')
  assert.is(model.conversations.list[0]?.key, '')
})

test('what is being read stays where it is while more comes', () => {
  const numbered = (from: number, count: number) => Array.from({ length: count }, (_, n) => spoken(`line ${from + n}`))
  const model = modelWith(80, 13, ...numbered(0, 100))
  press(model, 'pageup', 'pageup')
  const seen = lookAtLog(model)
  assert.match(seen.at(-1) ?? '', 'line 81')
  showAll(model, ...numbered(100, 50))
  assert.equal(lookAtLog(model), seen)
  assert.match(status(look(model)) ?? '', '68 more below: PgDn')
  press(model, 'pagedown')
  assert.match(lookAtLog(model).at(-1) ?? '', 'line 90')
  press(model, 'alt-end')
  assert.match(lookAtLog(model).at(-1) ?? '', 'line 149')
})

test('what is being read and then skipped gives way to what is left', () => {
  const flood = Array.from({ length: 2000 }, (_, n) => spoken(`line ${n}`))
  const model = modelWith(80, 13, ...flood)
  press(model, 'alt-home')
  showAll(model, ...flood)
  const [skipped, ...others] = lookAtLog(model)
  assert.match(skipped ?? '', /│ 3700 messages skipped/)
  assert.is(others.length, 8)
})

test('scrolling ends at both ends', () => {
  const model = modelWith(80, 13, ...Array.from({ length: 30 }, (_, n) => spoken(`line ${n}`)))
  const newest = look(model)
  press(model, 'pagedown', 'shift-down')
  assert.equal(look(model), newest)
  press(model, ...Array.from({ length: 10 }, () => 'pageup'))
  const oldest = look(model)
  assert.match(oldest[1] ?? '', 'Saturday')
  press(model, 'pageup', 'shift-up', 'alt-home')
  assert.equal(look(model), oldest)
  press(model, ...Array.from({ length: 10 }, () => 'pagedown'))
  assert.equal(look(model), newest)
})

test('a page further on begins with the last row of the page before', () => {
  const model = modelWith(80, 13, spoken('words '.repeat(200)), spoken('end'))
  const last = look(model)[1]
  press(model, 'pageup')
  assert.is(look(model).at(-3), last)
})

test('who comes and goes is shown to everyone, and where one talks with them', () => {
  const model = modelWith(80, 10, direct('hi'), presence('alice', 'left'), presence('carol', 'left'))
  assert.match(lookAtLog(model).at(-1) ?? '', 'alice·alic, carol·caro left')
  press(model, 'alt-2')
  assert.match(lookAtLog(model).at(-1) ?? '', /│ alice·alic left$/)
})

test('who comes and goes is shown where one talks with them, whose key the conversation names in 16 digits', () => {
  const model = modelWith(80, 10, spoken('hi', { direct: true, conversation: '@0123456789abcdef,fedcba9876543210' }))
  press(model, 'alt-2')
  showAll(model, presence('carol', 'left', { fingerprint: 'fedcba98' }))
  assert.match(lookAtLog(model).at(-1) ?? '', /│ carol·fedc left$/)
})

test('a receipt opens no conversation that its user has closed', () => {
  const key = '@alice-key'
  const words = said('psst', { to: 'alice', conversation: key, title: 'alice' })
  const model = modelWith(80, 10, words, { kind: 'conversation', key, title: 'alice', change: 'closed' })
  showAll(model, { ...words, state: 'read' })
  assert.equal(
    model.conversations.list.map((one) => one.key),
    ['']
  )
})

test('strangers close no conversation in which its user has spoken, nor a room', () => {
  const mine = said('hi', { to: 'alice', conversation: '@alice-key', title: 'alice' })
  const model = modelWith(80, 10, mine, { kind: 'conversation', key: '#tea', title: '#tea', change: 'opened' })
  for (let n = 0; n < 2 * MAX_CONVERSATIONS; n++)
    onEvent(model, direct('spam', `stranger${n}`), { ...NOW, ms: NOW.ms + n + 1 })
  assert.is(model.conversations.list.length, MAX_CONVERSATIONS)
  assert.equal(
    model.conversations.list.slice(0, 3).map((one) => one.key),
    ['', '@alice-key', '#tea']
  )
})

test('notices are shown where the user looks', () => {
  const model = modelWith(80, 10, direct('hi'))
  press(model, 'alt-2')
  showAll(model, { kind: 'notice', text: 'here' })
  assert.match(lookAtLog(model).at(-1) ?? '', '-- │ here')
})

test('alerts for what is meant for the user and not seen happen', () => {
  const model = modelWith(80, 10)
  const alert = { kind: 'alert', from: 'alice', text: 'bob?' }
  const mention = spoken('bob?', { mention: true })
  assert.equal(showAll(model, mention), [])
  assert.equal(showAll(model, direct('bob?')), [alert])
  press(model, 'focus-out')
  assert.equal(showAll(model, mention, spoken('nothing'), said('own')), [alert])
  press(model, 'focus-in')
  assert.equal(showAll(model, mention), [])
})

test('however many mean the user at once, it rings now and then', () => {
  const model = modelWith(80, 10)
  let rings = 0
  for (let ms = 0; ms < 10_000; ms += 10) rings += onEvent(model, direct('bob?'), { ...NOW, ms }).length
  assert.is(rings, 5)
})

test('Ctrl-D leaves on an empty line and deletes in another', () => {
  const model = modelWith(80, 10)
  assert.equal(press(model, '"ab"', 'home', 'ctrl-d'), [])
  assert.is(model.input.line.text, 'b')
  assert.equal(press(model, 'delete', 'ctrl-d'), [{ kind: 'leave' }])
})

test('Ctrl-C drops half a line, which Ctrl-Y puts back, and leaves on an empty one', () => {
  const model = modelWith(140, 10)
  assert.equal(press(model, '"half"', 'ctrl-c'), [])
  assert.is(model.input.line.text, '')
  assert.match(lookAtLog(model).at(-1) ?? '', 'Ctrl+C once more leaves')
  press(model, 'ctrl-y')
  assert.is(model.input.line.text, 'half')
  assert.equal(press(model, 'ctrl-c', 'ctrl-c'), [{ kind: 'leave' }])
  assert.is(lookAtLog(model).filter((line) => line.includes('once more')).length, 1, 'told once')
})

test('Ctrl-C leaves over a pasted row in which nothing was typed, and drops any other paste first', () => {
  const paste = (text: string) => ({ kind: 'paste', text, whole: true, marked: true }) as const
  const pasted = modelWith(140, 10)
  onKey(pasted, paste('a row\n'), NOW)
  assert.equal(press(pasted, 'ctrl-c'), [{ kind: 'leave' }])
  for (const [before, text, after] of [
    ['"typed "', 'a row', []],
    ['left', 'a row', ['"x"']],
    ['left', 'two\nrows', []]
  ] as const) {
    const model = modelWith(140, 10)
    press(model, before)
    onKey(model, paste(text), NOW)
    assert.equal(press(model, ...after, 'ctrl-c'), [], `${before}${text}${after}`)
    assert.is(model.input.line.text, '')
  }
})

test('lines that came at once without a mark are asked about, and said as one message', () => {
  const model = modelWith(140, 10)
  const paste = { kind: 'paste', text: 'one\ntwo\nthree\n', whole: true, marked: false } as const
  assert.equal(onKey(model, paste, NOW), [])
  assert.match(look(model).join('\n'), '3 lines came at once: Enter')
  assert.equal(press(model, 'enter'), [{ kind: 'line', line: { text: 'one\ntwo\nthree', conversation: '' } }])
  onKey(model, paste, NOW)
  press(model, 'ctrl-c')
  assert.is(model.input.line.text, '')
})

test('the wheel scrolls, and the line being typed stays', () => {
  const model = modelWith(80, 10, ...Array.from({ length: 50 }, (_, n) => spoken(`message ${n}`)))
  press(model, '"before"', 'enter', '"draft"', 'wheel-up')
  assert.match(lookAtLog(model).at(-1) ?? '', 'message 46')
  assert.is(model.input.line.text, 'draft')
  press(model, 'wheel-down')
  assert.match(lookAtLog(model).at(-1) ?? '', 'message 49')
})

test('Alt+A without news stays where it is', () => {
  const model = modelWith(80, 10, direct('x'))
  press(model, 'alt-2', 'alt-1', 'alt-a')
  assert.is(model.conversations.current.key, '')
})

test('Ctrl+R finds what was written, further back each time, and Enter says it', () => {
  const model = modelWith(80, 10)
  for (const text of ['tea at four', 'coffee', 'Tea at five']) press(model, `"${text}"`, 'enter')
  press(model, '"draft"', 'ctrl-r', '"tea"')
  assert.is(look(model).at(-1), 'search "tea": Tea at five')
  press(model, 'ctrl-r')
  assert.is(look(model).at(-1), 'search "tea": tea at four')
  assert.equal(press(model, 'enter'), [{ kind: 'line', line: { text: 'tea at four', conversation: '' } }])
  assert.is(look(model).at(-1), 'bob:')
})

test('a search that finds nothing or is given up leaves the line as it was, and says nothing', () => {
  const model = modelWith(80, 10)
  press(model, '"tea"', 'enter', '"draft"', 'ctrl-r', '"xyz"')
  assert.match(look(model).at(-1) ?? '', /^nothing has "xyz": /)
  assert.equal(press(model, 'enter'), [])
  assert.is(model.input.line.text, 'draft')
  for (const key of ['ctrl-c', 'escape', 'ctrl-g']) {
    assert.equal(press(model, 'ctrl-r', '"te"', key), [])
    assert.is(model.input.line.text, 'draft')
  }
})

test('another key keeps what a search found, to change it', () => {
  const model = modelWith(80, 10)
  press(model, '"tea"', 'enter', '"coffee"', 'enter', 'ctrl-r', '"tx"', 'backspace', '"e"', 'left', '"!"')
  assert.is(model.input.line.text, 'te!a')
})

test('a paste is one line to the chat, and one that is too long is refused with a word', () => {
  const model = modelWith(80, 10)
  onKey(model, { kind: 'paste', text: 'one\ntwo', whole: true, marked: true }, NOW)
  assert.equal(press(model, 'enter'), [{ kind: 'line', line: { text: 'one\ntwo', conversation: '' } }])
  onKey(model, { kind: 'paste', text: 'x'.repeat(MAX_TYPED_BYTES + 1), whole: true, marked: true }, NOW)
  onKey(model, { kind: 'paste', text: 'x', whole: false, marked: true }, NOW)
  assert.is(model.input.line.text, '')
  assert.is(lookAtLog(model).filter((line) => line.includes('too long')).length, 2)
})

test('Tab shows its candidates while it goes through them', () => {
  const model = modelWith(80, 10)
  model.completer = () => ({ from: 0, candidates: ['alice:', 'albert:'] })
  press(model, '"al"', 'tab')
  assert.equal(look(model).slice(-3), [' alice:  albert:', ' 1 everyone', 'bob: alice:'])
  press(model, 'tab')
  assert.is(look(model).at(-1), 'bob: albert:')
  press(model, '"x"')
  assert.is(look(model).at(-1), 'bob: albert: x')
  assert.not.match(look(model).at(-3) ?? '', 'alice')
})

test('F1 tells all keys, each on a line of its own', () => {
  const model = modelWith(120, 30)
  press(model, 'f1')
  assert.equal(
    lookAtLog(model).map((line) => line.replace(/^.*│ /, '')),
    [...KEYS_HELP]
  )
})

test('a letter typed with Alt is that letter where it means nothing else', () => {
  const model = modelWith(80, 10)
  press(model, 'alt-ß', 'alt-z')
  assert.is(model.input.line.text, 'ß')
})

const file = (details: object) =>
  ({
    kind: 'transfer',
    id: '1',
    file: 'photo.jpg',
    from: 'alice',
    direction: 'in',
    bytes: 0,
    totalBytes: 4096,
    conversation: '@alice-key',
    title: 'alice',
    state: 'offered',
    ...details
  }) as ScreenEvent

test('a file is shown in the conversation with who sends it, and its end is news', () => {
  const model = modelWith(100, 10)
  const [alert] = showAll(model, file({}), { kind: 'notice', text: '/accept 1', offer: '1' })
  assert.equal(alert, { kind: 'alert', from: 'alice', text: 'offers a file: photo.jpg' })
  assert.is(status(look(model)), '1 everyone  2 @alice 1!')
  press(model, 'alt-2')
  assert.is(lookAtLog(model).length, 1)
  press(model, 'alt-1')
  showAll(model, file({ state: 'running', bytes: 1024 }))
  assert.is(status(look(model)), '1 everyone  2 @alice')
  showAll(model, file({ state: 'done', bytes: 4096 }))
  assert.is(status(look(model)), '1 everyone  2 @alice 1')
})

test('tells where to look for what went elsewhere than where it was typed, and once for what came', () => {
  const model = modelWith(140, 14, direct('one'), direct('two'))
  const lines = () => lookAtLog(model).map((line) => line.replace(/^.*│ /, ''))
  assert.equal(lines(), ['@alice writes to you: Alt+2 or Alt+A goes there'])
  showAll(model, said('psst', { to: 'alice', conversation: '@alice-key', title: 'alice' }))
  showAll(model, file({ direction: 'out' }))
  assert.equal(lines().slice(1), [
    'said to @alice, sealed: Alt+2 goes there',
    'offered to @alice: Alt+2 shows how it goes'
  ])
  press(model, 'alt-2')
  const before = lines().length
  showAll(model, said('here', { to: 'alice', conversation: '@alice-key', title: 'alice', id: '2' }))
  assert.is(lines().length, before + 1)
})

test('a conversation is emptied, and what comes next is shown', () => {
  const model = modelWith(80, 10, spoken('old'))
  showAll(model, { kind: 'conversation', key: '', title: '', change: 'cleared' })
  assert.equal(lookAtLog(model), [])
  showAll(model, spoken('fresh'))
  assert.is(lookAtLog(model).length, 1)
})

test('where not all conversations fit, how many are not shown is, and whether one of them presses', () => {
  const rooms = Array.from({ length: 12 }, (_, n) => `#room-${n}`)
  const model = modelWith(80, 10, ...rooms.map((key) => spoken('x', { conversation: key, title: key })))
  showAll(model, {
    kind: 'status',
    peers: 5,
    roomSize: 12,
    name: 'bob',
    people: [],
    messagesPerSecond: 3,
    rttMs: 14,
    dropped: 0
  })
  assert.match(status(look(model)) ?? '', /^1 everyone {2}2 #room-0 1 {2}3 #room-1 1 +\+10 +5 peers/)
  for (const key of rooms) showAll(model, spoken('you?', { conversation: key, title: key, mention: true }))
  assert.match(status(look(model)) ?? '', /^1 everyone {2}2 #room-0 2! +3 #room-1 2! +\+10! /)
  press(model, 'ctrl-p')
  assert.match(status(look(model)) ?? '', /13 #room-11/)
})

test.run()

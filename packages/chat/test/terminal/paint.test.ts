import fc from 'fast-check'
import stringWidth from 'string-width'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { span } from '../../src/terminal/layout/rows.ts'
import { KEY_COLOURS, sgrOf } from '../../src/terminal/layout/tones.ts'
import { Painter, rowBytes } from '../../src/terminal/paint.ts'
import { viewOf } from '../../src/terminal/view/view.ts'
import { anyEvent, spoken } from '../support/screen-events.ts'
import { modelWith, press, showAll } from '../support/screen-model.ts'
import { Vt } from '../support/vt.ts'

const ESC = '\u001B'
const COLUMNS = 61
const ROWS = 15

test('a frame that is already there costs nothing', () => {
  const painter = new Painter(256)
  const model = modelWith(COLUMNS, ROWS, spoken('x'))
  assert.ok(painter.paint(viewOf(model)).length > 100)
  assert.is(painter.paint(viewOf(model)), '')
})

test('a key costs one row', () => {
  const painter = new Painter(256)
  const model = modelWith(COLUMNS, ROWS, spoken('x'))
  painter.paint(viewOf(model))
  press(model, '"a"')
  const bytes = painter.paint(viewOf(model))
  assert.is(bytes.split('\u001B[2K').length - 1, 1)
  press(model, 'left')
  assert.not.match(painter.paint(viewOf(model)), '\u001B[2K')
})

test('everything of a frame is between the marks of one update', () => {
  const bytes = new Painter(256).paint(viewOf(modelWith(COLUMNS, ROWS)))
  assert.ok(bytes.startsWith('\u001B[?2026h') && bytes.endsWith('\u001B[?2026l'))
})

test('after any events and keys the screen is as if painted whole, of our sequences only, and within its edges', () => {
  const step = fc.oneof(anyEvent, fc.constantFrom('"x"', 'enter', 'pageup', 'pagedown', 'alt-1', 'alt-2', 'backspace'))
  check(
    fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 8 }),
    (frames) => {
      const painter = new Painter(256)
      const model = modelWith(COLUMNS, ROWS)
      const screen = new Vt(COLUMNS, ROWS)
      for (const steps of frames) {
        for (const one of steps) typeof one === 'string' ? press(model, one) : showAll(model, one)
        screen.write(painter.paint(viewOf(model)))
      }
      const whole = new Vt(COLUMNS, ROWS).write(new Painter(256).paint(viewOf(model)))
      screen.write(painter.paint(viewOf(model)))
      if (frames.length > 0) assert.equal(screen.lines, whole.lines)
      assert.is(screen.overflow, 0)
    },
    300
  )
})

test('a painter that has forgotten paints all rows again', () => {
  const painter = new Painter(256)
  const model = modelWith(COLUMNS, ROWS, spoken('x'))
  const first = painter.paint(viewOf(model))
  painter.forget()
  assert.is(painter.paint(viewOf(model)), first)
})

test('a screen of another size is cleared and painted whole', () => {
  const painter = new Painter(256)
  const model = modelWith(COLUMNS, ROWS, spoken('x'))
  painter.paint(viewOf(model))
  model.size = { columns: 20, rows: 5 }
  const bytes = painter.paint(viewOf(model))
  assert.match(bytes, '\u001B[2J')
  assert.is(new Vt(20, 5).write(bytes).overflow, 0)
})

for (const [terminal, widthOf] of [
  ['narrower', (text: string) => (/\p{Extended_Pictographic}|\p{RI}/u.test(text) ? 1 : stringWidth(text))],
  [
    'wider',
    (text: string) => (/[\p{Extended_Pictographic}\p{RI}│─]/u.test(text) ? [...text].length * 2 : stringWidth(text))
  ]
] as const) {
  test(`what follows an emoji stands in its column, also where a terminal draws it ${terminal}`, () => {
    for (const start of ['a👋🏽🇩🇪❤️ │ ', 'a👋🏽', '🇩🇪 x']) {
      const screen = new Vt(30, 1, widthOf).write(rowBytes([span(`${start}end`)], 0))
      assert.is(screen.columnOf(0, 'end'), stringWidth(start), start)
    }
  })
}

test('without colours only bold, faint and reverse are used', () => {
  const tones = [
    'plain',
    'faint',
    'strong',
    'notice',
    'error',
    'join',
    'leave',
    'mention',
    'alarm',
    'bar',
    'bar-strong',
    'bar-news',
    'bar-alert',
    { key: 'ab' }
  ] as const
  for (const tone of tones) assert.match(sgrOf(tone, 0), /^([127](;[127])*)?$/)
})

test('a key has one colour, and many keys have many', () => {
  assert.is(sgrOf({ key: 'abababab' }, 256), sgrOf({ key: 'abababab' }, 256))
  const colours = new Set(Array.from({ length: 500 }, (_, n) => sgrOf({ key: n.toString(16).padStart(8, '0') }, 256)))
  assert.is(colours.size, KEY_COLOURS.length)
})

test('the colours of keys can be read on dark and on light', () => {
  for (const colour of KEY_COLOURS) {
    const luminance = luminanceOf(colour)
    assert.ok((luminance + 0.05) / 0.05 >= 4, `${colour} on black`)
    assert.ok(1.05 / (luminance + 0.05) >= 3, `${colour} on white`)
  }
})

/** Relative luminance (WCAG 2.2) of a colour of xterm's 6x6x6 cube. */
function luminanceOf(colour: number): number {
  const levels = [0, 95, 135, 175, 215, 255]
  const index = colour - 16
  const [red = 0, green = 0, blue = 0] = [index / 36, (index / 6) % 6, index % 6].map((at) => {
    const level = (levels[Math.floor(at)] ?? 0) / 255
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

// The row as a terminal that arranges it sees it: without our sequences.
const SEQUENCES = new RegExp(`${ESC}(?:\\[[\\d;]*[A-Za-z]|\\]8;[!-~]*${ESC}\\\\)`, 'g')
const bare = (bytes: string) => bytes.replace(SEQUENCES, '')

test('a name and a text from right to left are parted from each other and from the columns', () => {
  const model = modelWith(80, 10, spoken('שלום', { from: 'דויד', fingerprint: '1f2e3d4c', trust: 'new' }))
  const rows = viewOf(model).rows.map((row) => bare(rowBytes(row, 256)))
  const row = rows.find((each) => each.includes('שלום')) ?? ''
  assert.match(row, /\u200Eדויד\u200E·1f2e │ \u200Eשלום\u200E/)
  for (const text of ['سلام', '\u{1E900}\u{1E901}', 'ߒ', '٣٤'])
    assert.is(bare(rowBytes([span('a '), span(text), span('│')], 0)), `a \u200E${text}\u200E│`)
  assert.not.match(rowBytes([span('latin'), span('漢字')], 0), '\u200E')
})

test('an address leads where it says, also over a break, and nowhere where the terminal takes no links', () => {
  const model = modelWith(80, 14, spoken(`https://example.org/${'x'.repeat(100)}`))
  const { rows } = viewOf(model)
  const bytes = rows.map((row) => rowBytes(row, 256)).join('')
  const opened = [...bytes.matchAll(new RegExp(`${ESC}\\]8;(id=\\w+);([!-~]+)${ESC}\\\\`, 'g'))]
  assert.ok(opened.length > 1)
  assert.is(new Set(opened.map(([, id, link]) => `${id} ${link}`)).size, 1)
  assert.is(bytes.split('\u001B]8;;\u001B\\').length - 1, opened.length)
  const without = rows.map((row) => rowBytes(row, 256, { links: false, ascii: false })).join('')
  assert.not.match(without, '\u001B]8')
})

test('our own signs are ASCII where the locale is none of UTF-8', () => {
  const rows = viewOf(modelWith(80, 10, spoken('x'))).rows.map((row) => rowBytes(row, 0, { links: true, ascii: true }))
  assert.not.match(rows.join(''), /[^ -~\p{Cc}]/u)
})

test('the bare view has the text alone, for the terminal to break, and stays as it is until a key is pressed', () => {
  const painter = new Painter(256)
  const address = `https://example.org/${'x'.repeat(100)}`
  const model = modelWith(61, 15, spoken('old'), spoken(address))
  painter.paint(viewOf(model))
  press(model, 'alt-l')
  const bytes = painter.paint(viewOf(model))
  assert.match(bytes, `: ${address}\r\n-- any key goes back --`)
  assert.match(bytes, '\u001B[?7h')
  assert.not.match(bytes, 'every node')
  showAll(model, spoken('meanwhile'))
  press(model, 'focus-out', 'focus-in')
  assert.is(painter.paint(viewOf(model)), '')
  assert.equal(press(model, '"x"'), [{ kind: 'redraw' }])
  painter.forget()
  assert.match(painter.paint(viewOf(model)), 'meanwhile')
  assert.is(model.input.line.text, '')
})

test('the bare view never has more rows than the screen', () => {
  check(fc.array(anyEvent, { maxLength: 30 }), (events) => {
    const model = modelWith(20, 6)
    showAll(model, ...events)
    press(model, 'alt-l')
    const rows = (model.bare ?? []).map((line) => Math.floor(stringWidth(line) / 20) + 1)
    assert.ok(rows.reduce((sum, count) => sum + count, 0) <= Math.max(6, (model.bare ?? []).length === 1 ? 2 : 6))
  })
})

test.run()

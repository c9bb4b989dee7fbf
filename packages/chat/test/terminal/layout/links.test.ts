import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../../test/support/property.ts'
import { wrapText } from '../../../src/terminal/layout/cells.ts'
import { MAX_LINK_CHARS, withLinks } from '../../../src/terminal/layout/links.ts'
import { cleanLines } from '../../../src/terminal/line/editor.ts'
import { hostileText } from '../../support/hostile-text.ts'

const linked = (text: string, columns = 200) => withLinks(text, wrapText(text, columns))
const linksIn = (text: string) =>
  linked(text)
    .flat()
    .flatMap(({ text: shown, link }) => (link === undefined ? [] : [shown]))

test('an address is a link, and the sentence around it is not', () => {
  for (const [text, shown] of [
    ['see https://example.org/a?b=c#d.', 'https://example.org/a?b=c#d'],
    ['(http://example.org/x)', 'http://example.org/x'],
    ['https://en.example.org/Bridge_(chat)', 'https://en.example.org/Bridge_(chat)'],
    ['look: https://example.org/你好, ok', 'https://example.org/你好,'.slice(0, -1)],
    ['"ftp://example.org/f"', 'ftp://example.org/f']
  ] as const)
    assert.equal(linksIn(text), [shown], text)
  for (const text of ['example.org', 'file:///etc/passwd', 'javascript://x', 'https://', 'xhttps://a'])
    assert.equal(linksIn(text), [], text)
})

test('every part of an address that is broken over rows leads to the whole of it', () => {
  const address = `https://example.org/${'long/'.repeat(20)}end`
  const rows = linked(`read ${address} now`, 30)
  const parts = rows.flat().filter(({ link }) => link !== undefined)
  assert.ok(parts.length > 3)
  assert.is(parts.map(({ text }) => text).join(''), address)
  assert.equal([...new Set(parts.map(({ link }) => link))], [address])
})

test('where a link leads is ASCII, and no longer than terminals take', () => {
  assert.is(linked('http://bücher.example/ä')[0]?.[0]?.link, 'http://xn--bcher-kva.example/%C3%A4')
  assert.equal(linksIn(`https://example.org/${'x'.repeat(MAX_LINK_CHARS)}`), [])
})

test('whatever is said, the pieces of a row are the row, and no link holds what a terminal obeys', () => {
  check(hostileText, (text) => {
    for (const line of cleanLines(`https://a.b/${text} x https://c.d/${text}`).split('\n')) {
      const rows = wrapText(line, 20)
      const pieces = withLinks(line, rows)
      assert.equal(
        pieces.map((row) => row.map((piece) => piece.text).join('')),
        rows
      )
      for (const { link } of pieces.flat()) if (link !== undefined) assert.match(link, /^[!-~]+$/)
    }
  })
})

test.run()

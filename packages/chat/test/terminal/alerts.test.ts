import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { alertBytes } from '../../src/terminal/alerts.ts'
import { FORBIDDEN, hostileText } from '../support/hostile-text.ts'

const ESC = '\u001B'
const SEQUENCE = new RegExp(`^${ESC}\\](?:9|777;notify);([^\u0007]*)\u0007\u0007$`)
const both = { bell: true, notify: true }

test('speaks as the terminal understands it', () => {
  const notify = { bell: false, notify: true }
  assert.is(alertBytes('alice', 'hi', notify, { TERM: 'xterm-256color' }), `${ESC}]9;floodchat: alice: hi\u0007`)
  assert.is(alertBytes('alice', 'hi', notify, { TERM: 'rxvt' }), `${ESC}]777;notify;floodchat: alice;hi\u0007`)
  assert.is(
    alertBytes('alice', 'hi', notify, { TERM: 'tmux', TMUX: '/tmp/x' }),
    `${ESC}Ptmux;${ESC}${ESC}]9;floodchat: alice: hi\u0007${ESC}\\`
  )
})

test('no name and no text gets out of the notification', () => {
  check(fc.tuple(hostileText, hostileText), ([from, text]) => {
    for (const TERM of ['xterm', 'foot']) {
      const bytes = alertBytes(from, text, both, { TERM })
      const inside = SEQUENCE.exec(bytes)?.[1]
      assert.ok(inside?.startsWith('floodchat: '), JSON.stringify(bytes))
      assert.not.match(inside ?? '', FORBIDDEN)
      assert.is(inside?.split(';').length, TERM === 'foot' ? 2 : 1)
    }
  })
})

test.run()

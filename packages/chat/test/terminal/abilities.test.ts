import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { abilitiesOf, foreignLocale } from '../../src/terminal/abilities.ts'

test('knows a locale that is none of UTF-8 by the setting that decides', () => {
  assert.is(foreignLocale({}), null)
  assert.is(foreignLocale({ LANG: 'C' }), 'LANG=C')
  assert.is(foreignLocale({ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }), 'LC_ALL=POSIX')
  assert.is(foreignLocale({ LANG: 'C', LC_ALL: '', LC_CTYPE: 'C.utf8' }), null)
  assert.is(foreignLocale({ LANG: 'de_DE.ISO-8859-1' }), 'LANG=de_DE.ISO-8859-1')
})

test('links nothing where a terminal would show parts of the link', () => {
  for (const env of [{ TERM: 'linux' }, { TERM: 'screen' }, { TERM: 'vt100' }, { TERM: 'xterm', VTE_VERSION: '4801' }])
    assert.not.ok(abilitiesOf(env).links, JSON.stringify(env))
  for (const env of [{ TERM: 'xterm-256color' }, { TERM: 'screen-256color', TMUX: 'x' }, { VTE_VERSION: '7006' }])
    assert.ok(abilitiesOf(env).links, JSON.stringify(env))
})

test.run()

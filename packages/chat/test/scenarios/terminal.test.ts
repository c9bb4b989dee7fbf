// time-limit: 480 s
// floodchat in a real terminal, through tmux: what a person sees while typing and leaving.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Chat, Room } from '../support/floodchat.ts'
import { hasJoined, hasTmux, Tmux } from '../support/tmux.ts'

interface Context {
  room: Room
  terminal: Tmux
  other: Chat
}

const test = suite<Context>('terminal')
test.before.each(async (context) => {
  context.room = new Room()
  context.other = await context.room.startJson('alice')
  // A signal that floodchat does not know makes it crash.
  const crash = join(context.room.folder, 'crash.mjs')
  writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('crashed by the test') })\n")
  const env = { NODE_OPTIONS: `--import=${crash}` }
  context.terminal = new Tmux(context.room, { username: 'bob', env }, await context.other.address())
  await context.other.event('peer-up')
  await context.terminal.typing('bob:')
  // All that comes by itself is there: what follows is what a test makes happen.
  await context.terminal.shows('the link', (rows) => hasJoined(rows))
  await context.terminal.shows('the other', (rows) => rows.some((row) => / alice\S* joined$/.test(row)))
})
test.after.each(async ({ room, terminal }) => {
  terminal.end()
  await room.end()
})

if (hasTmux) {
  test('a half-typed line survives incoming messages', async ({ terminal, other }) => {
    terminal.type('half a li')
    await terminal.typing('bob: half a li')
    other.type('one', 'two', 'three')
    const rows = await terminal.line('│ three')
    assert.match(rows.at(-5) ?? '', /alice\S* │ one$/)
    assert.match(rows.at(-4) ?? '', /alice\S* │ two$/)
    assert.match(rows.at(-2) ?? '', /^ 1 everyone/)
    assert.is(rows.at(-1), 'bob: half a li')
    terminal.type('ne')
    terminal.press('Enter')
    await other.event('message', { from: 'bob', text: 'half a line' })
    await terminal.shows('the said line', (lines) => lines.at(-3)?.endsWith('bob │ half a line') === true)
    await terminal.typing('bob:')
  })

  test('a line of several rows can be edited anywhere while messages come', async ({ terminal, other }) => {
    const long = Array.from({ length: 30 }, (_, n) => `word${n}`).join(' ')
    terminal.type(long)
    await terminal.shows('the long line', (rows) => rows.slice(-3).join('') === `bob: ${long}`)
    terminal.press('Home')
    terminal.type('>')
    other.type('in between')
    await terminal.line('│ in between')
    terminal.press('End', 'M-b', 'M-b', 'C-k')
    terminal.press('C-a', 'Delete', 'M-d')
    const start = long.slice('word0'.length, long.indexOf('word28'))
    await terminal.shows('the edited line', (rows) => rows.slice(-3).join('').trimEnd() === `bob: ${start}`.trimEnd())
    terminal.press('Enter')
    await other.event('message', { text: start.trimEnd() })
  })

  test('wide characters do not shift what stands beside them', async ({ terminal, other }) => {
    terminal.type('漢字と😀 te')
    await terminal.typing('bob: 漢字と😀 te')
    other.type('也好 👋 ❤️ |', '👋🏽🇩🇪 |')
    const rows = await terminal.shows('both', (lines) => lines.filter((line) => line.endsWith('|')).length === 2)
    assert.is(rows.at(-1), 'bob: 漢字と😀 te')
    terminal.press('BSpace', 'Left', 'Left', 'BSpace')
    await terminal.typing('bob: 漢字と t')
    assert.is(terminal.flag('cursor_x'), '11')
  })

  test('a paste of several lines is one message', async ({ terminal, other }) => {
    terminal.paste('first\nsecond\n  third')
    const rows = await terminal.typing('  third')
    assert.equal(rows.slice(-3), ['bob: first', 'second', '  third'])
    terminal.press('Enter')
    await other.event('message', { from: 'bob', text: 'first⏎second⏎  third' })
    const said = await terminal.line('│   third')
    // Whoever joins in this moment stands below.
    const third = said.findIndex((row) => row.endsWith('│   third'))
    assert.match(said[third - 2] ?? '', /bob │ first$/)
    assert.match(said[third - 1] ?? '', /^ +│ second$/)
  })

  test('asks for a name at the prompt and shows the new one', async ({ terminal, other }) => {
    terminal.type('set username')
    terminal.press('Enter')
    await terminal.typing('new name:')
    terminal.type('bobby')
    terminal.press('Enter')
    await terminal.typing('bobby:')
    terminal.type('hi')
    terminal.press('Enter')
    await other.event('message', { from: 'bobby', text: 'hi' })
  })

  test('looks back with PgUp, and all of /help can be read', async ({ terminal, other }) => {
    other.type(...Array.from({ length: 100 }, (_, n) => `line ${n}`))
    await terminal.line('│ line 99')
    terminal.type('/help')
    terminal.press('Enter')
    await terminal.shows('the help', (rows) => rows.at(-3)?.includes('/help') === true)
    for (let page = 0; page < 3; page++) terminal.press('PPage')
    await terminal.shows('where it is', (rows) => / more below: PgDn/.test(rows.at(-2) ?? ''))
    terminal.press('M-End')
    await terminal.shows('the end again', (rows) => rows.at(-3)?.includes('/help') === true)
  })

  test('is whole again after each change of size', async ({ terminal, other }) => {
    terminal.type('half')
    other.type('hello')
    for (const [columns, rows] of [
      [20, 5],
      [250, 60],
      [61, 7]
    ] as const) {
      terminal.resize(columns, rows)
      const seen = await terminal.shows(`${columns}x${rows}`, (lines) => {
        const isWhole = lines.length === rows && lines.at(-1) === 'bob: half' && lines.at(-2)?.startsWith(' 1 everyone')
        // Below it, it may say who is here.
        return isWhole === true && lines.slice(0, -2).some((line) => /hello( +│.*)?$/.test(line))
      })
      assert.is(seen.filter((line) => line.includes('bob: half')).length, 1)
    }
  })

  const ways: [string, (terminal: Tmux) => void, string][] = [
    ['exit', (terminal) => terminal.press(...'exit', 'Enter'), '0'],
    ['Ctrl-D', (terminal) => terminal.press('C-d'), '0'],
    ['Ctrl-C twice in a half-typed line', (terminal) => terminal.press('h', 'C-c', 'C-c'), '0'],
    ['SIGTERM', ({ pid }) => process.kill(pid, 'SIGTERM'), '0'],
    ['SIGHUP', ({ pid }) => process.kill(pid, 'SIGHUP'), '0'],
    ['SIGQUIT', ({ pid }) => process.kill(pid, 'SIGQUIT'), '131'],
    ['a crash', ({ pid }) => process.kill(pid, 'SIGUSR2'), '1']
  ]
  for (const [way, leave, code] of ways) {
    test(`${way} leaves the terminal as it was found`, async ({ terminal, other }) => {
      assert.is(terminal.flag('alternate_on'), '1')
      leave(terminal)
      await terminal.shows('the exit', (rows) => rows.some((row) => row.endsWith('icanon')))
      if (way !== 'a crash') await other.event('peer-down')
      const { lines } = terminal
      assert.is(lines[0], 'before')
      assert.ok(lines.includes(`code ${code}`), lines.join('\n'))
      assert.is(lines.at(-1), 'icanon')
      assert.is(
        lines.some((line) => line.includes('crashed by the test')),
        way === 'a crash'
      )
      const flags = ['alternate_on', 'cursor_flag', 'wrap_flag'].map((name) => terminal.flag(name))
      assert.equal(flags, ['0', '1', '1'])
      // Were pastes still marked, the marks would be seen now.
      terminal.paste('pasted')
      await terminal.shows('the paste', (rows) => rows.includes('pasted'))
    })
  }

  test('has colours, and none where the user wants none', async ({ room, other }) => {
    const colour = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*[34][0-8]`)
    for (const [username, env] of [
      ['carol', { FORCE_COLOR: '2' }],
      ['dave', { NO_COLOR: '1' }]
    ] as const) {
      const terminal = new Tmux(room, { username, env }, await other.address())
      try {
        await terminal.shows('the link', (rows) => hasJoined(rows))
        other.type(`hello ${username}`)
        await terminal.line(`│ hello ${username}`)
        assert.is(colour.test(terminal.tmux('capture-pane', '-ep')), 'FORCE_COLOR' in env)
      } finally {
        terminal.end()
      }
    }
  })

  test('an entry that is pasted when asked for is not shown, and the chat starts with it', async ({ room, other }) => {
    const terminal = new Tmux(room, { username: 'carol' }, '-')
    try {
      await terminal.line('it is not shown')
      terminal.type(await other.address())
      terminal.press('Enter')
      await terminal.typing('carol:')
      await terminal.shows('the link', hasJoined)
      terminal.type('hello')
      terminal.press('Enter')
      await other.event('message', { from: 'carol', text: 'hello' })
      terminal.press('C-d')
      await terminal.line('code 0')
      assert.not.ok(terminal.rows.includes(await other.address()))
      assert.ok(terminal.rows.includes('icanon'))
    } finally {
      terminal.end()
    }
  })

  test('Ctrl-C at that question leaves', async ({ room }) => {
    const terminal = new Tmux(room, { username: 'carol' }, '-')
    try {
      await terminal.line('it is not shown')
      terminal.press('C-c')
      await terminal.line('code 0')
      assert.ok(terminal.rows.includes('icanon'))
    } finally {
      terminal.end()
    }
  })

  test('Ctrl-Z gives the terminal to the shell, and fg takes it back', async ({ room, other }) => {
    const terminal = new Tmux(room, { username: 'carol', interactive: true }, await other.address())
    try {
      await terminal.typing('carol:')
      terminal.type('half')
      await terminal.typing('carol: half')
      terminal.press('C-z')
      const rows = await terminal.shows('the shell', (seen) => seen.some((row) => /Stopped/.test(row)))
      // After its prompt, where the shell was slow to read what was typed.
      assert.ok(
        rows.some((row) => /^(\S+ )?before$/.test(row)),
        rows.join('\n')
      )
      assert.is(terminal.flag('alternate_on'), '0')
      terminal.type('fg\r')
      await terminal.typing('carol: half')
      terminal.press('BSpace')
      await terminal.typing('carol: hal')
      terminal.press('C-c', 'C-c')
      await terminal.shows('the shell again', () => terminal.flag('alternate_on') === '0')
    } finally {
      terminal.end()
    }
  })

  test('Ctrl-Z where no shell could wake it does nothing', async ({ terminal }) => {
    terminal.type('half')
    terminal.press('C-z')
    terminal.type(' more')
    await terminal.typing('bob: half more')
    assert.is(terminal.flag('alternate_on'), '1')
  })
} else {
  test('is tried in a terminal where tmux is installed', () => {
    console.log('skipped: tmux is not installed')
  })
}

test.run()

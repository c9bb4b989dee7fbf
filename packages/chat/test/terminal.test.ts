// time-limit: 240 s
// floodchat in a real terminal, through tmux: what a person sees while typing.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Chat, CLI, Room } from './support/floodchat.ts'
import { waitFor } from './support/wait.ts'

const COLUMNS = 60
const ROWS = 20

interface Context {
  room: Room
  terminal: Terminal
  other: Chat
}

/** A tmux server of its own with one window, in which bob chats. */
class Terminal {
  readonly #socket: string
  readonly #env: NodeJS.ProcessEnv

  constructor(room: Room, ...args: string[]) {
    this.#socket = join(room.folder, 'tmux')
    this.#env = { ...room.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' }
    const command = [
      process.execPath,
      CLI,
      '--name',
      room.network,
      '--listen',
      '127.0.0.1:0',
      '--username',
      'bob',
      '--shown',
      '0',
      ...args
    ]
    // The shell stays when floodchat has left, so that its exit code and the state of the terminal can be looked at.
    const script = `${command.map((word) => `'${word}'`).join(' ')}; echo "code $?"; stty -a | grep -ow -e '-\\?icanon'; exec cat`
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', `${COLUMNS}`, '-y', `${ROWS}`, script)
  }

  /** The visible lines, without the empty ones below; wrapped rows joined. */
  get screen(): string[] {
    return (
      this.#tmux('capture-pane', '-p', '-J')
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd())
        // Who is there is told at its own time.
        .filter((line) => !/^\* \S+ \([0-9a-f]{8}\) is here$/.test(line))
    )
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text)
  }

  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys)
  }

  /** The screen, once it satisfies `probe`. */
  async shows(what: string, probe: (screen: string[]) => boolean): Promise<string[]> {
    let screen: string[] = []
    await waitFor(
      what,
      () => {
        screen = this.screen
        return probe(screen)
      },
      () => screen.join('\n')
    )
    return screen
  }

  end(): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server'], { env: this.#env })
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { env: this.#env, encoding: 'utf8' })
  }
}

const test = suite<Context>('terminal')
test.before.each(async (context) => {
  context.room = new Room()
  context.other = await context.room.startJson('alice')
  context.terminal = new Terminal(context.room, await context.other.address())
  await context.other.event('peer-up')
  const isReady = (screen: string[]) => screen.at(-2)?.startsWith('* joined') === true && screen.at(-1) === 'bob:'
  await context.terminal.shows('the prompt', isReady)
})
test.after.each(async ({ room, terminal }) => {
  terminal.end()
  await room.end()
})

const hasTmux = spawnSync('tmux', ['-V']).status === 0

if (hasTmux) {
  test('a half-typed line survives incoming messages', async ({ terminal, other }) => {
    terminal.type('half a li')
    await terminal.shows('the half', (screen) => screen.at(-1) === 'bob: half a li')
    other.type('one', 'two', '@bob three')
    const screen = await terminal.shows('the messages', (lines) => lines.includes('(direct) alice -> three'))
    assert.equal(screen.slice(-4), ['alice: one', 'alice: two', '(direct) alice -> three', 'bob: half a li'])
    terminal.type('ne')
    terminal.press('Enter')
    await other.event('message', { from: 'bob', text: 'half a line' })
    await terminal.shows(
      'a fresh prompt below the said line',
      (lines) => lines.slice(-2).join('|') === 'bob: half a line|bob:'
    )
  })

  test('a half-typed line of several rows survives too, with the cursor at its end or in its middle', async ({
    terminal,
    other
  }) => {
    const long = Array.from({ length: 30 }, (_, n) => `word${n}`).join(' ')
    const say = async (text: string) => {
      other.type(text)
      await terminal.shows(text, (screen) => screen.includes(`alice: ${text}`))
    }
    terminal.type(long)
    await terminal.shows('the long line', (screen) => screen.at(-1) === `bob: ${long}`)
    await say('at its end')
    terminal.press('Home')
    terminal.type('>')
    await say('at its start')
    terminal.press('End', 'M-b', 'M-b')
    await say('in its last row')
    const screen = await terminal.shows('all', (lines) => lines.at(-1) === `bob: >${long}`)
    assert.equal(screen.slice(-4, -1), ['alice: at its end', 'alice: at its start', 'alice: in its last row'])
    terminal.press('Home')
    terminal.type('<')
    terminal.press('Enter')
    await other.event('message', { text: `<>${long}` })
  })

  test('wide characters before the cursor do not break the line', async ({ terminal, other }) => {
    terminal.type('漢字と😀 te')
    await terminal.shows('the half', (screen) => screen.at(-1) === 'bob: 漢字と😀 te')
    other.type('也好 👋')
    await terminal.shows('the message', (screen) => screen.slice(-2).join('|') === 'alice: 也好 👋|bob: 漢字と😀 te')
  })

  test('a flood is skipped through, said so, and typing goes on', async ({ terminal, other }) => {
    terminal.type('still ')
    other.type(...Array.from({ length: 5000 }, (_, n) => `flood ${n}`), 'the end')
    terminal.type('here')
    await terminal.shows(
      'the end',
      (screen) => screen.includes('alice: the end') && screen.at(-1) === 'bob: still here'
    )
    terminal.press('Enter')
    await other.event('message', { text: 'still here' })
  })

  test('asks for a name at the prompt and shows the new one', async ({ terminal, other }) => {
    terminal.type('set username')
    terminal.press('Enter')
    await terminal.shows('the question', (screen) => screen.at(-1) === 'new name:')
    terminal.type('bobby')
    terminal.press('Enter')
    await terminal.shows('the new prompt', (screen) => screen.at(-1) === 'bobby:')
    terminal.type('hi')
    terminal.press('Enter')
    await other.event('message', { from: 'bobby', text: 'hi' })
  })

  for (const [way, text, key] of [
    ['exit', 'exit', 'Enter'],
    ['Ctrl-D', '', 'C-d'],
    ['Ctrl-C in a half-typed line', 'half', 'C-c']
  ] as const) {
    test(`${way} leaves with code 0 and the terminal as it was`, async ({ terminal, other }) => {
      terminal.type(text)
      terminal.press(key)
      await other.event('peer-down')
      const screen = await terminal.shows('the exit', (lines) => lines.at(-1)?.endsWith('icanon') === true)
      const said = way === 'exit' ? ['bob: exit'] : []
      assert.equal(screen.slice(2), [...said, 'code 0', 'icanon'])
    })
  }
} else {
  test('is tried in a terminal where tmux is installed', () => {
    console.log('skipped: tmux is not installed')
  })
}

test.run()

// time-limit: 240 s
// A file on its way between two full screens in real terminals: offered, accepted, the window changed meanwhile, the
// sender killed and back.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Chat, Room } from '../support/floodchat.ts'
import { hasJoined, hasTmux, Tmux } from '../support/tmux.ts'

/** Some seconds at the rate that a sender keeps to. */
const FILE_BYTES = 80 * 1024 * 1024

interface Context {
  room: Room
  entry: Chat
  open: Tmux[]
}

const test = suite<Context>('files in the terminal')
test.before.each(async (context) => {
  context.room = new Room()
  context.entry = await context.room.startJson('entry')
  context.open = []
})
test.after.each(async ({ room, open }) => {
  for (const terminal of open) terminal.end()
  await room.end()
})

if (hasTmux) {
  test('a file comes whole, though the window changes and its sender is killed and comes back', async (context) => {
    const { room } = context
    const content = randomBytes(FILE_BYTES)
    const source = join(room.folder, 'holiday.bin')
    writeFileSync(source, content)
    const downloads = join(room.folder, 'got')
    const bob = await person(context, 'bob', '--downloads', downloads)
    const alice = await person(context, 'alice')
    await bob.shows('alice', (rows) => rows.some((row) => / alice\S*.* joined$/.test(row)))

    await alice.shows('bob', (rows) => rows.some((row) => / bob\S*.* joined$/.test(row)))
    enter(alice, `/send bob ${source}`)
    await alice.line('offered to @bob: Alt+2 shows how it goes')
    await bob.line('@alice offers you a file: Alt+2 or Alt+A goes there')
    bob.press('M-2')
    await bob.line('/decline 1')
    enter(bob, '/accept 1')
    await bob.shows('progress', (rows) => rows.some((row) => / [1-9]\d? %/.test(row)))
    for (const [columns, rows] of [
      [40, 10],
      [100, 24]
    ] as const) {
      bob.resize(columns, rows)
      await bob.shows(`${columns}x${rows}`, (lines) => lines.length === rows && lines.at(-1) === 'bob:')
    }
    bob.press('M-1')
    enter(bob, 'meanwhile')
    await alice.line('│ meanwhile')
    process.kill(alice.pid, 'SIGKILL')
    await alice.shows('the end', (rows) => rows.includes('code 137'))
    alice.end()
    const again = await person(context, 'alice')
    await again.shows('bob', (rows) => rows.some((row) => / bob\S*.* joined$/.test(row)))
    enter(again, `/send bob ${source}`)
    bob.press('M-2')
    await again.line('offered to @bob: Alt+2 shows how it goes')
    again.press('M-2')
    // Goes on in the row where it stood.
    const isDone = (rows: string[]) => rows.some((row) => row.includes('holiday.bin from alice: done, 80.0 MiB'))
    await bob.shows('the whole file', isDone)
    await again.shows('what became of it', (rows) => rows.some((row) => row.includes('holiday.bin to bob: done')))
    assert.is(bob.rows.filter((row) => row.includes('holiday.bin from alice')).length, 1)
    assert.is(bob.rows.at(-1), 'bob:')
    assert.is(hashOf(readFileSync(join(downloads, 'holiday.bin'))), hashOf(content))
  })
} else {
  test('is tried in a terminal where tmux is installed', () => {
    console.log('skipped: tmux is not installed')
  })
}

async function person({ room, entry, open }: Context, username: string, ...args: string[]): Promise<Tmux> {
  const terminal = new Tmux(room, { username }, ...args, await entry.address())
  open.push(terminal)
  await terminal.typing(`${username}:`)
  await terminal.shows('the link', (rows) => hasJoined(rows))
  return terminal
}

function enter(terminal: Tmux, text: string): void {
  terminal.type(text)
  terminal.press('Enter')
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test.run()

// time-limit: 300 s
// floodchat in a real terminal while others write as fast as they can, and as badly.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createNetwork, type Network } from '@floodnet/transport'
import { buildSync } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Chat, Room } from '../support/floodchat.ts'
import { hasTmux, Tmux } from '../support/tmux.ts'
import { waitFor } from '../support/wait.ts'

const HARNESS = 'packages/chat/test/support/flooded-screen.ts'

const TYPED = ['the first line', 'and 漢字 one more', 'the last']

interface Context {
  room: Room
  entry: Chat
  bob: Tmux
  carol: Tmux
  writer: Network
  /** Ends what writes, and says how much it wrote. */
  stop: () => Promise<number>
}

const test = suite<Context>('terminal under a flood')
test.before.each(async (context) => {
  const room = new Room()
  const entry = await room.startJson('entry')
  const address = await entry.address()
  const start = (username: string) =>
    new Tmux(room, { username }, address, '--transcript', join(room.folder, `words-${username}`))
  const [bob, carol] = [start('bob'), start('carol')]
  const writer = await createNetwork({ listen: '127.0.0.1:0', join: [address], name: room.network, inboxLimit: 0 })
  const stop = async () => 0
  Object.assign(context, { room, entry, bob, carol, writer, stop })
  await waitFor(
    'three neighbours',
    () => entry.events.filter(({ event }) => event === 'peer-up').length >= 3,
    () => [entry.output, ...bob.rows, ...carol.rows].join('\n')
  )
  for (const { terminal, prompt } of people(context)) {
    await terminal.typing(prompt)
    // A link that comes up later may change the order of what is under way.
    await terminal.shows('all neighbours', (rows) => rows.some((row) => row.includes('3 peers')))
  }
})
test.after.each(async ({ room, bob, carol, writer, stop }) => {
  await stop()
  bob.end()
  carol.end()
  await writer.close()
  await room.end()
})

function people({ bob, carol }: Context): { terminal: Tmux; prompt: string }[] {
  return [
    { terminal: bob, prompt: 'bob:' },
    { terminal: carol, prompt: 'carol:' }
  ]
}

/** Writes for everyone until it is stopped; resolves then with how many. */
function startWriting(writer: Network, perSecond: number): () => Promise<number> {
  let written = 0
  let last: Promise<unknown> = Promise.resolve()
  const began = performance.now()
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond
    while (written < due) last = mayFail(say(writer, `message ${written++}`))
  }, 10)
  return async () => {
    clearInterval(timer)
    // On a slow machine the queue is full: that the last one was not written shows on the screens too.
    await last.catch(() => undefined)
    return written
  }
}

/** Only the last one is waited for; that another was not written shows on the screens. */
function mayFail<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

/** The lines that somebody was shown, once the message `last` is among them. */
function wholeTranscript({ folder }: Room, name: string, last: number): string[] | null {
  const path = join(folder, `words-${name}`)
  const lines = readdirSync(path)
    .sort()
    .flatMap((day) => readFileSync(join(path, day), 'utf8').split('\n'))
  return lines.some((line) => line.endsWith(`: message ${last}`)) ? lines : null
}

async function say(writer: Network, text: string): Promise<void> {
  await writer.write(JSON.stringify({ Text: text, From: 'writer', To: '' }))
}

if (hasTmux) {
  test('two people type while 200 messages a second come: their lines stay whole', async (context) => {
    const { entry, writer } = context
    context.stop = startWriting(writer, 200)
    const delays: number[] = []
    for (const text of TYPED) {
      for (const sealed of text) {
        for (const { terminal } of people(context)) terminal.type(sealed)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      for (const { terminal, prompt } of people(context)) {
        const began = performance.now()
        terminal.type('!')
        await terminal.typing(`${prompt} ${text}!`)
        delays.push(performance.now() - began)
        terminal.press('Enter')
        await entry.event('message', { from: prompt.slice(0, -1), text: `${text}!` })
      }
    }
    const written = await context.stop()
    // Told, not asserted: the machine may be busy, and looking through tmux takes most of it.
    const worst = Math.round(Math.max(...delays))
    console.log(`${written} messages meanwhile; from a key to a look at it at most ${worst} ms`)
    for (const { terminal } of people(context)) await terminal.line(`│ message ${written - 1}`)
    // Nobody missed one, in this order, and what the other typed stands whole among them.
    const all = Array.from({ length: written }, (_, n) => `message ${n}`)
    for (const [name, other] of [
      ['bob', 'carol'],
      ['carol', 'bob']
    ] as const) {
      const words = await waitFor('the transcript', () => wholeTranscript(context.room, name, written - 1))
      assert.equal(
        words.flatMap((line) => / writer: (message \d+)$/.exec(line)?.[1] ?? []),
        all
      )
      for (const text of TYPED) assert.is(words.filter((line) => line.endsWith(` ${other}: ${text}!`)).length, 1, text)
    }
  })

  test('at 20,000 messages a second over the network one can type, and is told what is not shown', async (context) => {
    const { bob, entry, writer } = context
    context.stop = startWriting(writer, 20_000)
    bob.type('still ')
    await bob.typing('bob: still')
    bob.type('here')
    await bob.typing('bob: still here')
    bob.press('Enter')
    await entry.event('message', { from: 'bob', text: 'still here' })
    await bob.typing('bob:')
    await bob.shows('what is not shown', (rows) => {
      // Of a flood, the line that tells what was skipped is above the newest 300.
      bob.press('M-Home')
      return rows.some((row) => /skipped|suppressed| [1-9]\d* lost/.test(row))
    })
    const written = await context.stop()
    assert.ok(written > 0)
    console.log(`${written} messages meanwhile`)
  })

  test('at 20,000 messages a second on the screen one can type and look back, and is told what was skipped', async ({
    room
  }) => {
    const outfile = join(room.folder, 'flooded-screen.mjs')
    const program = [outfile, '20000']
    buildSync({ entryPoints: [HARNESS], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20.19' })
    const flooded = new Tmux(room, { username: 'flooded', program })
    try {
      await flooded.shows('messages', (rows) => rows.some((row) => /message \d{5}$/.test(row)))
      flooded.type('漢字 ok')
      await flooded.typing('bob: 漢字 ok')
      flooded.press('Enter')
      await flooded.typing('bob:')
      flooded.press('M-Home')
      const rows = await flooded.shows('the oldest', (seen) => seen.some((row) => row.endsWith('before the flood')))
      assert.ok(
        rows.some((row) => /~~ │ \d{4,} messages skipped: they came faster/.test(row)),
        rows.join('\n')
      )
      flooded.press('M-End', 'C-c')
      await flooded.shows('the exit', (seen) => seen.includes('code 0'))
    } finally {
      flooded.end()
    }
  })

  test('whatever a message is made of, the screen stays whole', async ({ bob, writer }) => {
    const ESC = '\u001B'
    bob.type('half')
    await bob.typing('bob: half')
    const controls = Array.from({ length: 160 }, (_, code) => String.fromCharCode(code)).filter((char) =>
      /\p{Cc}/u.test(char)
    )
    const texts = [
      ...controls.map((char) => `a${char}b`),
      ...[
        '[2J',
        '[1;1H',
        ']0;title\u0007',
        ']52;c;ZXZpbA==\u0007',
        'P$q\u001B\\',
        '[6n',
        'c',
        '#8',
        '[?1049l',
        '(0'
      ].map((end) => ESC + end),
      '\u009B2J\u009D0;t\u009C',
      '\u202Eevil\u202C \u2066x\u2069',
      'a\u200Db 👨‍👩‍👧 🇩🇪 1️⃣ ❤️ 👋🏽',
      `e${'\u0301'.repeat(10_000)}`,
      'x'.repeat(1024 * 1024 - 100),
      '漢'.repeat(100_000),
      '\n'.repeat(10_000)
    ]
    for (const text of texts) await say(writer, text)
    await writer.write(Buffer.from('{"Text":"\xff\xfe\xc3\x28","From":"\xff","To":""}', 'latin1'))
    await say(writer, 'the end')
    const rows = await bob.line('│ the end')
    assert.match(rows[0] ?? '', /^ everyone /)
    const end = rows.find((row) => row.endsWith('│ the end')) ?? ''
    assert.match(end, /^\d\d:\d\d +writer\S* │ the end$/, rows.join('\n'))
    assert.match(rows.at(-2) ?? '', /^ 1 everyone/)
    assert.is(rows.at(-1), 'bob: half')
    for (const row of rows.slice(1, -2)) assert.match(row, /^(\d\d:\d\d .{14,18}| {20,24}) │( |$)|^─|^$/)
    assert.is(bob.flag('alternate_on'), '1')
  })
} else {
  test('is tried in a terminal where tmux is installed', () => {
    console.log('skipped: tmux is not installed')
  })
}

test.run()

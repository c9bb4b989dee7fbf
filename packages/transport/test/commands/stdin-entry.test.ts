// An entry that is the first line of the input: that line and no byte of what follows it.
import type { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { encodeTicket, FloodnetError, type Ticket } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withStdinEntry } from '../../src/commands/stdin-entry.ts'

const test = suite('stdin-entry')

const TICKET: Ticket = {
  network: 'team',
  key: new Uint8Array(32).fill(7),
  peers: [{ id: '01'.repeat(32), address: '10.0.0.7:55555' }]
}

function source(input: PassThrough & { isTTY?: boolean }) {
  const leaving = new AbortController()
  const asked: string[] = []
  const parts = { openStdin: () => input, ask: (text: string) => void asked.push(text), leave: leaving.signal }
  return { parts, asked, leaving }
}

/** A terminal: what is typed, and whether it shows that. */
function terminal() {
  const raw: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => void raw.push(on) })
  return { input, raw }
}

async function restOf(input: PassThrough): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('the input is left alone when no entry is on it', async () => {
  const openStdin = () => {
    throw new Error('opened')
  }
  const leave = new AbortController().signal
  assert.equal(await withStdinEntry(['a:1'], { openStdin, ask: openStdin, leave }), ['a:1'])
})

for (const [what, chunks] of [
  ['in one piece with what follows', ['10.0.0.7:1\r\nhello\nworld\n']],
  ['byte by byte', [...'10.0.0.7:1\nhello\nworld\n']]
] as const) {
  test(`one line is taken, ${what}, and whoever reads next gets the rest`, async () => {
    const input = new PassThrough()
    const entries = withStdinEntry(['-', 'b:2'], source(input).parts)
    for (const chunk of chunks) input.write(chunk)
    assert.equal(await entries, ['10.0.0.7:1', 'b:2'])
    input.end()
    assert.is(await restOf(input), 'hello\nworld\n')
  })
}

test('a line without an end is whole when the input ends', async () => {
  const input = new PassThrough()
  input.end('10.0.0.7:1')
  assert.equal(await withStdinEntry(['-'], source(input).parts), ['10.0.0.7:1'])
  assert.is(await restOf(input), '')
})

for (const [what, text] of [
  ['nothing', ''],
  ['an empty line', '\n10.0.0.7:1\n'],
  ['a line that never ends', 'x'.repeat(10_000)],
  ['no address', 'a secret that is none\n']
] as const) {
  test(`${what} is refused, and not repeated`, async () => {
    const input = new PassThrough()
    input.end(text)
    const error: unknown = await withStdinEntry(['-'], source(input).parts).catch((problem) => problem)
    assert.instance(error, FloodnetError)
    assert.match((error as Error).message, /^--join -: the first line of the input is neither an address nor a ticket$/)
  })
}

test('a mistyped ticket is told as one, without what is in it', async () => {
  const ticket = encodeTicket(TICKET)
  const input = new PassThrough()
  input.end(`${ticket.slice(0, -1)}\n`)
  const error: unknown = await withStdinEntry(['-'], source(input).parts).catch((problem) => problem)
  assert.match((error as Error).message, /^--join -: the ticket has a mistake in it/)
  assert.not.ok((error as Error).message.includes(ticket.slice(20, 40)))
})

test('a terminal is asked, does not show the line, and keeps what is typed behind it', async () => {
  const { input, raw } = terminal()
  const { parts, asked } = source(input)
  const entries = withStdinEntry(['-'], parts)
  input.write('wrong\x15\x1b[200~10.0.0.77\x7f:1\x1b[201~\rhello\r')
  assert.equal(await entries, ['10.0.0.7:1'])
  assert.equal(raw, [true, false])
  assert.match(asked.join(), /it is not shown/)
  input.end()
  assert.is(await restOf(input), 'hello\r')
})

test('Ctrl-C at the question is a leave', async () => {
  const { input, raw } = terminal()
  const entries = withStdinEntry(['-'], source(input).parts)
  input.write('10.0.0\x03')
  assert.is(await entries, null)
  assert.equal(raw, [true, false])
})

test('a wait for the line ends when told to leave, and nothing listens afterwards', async () => {
  const input = new PassThrough()
  const before = namesOf(input)
  const { parts, leaving } = source(input)
  const entries = withStdinEntry(['-'], parts)
  leaving.abort()
  assert.is(await entries, null)
  assert.equal(namesOf(input), before)
})

function namesOf(input: EventEmitter): string[] {
  return input.eventNames().map((name) => `${String(name)} ${input.listenerCount(name)}`)
}

test.run()

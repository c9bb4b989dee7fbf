// time-limit: 600 s
// A large file over two hops: the outer two of three chats have no link to each other.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Line, type LinkedChat, startLine } from '../support/linked-chats.ts'
import { DEADLINE_MS, waitFor } from '../support/wait.ts'

const MIB = 1024 * 1024
const FILE_BYTES = 100 * MIB
/** Of lines typed both ways while the file is on its way. */
const ROUNDS = 4

interface Context {
  folder: string
  line: Line
}

const test = suite<Context>('file over a line')
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodchat-line-'))
  context.line = await startLine(context.folder)
})
test.after.each(async ({ folder, line }) => {
  await line.end()
  rmSync(folder, { recursive: true })
})

function bytesOf(chat: LinkedChat): number {
  return chat.of('transfer').findLast(({ state }) => state === 'running')?.bytes ?? 0
}

/** The last of the transfer; however long it takes, as long as it goes on. */
async function endOf(chat: LinkedChat) {
  const ended = () => chat.of('transfer').find(({ state }) => state === 'done' || state === 'failed')
  for (let [before, at] = [-1, performance.now()]; performance.now() - at < DEADLINE_MS; ) {
    const bytes = bytesOf(chat)
    if (bytes !== before) [before, at] = [bytes, performance.now()]
    const event = ended()
    if (event !== undefined) return event
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no progress after ${bytesOf(chat)} bytes`)
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const data of createReadStream(path)) hash.update(data)
  return hash.digest('hex')
}

test('100 MiB arrive whole over two hops, and lines typed meanwhile are not stuck behind them', async ({
  folder,
  line: { first, relay, last }
}) => {
  const path = join(folder, 'big.bin')
  const data = randomBytes(FILE_BYTES)
  writeFileSync(path, data)
  const hash = createHash('sha256').update(data).digest('hex')
  first.type(`/send last ${path}`)
  const offer = await last.shows('transfer', ({ state }) => state === 'offered')
  assert.equal([offer.file, offer.hash, offer.totalBytes], ['big.bin', hash, FILE_BYTES])
  assert.is(offer.fingerprint, first.network.id.slice(0, 8))
  last.type('/accept')
  await waitFor('the first MiB', () => bytesOf(last) > MIB)
  const began = performance.now()
  for (let round = 0; round < ROUNDS; round++) {
    const before = bytesOf(last)
    first.type(`in the open ${round}`)
    first.type(`@last sealed ${round}`)
    last.type(`back ${round}`)
    await last.shows('message', ({ text }) => text === `in the open ${round}`)
    await last.shows('message', ({ text, sealed }) => text === `sealed ${round}` && sealed)
    await first.shows('message', ({ text }) => text === `back ${round}`)
    const meanwhile = bytesOf(last) - before
    assert.ok(meanwhile < FILE_BYTES / (2 * ROUNDS), `the lines came after ${meanwhile} more bytes of file`)
    await waitFor('more of the file', () => bytesOf(last) > before + MIB)
  }
  const done = await endOf(last)
  assert.is(done.state, 'done', done.reason)
  assert.is(done.reason, join(folder, 'last', 'big.bin'))
  assert.is(await hashOf(done.reason ?? ''), hash)
  await first.shows('transfer', ({ state }) => state === 'done')
  const seconds = (performance.now() - began) / 1000
  console.log(`${FILE_BYTES / MIB} MiB in ${seconds.toFixed(1)} s, ${3 * ROUNDS} lines meanwhile`)
  assert.equal(readdirSync(join(folder, 'last', '.floodchat-parts')), [])
  assert.is(relay.of('transfer').length, 0)
  assert.equal(
    first.network.peers.concat(last.network.peers).map(({ id }) => id),
    Array(2).fill(relay.network.id)
  )
  for (const { events } of [first, relay, last])
    assert.not.ok(
      events.some((event) => event.kind === 'suppressed' || JSON.stringify(event).includes('messages lost'))
    )
})

test.run()

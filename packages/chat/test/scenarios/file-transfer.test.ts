// time-limit: 300 s
// Files between floodchat processes on loopback, some of which are killed.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CHUNK_BYTES, chunkCount } from '../../src/wire/chunk-set.ts'
import { type Chat, Room } from '../support/floodchat.ts'
import { DEADLINE_MS, waitFor } from '../support/wait.ts'

const MIB = 1024 * 1024

interface Context {
  room: Room
  alice: Chat
  relay: Chat
  bob: Chat
}

const test = suite<Context>('file transfer')
test.before.each(async (context) => {
  const room = new Room()
  context.room = room
  context.alice = await room.startJson('alice', '--identity', join(room.folder, 'alice.pem'))
  context.relay = await room.startJson('relay', await context.alice.address())
  await context.relay.event('peer-up')
  context.bob = await startBob(room, context.relay)
  await context.alice.event('presence', { name: 'bob', change: 'joined' })
})
test.after.each(({ room }) => room.end())

async function startBob(room: Room, relay: Chat): Promise<Chat> {
  const own = ['--identity', join(room.folder, 'bob.pem'), '--downloads', join(room.folder, 'got')]
  const bob = await room.startJson('bob', await relay.address(), ...own)
  await bob.event('peer-up')
  return bob
}

/** A file of random bytes in the test's folder, and its SHA-256. */
function makeFile(room: Room, name: string, bytes: number): { path: string; hash: string } {
  const path = join(room.folder, name)
  const data = randomBytes(bytes)
  writeFileSync(path, data)
  return { path, hash: createHash('sha256').update(data).digest('hex') }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const data of createReadStream(path)) hash.update(data)
  return hash.digest('hex')
}

function bytesOf(chat: Chat): number {
  const seen = chat.events.filter(({ event, state }) => event === 'transfer' && state === 'running')
  return Number(seen.at(-1)?.bytes ?? 0)
}

/** As `chat.event`, for what may take many deadlines as long as it goes on. */
async function whole(chat: Chat): Promise<Record<string, unknown>> {
  for (let before = -1; ; before = bytesOf(chat)) {
    const end = () => chat.events.find(({ event, state }) => event === 'transfer' && /done|failed/.test(String(state)))
    const found = await Promise.race([waitFor('the end of a file', end).catch(() => null), within(DEADLINE_MS / 2)])
    if (found !== null) return found
    if (bytesOf(chat) === before) throw new Error(`no progress after ${before} bytes:\n${chat.output}`)
  }
}

function within(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref())
}

test('a reader that is killed in the middle is sent only the rest', async ({ room, alice, relay, bob }) => {
  const { path, hash } = makeFile(room, 'half.bin', 50 * MIB)
  alice.type(`/send bob ${path}`)
  await bob.event('transfer', { state: 'offered' })
  bob.type('/accept')
  await waitFor(
    'half of the file',
    () => bytesOf(bob) > 12 * MIB,
    () => bob.output
  )
  bob.process.kill('SIGKILL')
  await bob.exit
  assert.not.ok(existsSync(join(room.folder, 'got', 'half.bin')))
  const again = await startBob(room, relay)
  await again.event('transfer', { state: 'offered' })
  again.type('/accept')
  await again.event('transfer', { state: 'running' })
  const [first] = again.events.filter(({ state }) => state === 'running')
  assert.ok(Number(first?.bytes) > 4 * MIB, `began again at ${first?.bytes}`)
  const done = await whole(again)
  assert.is(done.state, 'done', String(done.reason))
  assert.is(await hashOf(String(done.reason)), hash)
  again.type('exit')
  await again.exit
  const opened = lettersOpened(room)
  const rest = chunkCount(50 * MIB) - Math.ceil(Number(first?.bytes) / CHUNK_BYTES)
  assert.ok(opened >= rest && opened < rest + 20, `${opened} sealed messages for the ${rest} chunks that were missing`)
})

test('a sender that left goes on when it offers the file again', async ({ room, alice, bob }) => {
  const { path, hash } = makeFile(room, 'twice.bin', 40 * MIB)
  alice.type(`/send bob ${path}`)
  await bob.event('transfer', { state: 'offered' })
  bob.type('/accept')
  await waitFor(
    'a part of the file',
    () => bytesOf(bob) > 5 * MIB,
    () => bob.output
  )
  const address = await bob.address()
  alice.process.kill('SIGKILL')
  await alice.exit
  const again = await room.startJson('alice', address, '--identity', join(room.folder, 'alice.pem'))
  await again.event('presence', { name: 'bob', change: 'joined' })
  again.type(`/send bob ${path}`)
  const done = await whole(bob)
  assert.is(done.state, 'done', String(done.reason))
  assert.is(await hashOf(String(done.reason)), hash)
  const first = await again.event('transfer', { direction: 'out', state: 'running' })
  assert.ok(Number(first.bytes) > 4 * MIB, JSON.stringify(first))
})

test('what is there already stays, and declining tells the sender', async ({ room, alice, bob }) => {
  const { path } = makeFile(room, 'note.txt', 1000)
  for (const text of ['note.txt', 'note (1).txt']) {
    alice.type(`/send bob ${path}`)
    await waitFor(
      'an offer',
      () => bob.events.filter(({ state }) => state === 'offered').length > readdir(room).length,
      () => bob.output
    )
    bob.type('/accept')
    await bob.event('transfer', { state: 'done', reason: join(room.folder, 'got', text) })
    await waitFor(
      'the sender knows',
      () => alice.events.filter(({ state }) => state === 'done').length === readdir(room).length
    )
  }
  truncateSync(path, 0)
  alice.type(`/send bob ${path}`)
  await bob.event('transfer', { state: 'offered', totalBytes: 0 })
  bob.type('/decline')
  await alice.event('transfer', { state: 'cancelled', reason: 'declined by the other side' })
})

function readdir(room: Room): string[] {
  const folder = join(room.folder, 'got')
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []
}

/** Of the chat that has left last. */
function lettersOpened(room: Room): number {
  const log = readFileSync(join(room.folder, 'floodnet', 'floodchat.log'), 'utf8')
  return Number(/"opened":(\d+)/.exec(log.split('\n').findLast((line) => / sealed messages \{/.test(line)) ?? '')?.[1])
}

test.run()

// A recording of everything that a neighbour passed on, played to readers who have just started: real chats in
// processes of their own, and a peer made by hand, since no real node sends the packets of others twice.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeEnvelope } from '../packages/chat/src/wire/envelope.ts'
import { type Chat, Room } from '../packages/chat/test/support/floodchat.ts'
import { waitFor } from '../packages/chat/test/support/wait.ts'
import { FLAGS_OFFSET, Flag, ORIGIN_BYTES, ORIGIN_OFFSET, SEQ_OFFSET } from '../packages/core/src/wire/layout.ts'
import { NETWORK_NAME } from '../packages/transport/test/support/network-name.ts'
import { connectPeer, type RawPeer } from '../packages/transport/test/support/raw-peer.ts'

interface Context {
  room: Room
  peers: RawPeer[]
}

interface Recording {
  /** Who said the lines: 64 hex digits. */
  readonly author: string
  readonly frames: readonly Buffer[]
}

const OPEN = ['open line', 'room line', 'plain line']

const test = suite<Context>('replay')
test.before.each((context) => {
  context.room = new Room()
  context.peers = []
})
test.after.each(async ({ room, peers }) => {
  for (const peer of peers) peer.destroy()
  await room.end()
})

const ends: [string, (bob: Chat, heard: () => boolean) => Promise<void>][] = [
  ['has left and come back', async (bob) => bob.type('exit')],
  [
    'was killed and started again',
    async (bob, heard) => {
      await waitFor('what was heard to be written down', heard)
      bob.process.kill('SIGKILL')
    }
  ]
]
for (const [way, end] of ends) {
  test(`a reader who ${way} is not shown a recorded line twice`, async (context) => {
    const { room } = context
    const { recording, bob } = await record(context)
    await end(bob, () => isWrittenDown(room, recording))
    await bob.exit
    const again = await start(room, 'bob')
    assert.is((await again.event('listening')).id, (await bob.event('listening')).id)
    assert.equal(await played(context, recording, again), ['the end'])
  })
}

test('the recording is a good one: whoever never heard it is shown it, but for what is sealed', async (context) => {
  const { recording, bob } = await record(context)
  bob.type('exit')
  await bob.exit
  const stranger = await start(context.room, 'bob', '--throwaway')
  assert.equal(await played(context, recording, stranger), [...OPEN, 'the end'])
})

/** Alice says a line of each kind; the frames of all that a neighbour of hers got meanwhile. */
async function record(context: Context): Promise<{ recording: Recording; bob: Chat }> {
  const { room } = context
  const alice = await start(room, 'alice')
  const recorder = await neighbourOf(context, alice)
  recorder.keepsData = true
  const bob = await start(room, 'bob', await alice.address())
  await bob.event('presence', { name: 'alice', change: 'joined' })
  await alice.event('presence', { name: 'bob', change: 'joined' })
  alice.type('open line', '/join #tea', 'room line', '/plain bob plain line', '@bob sealed line')
  for (const text of [...OPEN, 'sealed line']) await bob.event('message', { text })
  const author = String((await alice.event('listening')).id)
  await waitFor('three lines of alice and her letter', () => {
    const own = recorder.data.filter((frame) => isOf(author, frame))
    return own.length >= OPEN.length && recorder.data.some((frame) => (frame[FLAGS_OFFSET]! & Flag.oneTime) !== 0)
  })
  alice.type('exit')
  await alice.exit
  return { recording: { author, frames: [...recorder.data] }, bob }
}

/** In the room where one line is said. */
async function start(room: Room, username: string, ...args: string[]): Promise<Chat> {
  const chat = await room.startJson(username, ...args, '--name', NETWORK_NAME)
  if (username === 'bob') chat.type('/join #tea')
  return chat
}

async function neighbourOf({ peers }: Context, chat: Chat): Promise<RawPeer> {
  const peer = await connectPeer(await chat.address(), { security: 'tls' })
  peers.push(peer)
  return peer.join()
}

/** What the reader is shown of a recording and of a line after it. */
async function played(context: Context, { frames }: Recording, reader: Chat): Promise<unknown[]> {
  await reader.event('conversation', { key: '#tea', change: 'opened' })
  const player = await neighbourOf(context, reader)
  for (const frame of frames) player.send(frame)
  player.send(player.dataFrame(encodeEnvelope({ text: 'the end', from: 'player', to: '' })))
  await reader.event('message', { text: 'the end' })
  return reader.events.filter(({ event }) => event === 'message').map(({ text }) => text)
}

/** Whether some chat in the folder has noted all that `author` said; see packages/chat/src/store/marks-file.ts. */
function isWrittenDown({ folder }: Room, { author, frames }: Recording): boolean {
  const last = Math.max(...frames.filter((frame) => isOf(author, frame)).map((frame) => frame.readUInt32BE(SEQ_OFFSET)))
  const files = [1, 2].map((n) => textOf(join(folder, 'floodnet', `floodchat-${n}.pem.heard`)))
  const marks = files.map((text) => new RegExp(`^${author} \\d+ (\\d+)$`, 'm').exec(text)?.[1])
  return marks.some((seq) => Number(seq) >= last)
}

function isOf(author: string, frame: Buffer): boolean {
  return frame.toString('hex', ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES) === author
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

test.run()

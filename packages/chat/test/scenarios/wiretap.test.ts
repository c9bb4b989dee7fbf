// time-limit: 180 s
// What a node in the middle, which records everything that it passes on, can make of direct messages: real chats on
// loopback that met through it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createNetwork, type Message, type Network } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isSealed } from '../../src/sealed/sealed-message.ts'
import { type Chat, Room } from '../support/floodchat.ts'
import { waitFor } from '../support/wait.ts'

interface Context {
  room: Room
  tap: Network
  recorded: Message[]
  alice: Chat
  bob: Chat
}

const test = suite<Context>('wiretap')
test.before.each(async (context) => {
  const room = new Room()
  const tap = await createNetwork({ listen: '127.0.0.1:0', name: room.network, inboxLimit: 100_000 })
  const recorded: Message[] = []
  tap.messages$.subscribe((message) => void recorded.push(message))
  const start = async (name: string) => {
    const chat = await room.startJson(name, String(tap.address))
    await chat.event('peer-up')
    return chat
  }
  Object.assign(context, { room, tap, recorded, alice: await start('alice'), bob: await start('bob') })
})
test.after.each(async ({ room, tap }) => {
  await room.end()
  await tap.close()
})

function sealedOf(recorded: readonly Message[]): Message[] {
  return recorded.filter(({ payload }) => isSealed(payload))
}

async function idOf(chat: Chat): Promise<string> {
  return String((await chat.event('listening')).id)
}

test('finds neither text nor names nor keys, cannot tell two sealed messages of a class apart, nor their author', async ({
  recorded,
  alice,
  bob
}) => {
  alice.type('@bob the secret word', '@bob x')
  await bob.event('message', { text: 'x', direct: true, sealed: true })
  bob.type('@alice another word')
  await alice.event('message', { text: 'another word', sealed: true })
  // Three lines and the receipts for them.
  await waitFor('receipts', () => sealedOf(recorded).length >= 5)
  const seen = sealedOf(recorded)
  const secrets = ['secret', 'another', 'alice', 'bob', await idOf(alice), await idOf(bob)]
  for (const { payload, origin, hops } of seen) {
    const bytes = Buffer.from(payload)
    for (const secret of secrets) {
      for (const encoded of [
        Buffer.from(secret),
        Buffer.from(secret, 'hex'),
        Buffer.from(Buffer.from(secret).toString('base64'))
      ])
        assert.not.ok(encoded.length > 2 && bytes.includes(encoded), secret)
    }
    assert.not.ok(secrets.includes(origin))
    assert.is(hops, 0)
  }
  assert.equal([...new Set(seen.map(({ payload }) => payload.length))], [512])
  assert.is(new Set(seen.map(({ origin }) => origin)).size, seen.length)
  // Nor is any key in two sealed messages.
  assert.is(new Set(seen.map(({ payload }) => Buffer.from(payload.subarray(4, 36)).toString('hex'))).size, seen.length)
})

test('one changed byte makes a sealed message vanish, counted; played again it is not shown twice', async ({
  room,
  tap,
  recorded,
  alice,
  bob
}) => {
  alice.type('@bob once')
  await bob.event('message', { text: 'once' })
  const sealed = await waitFor('the sealed message at the tap', () => sealedOf(recorded)[0])
  for (const at of [4, 40, 500]) {
    const changed = Uint8Array.from(sealed.payload)
    changed[at]! ^= 1
    await tap.write(changed)
  }
  await tap.write(sealed.payload)
  await tap.write('{"Text":"the end","From":"tap","To":""}')
  await bob.event('message', { text: 'the end' })
  assert.is(bob.events.filter(({ event, text }) => event === 'message' && text === 'once').length, 1)
  bob.type('exit')
  assert.is(await bob.exit, 0)
  const log = readFileSync(join(room.folder, 'floodnet', 'floodchat.log'), 'utf8')
  const counts = log.split('\n').filter((line) => / sealed messages \{/.test(line))
  // The receipt of bob's own is sealed to alice, so it does not open for him either; it is not delivered to its author.
  assert.match(counts.join('\n'), '"opened":2,"closed":3,"forged":0')
  assert.match(log, '"replayed":1')
})

test('a recording played to a reader who has started again is not shown twice', async ({
  room,
  tap,
  recorded,
  alice,
  bob
}) => {
  alice.type('in the open', '@bob sealed')
  await bob.event('message', { text: 'sealed' })
  await bob.event('message', { text: 'in the open' })
  bob.type('exit')
  await bob.exit
  const again = await room.startJson('bob', String(tap.address))
  assert.is(await idOf(again), await idOf(bob))
  await again.event('peer-up')
  // As the tap can: the sealed message anew in a packet of its own. The open line is signed by its author and can only
  // be played in that packet (test/replay.test.ts).
  for (const { payload } of sealedOf(recorded)) await tap.write(payload)
  await tap.write('{"Text":"the end","From":"tap","To":""}')
  await again.event('message', { text: 'the end' })
  const heard = again.events.filter(({ event }) => event === 'message').map(({ text }) => text)
  assert.equal(heard, ['the end'])
})

test.run()

// Leaving the network and joining another without leaving the chat: for programs, and in a real terminal.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Room } from '../support/floodchat.ts'
import { hasJoined, hasTmux, Tmux } from '../support/tmux.ts'
import { waitFor } from '../support/wait.ts'

interface Context {
  room: Room
  other: Room
}

const test = suite<Context>('leaving the network')
test.before.each((context) => {
  context.room = new Room()
  context.other = new Room()
})
test.after.each(async ({ room, other }) => {
  await Promise.all([room.end(), other.end()])
})

test('a chat says goodbye, sees nobody, and talks in the next network under the same key', async ({ room, other }) => {
  const [alice, bob] = [await room.startJson('alice'), await other.startJson('bob')]
  const carol = await room.startJson('carol', await alice.address())
  await Promise.all([alice.event('presence', { name: 'carol' }), carol.event('presence', { name: 'alice' })])
  const key = (await carol.event('listening')).id
  carol.type('/disconnect', '/who', 'to nobody')
  await alice.event('presence', { name: 'carol', change: 'left' })
  await carol.event('presence', { name: 'alice', change: 'left' })
  await carol.event('left')
  await carol.event('notice', { text: 'nobody else is known to be here' })
  await carol.event('notice', { text: 'not done: you are in no network; /connect ADDR joins one', undone: true })
  carol.type(`/connect ${await bob.address()} ${other.network}`)
  await carol.event('notice', { text: `joined ${await bob.address()}` })
  await carol.event('presence', { name: 'bob', change: 'joined' })
  carol.type('hello blue', '@bob psst')
  await bob.event('message', { from: 'carol', text: 'hello blue' })
  await bob.event('message', { from: 'carol', text: 'psst', sealed: true })
  assert.equal(
    carol.events.filter(({ event }) => event === 'listening').map(({ id }) => id),
    [key, key]
  )
  // And back to where the first ones are, by nothing but their ticket.
  alice.type('/invite')
  const invite = await waitFor('the ticket', () => alice.events.find(({ text }) => /^floodnet:/.test(String(text))))
  carol.type('/disconnect', `/connect ${invite.text}`)
  await waitFor(
    'carol again',
    () => alice.events.filter(({ name, change }) => name === 'carol' && change === 'joined').length === 2,
    () => `${alice.output}\n${carol.output}`
  )
  carol.type('home again')
  await alice.event('message', { from: 'carol', text: 'home again' })
  assert.not.ok(`${alice.stdout}${bob.stdout}`.includes('to nobody'))
  carol.type('quit')
  assert.is(await carol.exit, 1)
  assert.match(carol.stderr, /1 of \d lines were not said/)
})

if (hasTmux)
  test('in a terminal one sees where one is', async ({ room }) => {
    const alice = await room.startJson('alice')
    const bob = new Tmux(room, { username: 'bob' }, await alice.address())
    try {
      await bob.shows('the link', hasJoined)
      await bob.shows('the other', (rows) => rows.some((row) => / alice\S* joined$/.test(row)))
      // Who was never heard of cannot leave.
      await alice.event('presence', { name: 'bob', change: 'joined' })
      bob.type('disconnect\r')
      await bob.shows('the hint', (rows) => rows.some((row) => row.includes('/disconnect leaves this network')))
      bob.type('/disconnect\r')
      await bob.shows('that he has left', (rows) => rows.some((row) => row.includes('you have left the network')))
      await alice.event('presence', { name: 'bob', change: 'left' })
      bob.type(`/connect ${await alice.address()}\r`)
      await bob.shows('that he is back', (rows) => rows.filter((row) => / alice\S* joined$/.test(row)).length === 2)
      bob.type('here again\r')
      await alice.event('message', { from: 'bob', text: 'here again' })
    } finally {
      bob.end()
    }
  })

test.run()

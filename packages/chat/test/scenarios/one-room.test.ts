// Two machines on one network, each with floodchat as a newcomer starts it. Each is a network namespace on one bridge.
// time-limit: 120 s
// runs: quiet
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Host, makeHosts, removeHosts, whyNoHosts } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { Chat, CLI, Room } from '../support/floodchat.ts'

const WAIT_MS = 60_000
const missing = whyNoHosts()
const test = suite<{ room: Room }>('one room')
const chats: Chat[] = []

test.before.each((context) => {
  context.room = new Room()
})
test.after.each(async ({ room }) => {
  for (const chat of chats) killTree(chat.process)
  await Promise.all(chats.splice(0).map((chat) => chat.exit))
  removeHosts()
  await room.end()
})
process.once('exit', removeHosts)

if (missing !== null) test.skip(`real hosts (${missing})`, () => {})
else {
  test('two who type `npm start` and nothing else hear each other', async ({ room }) => {
    const [left, right] = makeHosts(2, 0) as [Host, Host]
    const first = start(room, left, 'npm', ['start', '--silent'])
    const second = start(room, right, 'npm', ['start', '--silent'])
    const startedMs = performance.now()
    await until(() => chats.every(({ stdout }) => /listening|joined|here/i.test(stdout)), WAIT_MS, 'both screens')
    const shownMs = performance.now()
    // What is said before there is a neighbour waits for the first one.
    first.type('hello from the left')
    second.type('hello from the right')
    await until(() => first.stdout.includes('hello from the right'), WAIT_MS, 'the words of the right')
    await until(() => second.stdout.includes('hello from the left'), WAIT_MS, 'the words of the left')
    const heardMs = performance.now()
    console.log(
      `measured: npm start on two machines: both screens after ${seconds(startedMs, shownMs)}, both hear each other ` +
        `${seconds(shownMs, heardMs)} later`
    )
  })

  test('a ticket that is pasted leads to its network, and not to whoever took its address', async ({ room }) => {
    const [there, here] = makeHosts(2, 0) as [Host, Host]
    const ours = ['--plain', '--throwaway', '--no-lan', '--name', 'ours']
    const home = start(room, there, process.execPath, [CLI, ...ours, '--commands'])
    home.type('/invite')
    const ticket = await until(() => /floodnet:[a-z2-7]{40,}/.exec(home.stdout)?.[0], WAIT_MS, 'a ticket')
    const newcomer = ['--plain', '--throwaway', '--no-lan', String(ticket)]
    const guest = start(room, here, process.execPath, [CLI, ...newcomer])
    guest.type('here by your ticket')
    await until(() => home.stdout.includes('here by your ticket'), WAIT_MS, 'the guest')

    for (const chat of [home, guest]) killTree(chat.process)
    await Promise.all([home.exit, guest.exit])
    // Another key at the same address, in the same network.
    const impostor = start(room, there, process.execPath, [CLI, ...ours])
    await until(() => impostor.stdout.includes('55555'), WAIT_MS, 'the impostor')
    const betrayed = start(room, here, process.execPath, [CLI, ...newcomer])
    betrayed.type('for my friend')
    await until(() => betrayed.stdout.includes('somebody else than the ticket names: not joined'), WAIT_MS, 'the word')
    assert.not.ok(impostor.stdout.includes('for my friend'))
  })
}

/** State goes to a folder of its own: each is another user. In a group of its own, since npm is between. */
function start(room: Room, { name }: Host, command: string, args: readonly string[]): Chat {
  const state = join(room.folder, `user-${chats.length}`)
  mkdirSync(state)
  // The runner keeps the tests off the machine's own network; here that is the test's.
  const env = { ...room.env, XDG_STATE_HOME: state, HOME: state, FLOODNET_NO_LAN: undefined }
  const chat = new Chat(spawn('ip', ['netns', 'exec', name, command, ...args], { env, detached: true }))
  chats.push(chat)
  return chat
}

function killTree({ pid, exitCode, signalCode }: ChildProcessWithoutNullStreams): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

function seconds(fromMs: number, toMs: number): string {
  return `${((toMs - fromMs) / 1_000).toFixed(1)} s`
}

test.run()

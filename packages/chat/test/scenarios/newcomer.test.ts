// A newcomer in a process of its own, and a network in this one whose thread stands still meanwhile: its I/O worker
// answers, but who is a neighbour is decided later. So it is on a machine with too much to do: the worst case of
// "joined" and the line that follows.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createNetwork, type Network } from '@floodnet/transport'
import { suite } from 'uvu'
import { encodeEnvelope } from '../../src/wire/envelope.ts'
import { CLI, Room } from '../support/floodchat.ts'
import { waitFor } from '../support/wait.ts'

/** Looks while this thread stands still, at most so many times. */
const LOOK_MS = 20
const LOOKS_FOR_LINK = 1_000
const LOOKS_FOR_WORDS = 25

interface Context {
  room: Room
  network: Network
}

const test = suite<Context>('newcomer')
test.before.each(async (context) => {
  context.room = new Room()
  const network = await createNetwork({ listen: '127.0.0.1:0', name: context.room.network })
  context.network = network
  // What is written when there is no neighbour at all waits for the first.
  await context.room.startJson('neighbour', String(network.address))
  await waitFor('the neighbour', () => network.peers.length === 1)
})
test.after.each(async ({ room, network }) => {
  await network.close()
  await room.end()
})

test('whoever says that they have joined hears the very next line', async ({ room, network }) => {
  const newcomer = startNewcomer(room, String(network.address))
  const hasJoined = () => /^\* joined /m.test(newcomer.shown)
  try {
    standStillUntil(() => newcomer.log.includes('"phase":"opened"'), LOOKS_FOR_LINK)
    standStillUntil(hasJoined, LOOKS_FOR_WORDS)
    if (!hasJoined()) await waitFor('the newcomer to join', hasJoined, () => newcomer.shown)
    void network.write(encodeEnvelope({ text: 'hello newcomer', from: 'host', to: '' }))
    await waitFor(
      'the line',
      () => newcomer.shown.includes('hello newcomer'),
      () => newcomer.shown
    )
  } finally {
    await newcomer.end()
  }
})

// Its output goes to files, which can be read while nothing else happens here.
function startNewcomer(room: Room, entry: string) {
  const [log, out] = ['log', 'out'].map((name) => join(room.folder, `newcomer.${name}`)) as [string, string]
  const file = openSync(out, 'w')
  const args = ['--plain', '--throwaway', '--name', room.network, '--listen', '127.0.0.1:0', '--log', log, entry]
  const child = spawn(process.execPath, [CLI, ...args], { env: room.env, stdio: ['pipe', file, file] })
  closeSync(file)
  return {
    get shown() {
      return readFileSync(out, 'utf8')
    },
    get log() {
      return textOf(log)
    },
    async end() {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await ended
    }
  }
}

function standStillUntil(holds: () => boolean, looks: number): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let look = 0; look < looks && !holds(); look++) Atomics.wait(never, 0, 0, LOOK_MS)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

test.run()

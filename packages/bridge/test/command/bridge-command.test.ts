// `floodnet bridge` as a stranger runs it: the command of another package, found by its name.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { encodeEnvelope } from '@floodnet/chat'
import { parseAddress } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { TutorialNode } from '../../src/tutorial/tutorial-node.ts'
import { Stage } from '../support/bridged.ts'
import { type CommandRun, runCommand } from '../support/command-run.ts'

const DEADLINE_MS = 40_000
const FLOODNET = 'packages/transport/bin/floodnet.js'

const test = suite('floodnet bridge')
const stage = new Stage()
test.after.each(() => stage.close())

test('carries words between floodnet and a network of the tutorial, tells what it does, and leaves when told', async () => {
  const far = await TutorialNode.start({ listen: { host: '127.0.0.1', port: 0 } })
  stage.later(() => far.close())
  const foreign: string[] = []
  far.foreign$.subscribe(({ payload }) => foreign.push(new TextDecoder().decode(payload)))
  const near = await stage.listener(null)

  const entry = near.network.address ?? ''
  const run = command(
    ...['bridge', '--join', entry, '--listen', '127.0.0.1:0', '--name', stage.name, '--json'],
    ...['--gob', far.address, '--gob-listen', '127.0.0.1:0']
  )
  const has = (word: string) => (line: string) => line.includes(word)
  // Each end finds out in its own time.
  await until(
    () => far.neighbours.length === 1 && ['is a neighbour', 'peer-up'].every((word) => run.lines.some(has(word))),
    DEADLINE_MS,
    () => `a bridge; it said: ${run.lines.join('\n')}`
  )
  far.say(new TextEncoder().encode('{"Text":"hi","From":"bob","To":""}'))
  await near.network.write(encodeEnvelope({ text: 'hello', from: 'alice', to: '' }))
  await until(
    () => foreign.length > 0 && near.words.length > 0,
    DEADLINE_MS,
    () => run.lines.join('\n')
  )
  assert.equal(near.words, ['bob@gob>: hi'])
  assert.equal(
    foreign.map((line) => JSON.parse(line)),
    [{ Text: 'hello', From: `alice@${stage.name}`, To: '' }]
  )

  const events = run.lines.map((line) => JSON.parse(line))
  for (const event of ['listening', 'peer-up', 'side', 'notice']) {
    assert.ok(
      events.some((one) => one.event === event),
      `${event} in ${run.lines}`
    )
  }
  assert.equal(parseAddress(events.find(({ event }) => event === 'side').address)?.host, '127.0.0.1')
  run.child.kill('SIGTERM')
  assert.equal(await run.exit, [0, null])
  const stats = run.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'stats')
  assert.equal(stats, [{ event: 'stats', written: 1, sides: { gob: { heard: 1, said: 1 } }, lost: {} }])
})

test('a ticket is taken from the input, and its network joined', async () => {
  const near = await stage.listener(null)
  const args = [
    'bridge',
    '--join',
    '-',
    '--listen',
    '127.0.0.1:0',
    '--json',
    '--gob',
    '127.0.0.1:1',
    '--gob-listen',
    '127.0.0.1:0'
  ]
  const run = command(...args)
  run.child.stdin?.write(`${near.network.ticket()}\nmore\n`)
  await until(
    () => run.lines.some((line) => line.includes('peer-up')),
    DEADLINE_MS,
    () => `a link; it said: ${run.lines.join('\n')} ${run.errors.join('\n')}`
  )
  run.child.kill('SIGTERM')
  assert.equal(await run.exit, [0, null])
})

test('bad usage ends with 2 and says why', async () => {
  const run = command('bridge', '--gob', 'nowhere')
  assert.equal(await run.exit, [2, null])
  assert.equal(run.errors, ["floodnet: ERR_FLOODNET_ADDRESS: --gob: 'nowhere' is not an address; write host:port"])
})

test('an address for gop2p that is not of this machine is bad usage, told with the reason', async () => {
  // TEST-NET-1 (RFC 5737): nobody's.
  const run = command('bridge', '--listen', '127.0.0.1:0', '--gop2p', '127.0.0.1:1', '--gop2p-self', '192.0.2.1:5001')
  assert.equal(await run.exit, [2, null])
  assert.match(run.errors.join('\n'), /ERR_FLOODNET_ADDRESS: .*192\.0\.2\.1:5001.*EADDRNOTAVAIL/)
})

test('its help is under `help bridge` too', async () => {
  const [help, same] = [command('help', 'bridge'), command('bridge', '--help')]
  assert.equal(
    [await help.exit, await same.exit],
    [
      [0, null],
      [0, null]
    ]
  )
  assert.match(help.lines[0] ?? '', /^Usage: floodnet bridge/)
  assert.equal(help.lines, same.lines)
})

test('output that cannot be written is a failure', async () => {
  if (!existsSync('/dev/full')) return
  const child = spawn('bash', ['-c', `"${process.execPath}" ${FLOODNET} help bridge > /dev/full`])
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  const [code] = await once(child, 'close')
  assert.is(code, 1)
  assert.match(told, 'ENOSPC')
})

test.run()

function command(...args: string[]): CommandRun {
  return runCommand(stage, args)
}

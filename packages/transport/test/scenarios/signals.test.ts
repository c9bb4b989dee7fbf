// time-limit: 180 s
// Signals and pipes as shells, terminals, npm and containers send and close them, on the built command.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { COMMAND_FILE, type CommandProcess, killCommands, startCommand } from '../support/command.ts'
import { inFolder } from '../support/folder.ts'

const test = suite('signals')
const LOOPBACK = ['--listen', '127.0.0.1:0']
const IS_LINUX = process.platform === 'linux'
const shells: ChildProcess[] = []

/** Runs a line of bash, with the command as `$CLI`, in a process group of its own. */
function bash(line: string): { child: ChildProcess; out: () => string; exit: Promise<number | string> } {
  const env = { ...process.env, CLI: COMMAND_FILE, NODE: process.execPath }
  const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
  shells.push(child)
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      out += chunk
    })
  return { child, out: () => out, exit: once(child, 'exit').then(([code, signal]) => code ?? signal) }
}

/** Waits for a child. */
async function childrenOf(pid: number): Promise<number[]> {
  for (;;) {
    const text = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim()
    if (text !== '') return text.split(' ').map(Number)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function addressOf(command: CommandProcess): Promise<string> {
  return String((await command.event('listening')).address)
}

test.after.each(async () => {
  for (const { pid, exitCode, signalCode } of shells.splice(0))
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
  await killCommands()
})

test('a node leaves the network on SIGHUP, as when its terminal goes', async () => {
  const stays = startCommand(['node', ...LOOPBACK, '--json'])
  const leaves = startCommand(['node', ...LOOPBACK, '--join', await addressOf(stays), '--json'])
  const { id } = await leaves.event('listening')
  await stays.event('peer-up', { id })
  await leaves.event('peer-up')
  leaves.child.kill('SIGHUP')
  assert.is(await leaves.exit, 0, leaves.stderr())
  await stays.event('peer-down', { id, reason: 'leaving' })
})

for (const [how, line] of [
  ['nohup', 'nohup "$NODE" "$CLI" node --listen 127.0.0.1:0 & wait'],
  ["trap '' HUP", 'trap "" HUP; "$NODE" "$CLI" node --listen 127.0.0.1:0 & wait']
] as const) {
  test(`a node that was started with ${how} does not end by SIGHUP`, async () => {
    if (!IS_LINUX) return
    const shell = bash(`${line.replace('& wait', '& echo "pid $!"; wait')}`)
    await until(() => /pid \d+/.test(shell.out()) && shell.out().includes('listening on'), 20_000, 'the node')
    const pid = Number(/pid (\d+)/.exec(shell.out())?.[1])
    process.kill(pid, 'SIGHUP')
    // Answered after the SIGHUP before it.
    process.kill(pid, 'SIGTERM')
    await until(() => shell.out().includes('leaving'), 20_000, 'the leave')
    await shell.exit
    assert.is(shell.out().split('leaving').length, 2)
  })
}

test('with --log SIGHUP opens the log anew and is no leave', () =>
  inFolder(async (folder) => {
    const log = join(folder, 'node.log')
    const node = startCommand(['node', ...LOOPBACK, '--log', log, '--json'])
    await node.event('listening')
    await rename(log, `${log}.1`)
    node.child.kill('SIGHUP')
    const isThere = () =>
      readFile(log).then(
        () => true,
        () => false
      )
    while (!(await isThere())) await new Promise((resolve) => setImmediate(resolve))
    node.child.kill('SIGTERM')
    assert.is(await node.exit, 0)
    assert.match(await readFile(`${log}.1`, 'utf8'), /Z listening on /)
    assert.match(await readFile(log, 'utf8'), /Z leaving/)
    assert.is(node.stderr(), '')
  }))

test('sub ends with its reader though no message comes any more: a pipe', async () => {
  if (!IS_LINUX) return
  const shell = bash('"$NODE" "$CLI" sub --json --listen 127.0.0.1:0 | head -1')
  assert.is(await shell.exit, 0)
  assert.match(shell.out(), '"event":"listening"')
})

test('sub ends with its reader though no message comes any more: a socket', async () => {
  const sub = startCommand(['sub', ...LOOPBACK, '--json'])
  await sub.event('listening')
  sub.child.stdout.destroy()
  assert.is(await sub.exit, 0)
})

test('a node below npm leaves when npm is told to end', async () => {
  const stays = startCommand(['node', ...LOOPBACK, '--json'])
  const entry = await addressOf(stays)
  const shell = bash(
    `npm_lifecycle_event=floodnet sh -c '"$NODE" "$CLI" node --listen 127.0.0.1:0 --join ${entry}; true' & echo "pid $!"; wait`
  )
  const { id } = await stays.event('peer-up')
  await until(() => shell.out().includes('peer up'), 20_000, 'the link')
  process.kill(Number(/pid (\d+)/.exec(shell.out())?.[1]), 'SIGTERM')
  await stays.event('peer-down', { id, reason: 'leaving' })
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a simulation that is the first process of a container ends by ${signal}`, async () => {
    const spaces = 'unshare --fork --pid --mount-proc'
    if ((await bash(`${spaces} true`).exit) !== 0) return console.log('skipped: no namespaces here')
    const shell = bash(`${spaces} "$NODE" "$CLI" sim --nodes 5000 & wait`)
    // Below bash is unshare, below it the first process of the container, below that the one that computes.
    const [unshare = 0] = await childrenOf(shell.child.pid ?? 0)
    const [first = 0] = await childrenOf(unshare)
    await childrenOf(first)
    process.kill(first, signal)
    await shell.exit
    assert.not.match(shell.out(), 'reach')
  })
}

test.run()

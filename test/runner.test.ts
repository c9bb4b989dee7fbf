// The runner must report as failed whatever uvu alone would let pass. Each fixture is one such file.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

interface Run {
  code: number
  output: string
  lastLine: string
}

const runner = suite('runner')
const finished = new Map<string, Promise<Run>>()

const failing: readonly [file: string, says: string | RegExp, lastLine: string][] = [
  ['failing-assertion', 'the expected words', '1 passed, 1 failed'],
  ['throwing-before', 'hook before in suite "prepared" threw: Error: no preparation', '0 passed, 2 failed'],
  ['throwing-after', 'hook after in suite "cleaned" threw: Error: no cleaning', '0 passed, 1 failed'],
  ['missing-run', '.run() is missing in suite "forgotten", tests: 1', '1 passed, 1 failed'],
  ['empty-suite', 'no test ran', '0 passed, 1 failed'],
  ['only-skips', 'no test ran', '0 passed, 1 failed'],
  ['unreasoned-skip', 'skipped without a reason', '1 passed, 1 failed'],
  ['leftover-only', '.only keeps other tests from running: "is alone"', '1 passed, 1 failed'],
  ['leaked-socket', /did not exit by itself, still open: TCPServerWrap$/m, '1 passed, 1 failed'],
  ['leaked-child', 'did not exit by itself, still open: ', '1 passed, 1 failed'],
  ['time-out', /ran into its time limit of 5 s, last in "waits for ever", open: .*ProcessWrap/, '0 passed, 1 failed'],
  ['busy-loop', 'ran into its time limit of 5 s, last in "never yields"', '0 passed, 1 failed'],
  ['unsettled', 'ended before its tests did (exit code 13)', '0 passed, 1 failed'],
  ['early-exit', 'ended before its tests did (exit code 0), last in "leaves early', '0 passed, 1 failed'],
  ['unhandled-rejection', /nobody listens.*ended badly after its tests \(exit code 1\)/s, '1 passed, 1 failed'],
  ['bad-exit-code', 'ended badly after its tests (exit code 3)', '1 passed, 1 failed'],
  ['unbuildable', 'does not build: ', '0 passed, 1 failed']
]

for (const [file, says, lastLine] of failing) {
  runner(`fails ${file}`, async () => {
    const run = await runOnce(file)
    assert.is(run.lastLine, lastLine)
    assert.is(run.code, 1)
    assert.match(run.output, `FAIL test/fixtures/runner/${file}.test.ts`)
    assert.match(run.output, says)
  })
}

runner('passes a green file and says what was skipped and why', async () => {
  const run = await runFixtures('green')
  assert.is(run.lastLine, '2 passed, 0 failed')
  assert.is(run.code, 0)
  assert.match(run.output, 'skipped: adds in the dark (no darkness here)')
})

runner(
  'passes a file that Node locks up as it ends, and says so, but not one that was to end with an error',
  async () => {
    const run = await runFixtures('locked-up')
    assert.is(run.lastLine, '2 passed, 1 failed')
    assert.match(run.output, 'locked-up.test.ts had nothing open, and did not end within 10 s')
    assert.match(run.output, 'FAIL test/fixtures/runner/locked-up-badly.test.ts')
    assert.match(run.output, 'was to end with exit code 3')
  }
)

runner('fails when no file matches', async () => {
  const run = await runFixtures('no-such-file')
  assert.is(run.lastLine, '0 passed, 0 failed')
  assert.is(run.code, 1)
})

runner('adds up the counts of all files', async () => {
  assert.is((await runFixtures('green', 'failing-assertion')).lastLine, '3 passed, 1 failed')
})

runner('runs each file as often as --repeat says', async () => {
  assert.is((await runFixtures('green', '--repeat', '3')).lastLine, '6 passed, 0 failed')
})

runner('runs four files side by side, and a file that asks for it alone', async () => {
  const { lastLine, output } = await runInLanes()
  assert.is(lastLine, '5 passed, 0 failed', output)
})

runner('stops after the first failing file with --bail', async () => {
  assert.is((await runFixtures('early-exit', 'green', '--bail')).lastLine, '0 passed, 1 failed')
})

runner('kills what a file over its time limit has started', async () => {
  assert.ok(await isGone(childIn(await runOnce('time-out'))))
})

runner('kills what a finished file has left behind', async () => {
  assert.ok(await isGone(childIn(await runOnce('leaked-child'))))
})

runner.run()

// The slow ones are asked about twice.
function runOnce(file: string): Promise<Run> {
  const run = finished.get(file) ?? runFixtures(file)
  finished.set(file, run)
  return run
}

async function runFixtures(...args: string[]): Promise<Run> {
  const command = ['scripts/test.mjs', '--from', 'test/fixtures/runner', ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
  const output = await text(child.stdout)
  return { code: await closed, output, lastLine: output.trimEnd().split('\n').at(-1) ?? '' }
}

/** The fixtures tell each other in a folder that they run. */
async function runInLanes(): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'floodnet-lanes-'))
  process.env.FLOODNET_LANES = folder
  try {
    return await runFixtures('lane-')
  } finally {
    delete process.env.FLOODNET_LANES
    await rm(folder, { recursive: true })
  }
}

function childIn(run: Run): number {
  const pid = /child (\d+)$/m.exec(run.output)?.[1]
  assert.ok(pid, 'the fixture names its child')
  return Number(pid)
}

// The signal may still be on its way, so this asks for up to ten seconds.
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (!isRunning(pid)) return true
    await setTimeout(10)
  }
  return false
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}

// A killed process that nobody has waited for yet stays in the table, but runs no more.
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  return / Z \d/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
}

// The core's benchmarks run and print a line for everything that they promise. No time is held against anything.
import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const LIMIT_MS = 60_000
const NAMES = [
  'core.window.1',
  'core.window.64',
  'core.window.4000',
  'core.decode',
  'core.flood.fresh',
  'core.flood.dup',
  'core.batch.encode',
  'core.batch.decode'
]

interface Line {
  bench: string
  metric: string
  value: number
  min: number
  max: number
  runs: number[]
  node: string
}

test('bench:core --quick prints a line of JSON for each benchmark', () => {
  const lines = run('--quick', '--json')
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Line)
  for (const name of NAMES) {
    const line = lines.find(({ bench, metric }) => bench === name && metric === 'ns_per_op')
    assert.ok(line !== undefined && line.value > 0, name)
    assert.is(line.runs.length, 1)
    assert.is(line.node, process.version)
  }
  const growth = lines.filter(({ bench, metric }) => bench === 'core.window.memory' && metric.startsWith('growth_'))
  // Counted, not timed: holds on any machine.
  assert.equal(
    growth.map(({ value }) => value),
    [1, 1]
  )
})

test('bench:core prints a table with the machine in front', () => {
  const text = run('--quick', '--only', 'core.decode')
  assert.match(text, process.version)
  assert.match(text, /^core\.decode .* ns /m)
  assert.not.match(text, 'core.flood')
})

test('bench:core refuses what it does not know', () => {
  const { status, stderr } = spawn('--only', 'core.nothing')
  assert.is(status, 2)
  assert.match(stderr, 'core.nothing')
  assert.is(spawn('--fast').status, 2)
})

test.run()

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawn(...args)
  if (status !== 0) assert.unreachable(stderr)
  return stdout
}

function spawn(...args: string[]) {
  return spawnSync(process.execPath, ['bench/start.mjs', 'core', ...args], { encoding: 'utf8', timeout: LIMIT_MS })
}

// time-limit: 300 s
// Formatting, lint rules and types are held by the suite, so that they cannot fall behind.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const { resolve } = createRequire(import.meta.url)

test('biome finds nothing to say', () => {
  passes(resolve('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--colors=off')
})

test('all sources, tests and benchmarks have sound types', () => {
  passes(resolve('typescript/bin/tsc'), '--noEmit')
})

test('the playground has sound types', () => {
  passes(resolve('typescript/bin/tsc'), '--noEmit', '-p', 'packages/playground')
})

test('the page of the dashboard has sound types, and uses nothing of Node', () => {
  passes(resolve('typescript/bin/tsc'), '--noEmit', '-p', 'packages/transport/src/dashboard/page')
})

test.run()

function passes(...command: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  if (status !== 0) assert.unreachable(`\n${stdout}${stderr}`)
}

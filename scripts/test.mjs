// The test runner. uvu runs the tests of a file; this holds each file to what uvu lets pass: see runner/verdict.mjs.
//   npm test -- PATTERN...   only files whose path contains one of the patterns
//   --repeat N               each file N times
//   --bail                   one file after the other, and stop after the first that fails
//   --from FOLDER            the test files of this folder alone
//   --quick                  what needs no sockets, processes or threads: see runner/quick.mjs
import { parseArgs } from 'node:util'
import { bundleTest } from './runner/bundle.mjs'
import { describe, describeTotals } from './runner/describe.mjs'
import { findTests } from './runner/find.mjs'
import { orderOf } from './runner/order.mjs'
import { killRunning, runProcess } from './runner/process.mjs'
import { isQuick } from './runner/quick.mjs'
import { judge, judgeUnbuilt } from './runner/verdict.mjs'

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: 'string', default: '1' },
    bail: { type: 'boolean', default: false },
    from: { type: 'string' },
    quick: { type: 'boolean', default: false }
  }
})
const repeats = Number(options.repeat)
if (!Number.isInteger(repeats) || repeats < 1) usage(`--repeat takes a whole number from 1, not ${options.repeat}`)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
process.on('exit', killRunning)

const totals = { passed: 0, failed: 0 }
/** By file, as promises: with --repeat several lanes may have the same one. */
const bundles = {}
const found = findTests(options.from, patterns)
const files = repeat(options.quick ? found.filter(isQuick) : found, repeats)

const { lanes, alone } = orderOf(files)
if (options.bail) await runLane([files])
else {
  await Promise.all(lanes.map(runLane))
  await runLane([alone])
}

if (totals.passed + totals.failed === 0) console.log('no test file matches')
console.log(describeTotals(totals))
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0

/** Each file's lines are printed when it has ended, in one piece. Lanes share lists: who takes a file, has it. */
async function runLane(lists) {
  const next = () => lists.find((list) => list.length > 0)?.shift()
  for (let file = next(); file !== undefined; file = next()) {
    if (options.bail && totals.failed > 0) return
    count(file, await runFile(file))
  }
}

async function runFile(file) {
  bundles[file] ??= bundleTest(file)
  const bundled = await bundles[file]
  return bundled.error === undefined ? judge(await runProcess(file, bundled.path)) : judgeUnbuilt(bundled.error)
}

function count(file, verdict) {
  totals.passed += verdict.passed
  totals.failed += verdict.failed
  console.log(describe(file, verdict))
}

function repeat(found, times) {
  return Array.from({ length: times }, () => found).flat()
}

function stop(signal) {
  console.log(`stopped by ${signal}`)
  process.exit(1)
}

function usage(message) {
  console.error(message)
  process.exit(2)
}

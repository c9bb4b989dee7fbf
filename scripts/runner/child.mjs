// The process of one test file: loads it, runs its suites, and reports events to the runner as lines on descriptor 3.
// They are written synchronously, so that nothing is lost when the process dies in the middle of a test.
import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const exitGraceMs = 3000

// uvu looks at these two when it loads: it then queues the suites and leaves running them to us.
globalThis.UVU_DEFER = true
globalThis.UVU_QUEUE = [[]]
const { observeTests, suitesNotRun } = await import('./uvu.mjs')

// Here, and not for all threads: each worker of each node would read the maps of what it loads.
process.setSourceMapsEnabled(true)

// Our own ends of the output pipes are open from the start, and no leak of the test's.
const ownResources = openResources()
observeTests(report)
process.on('SIGUSR2', () => report({ kind: 'waits', resources: without(openResources(), ownResources) }))
await import(pathToFileURL(process.argv[2]).href)
for (const runSuite of globalThis.UVU_QUEUE[0]) await reportSuite(runSuite)
report({ kind: 'done', notRun: suitesNotRun() })

// Node may lock up as it ends (nodejs/node#54918): the runner is told that nothing keeps this process any more.
const watch = setInterval(reportIdle, 20)
// Does not keep the process alive itself: it fires only when something else does.
setTimeout(reportLeak, exitGraceMs).unref()

async function reportSuite(runSuite) {
  const [errors, passed, , total] = await runSuite()
  if (errors !== true) process.stdout.write(`\n${errors}\n`)
  report({ kind: 'suite', passed, total })
}

function reportIdle() {
  if (without(openResources(), [...ownResources, 'Timeout']).length > 0) return
  clearInterval(watch)
  report({ kind: 'idle', code: process.exitCode ?? 0 })
}

function reportLeak() {
  clearInterval(watch)
  report({ kind: 'leaked', resources: without(openResources(), ownResources) })
  process.exit(1)
}

function openResources() {
  // Asked for, they are opened; otherwise the first word of a test would open them.
  void [process.stdout, process.stderr]
  return process.getActiveResourcesInfo()
}

function without(all, some) {
  const left = [...all]
  for (const one of some) left.splice(left.indexOf(one), left.includes(one) ? 1 : 0)
  return left
}

function report(event) {
  writeSync(3, `${JSON.stringify(event)}\n`)
}

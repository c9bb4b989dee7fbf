// Decides what a file's run is worth. A failing test counts as one failed, and so does the file itself when
// something is wrong that uvu would let pass. Of a file that was cut short only whole suites count as passed.

/** { passed, failed, skipped: names, problems: sentences, output, seconds } */
export function judge(run) {
  const suites = ofKind(run, 'suite')
  const passed = sum(suites.map((suite) => suite.passed))
  const failedTests = sum(suites.map((suite) => suite.total - suite.passed))
  const problems = checks.flatMap((check) => check(run))
  return {
    passed,
    failed: failedTests + (problems.length > 0 ? 1 : 0),
    skipped: ofKind(run, 'skipped').map((event) => event.name),
    problems,
    output: run.output,
    seconds: run.seconds
  }
}

export function judgeUnbuilt(error) {
  return { passed: 0, failed: 1, skipped: [], problems: [`does not build: ${error}`], output: '', seconds: 0 }
}

const checks = [findEarlyEnd, findThrowingHooks, findNotRun, findOnly, findUnreasonedSkips, findLeak, findBadExit]

function findEarlyEnd(run) {
  const during = ofKind(run, 'started').at(-1)
  const where = during === undefined ? '' : `, last in "${during.name}"`
  const waits = ofKind(run, 'waits').map(({ resources }) => `, open: ${resources.join(', ') || 'nothing'}`)
  if (run.timedOut) return [`ran into its time limit of ${run.limitSeconds} s${where}${waits.join('')}`]
  return isDone(run) ? [] : [`ended before its tests did (${howEnded(run)})${where}`]
}

function findThrowingHooks(run) {
  return ofKind(run, 'hook-threw').map(({ title, when, error }) => `hook ${when}${inSuite(title)} threw: ${error}`)
}

function findNotRun(run) {
  if (!isDone(run)) return []
  const notRun = ofKind(run, 'done')[0].notRun
  if (notRun.length > 0) return notRun.map(({ title, tests }) => `.run() is missing${inSuite(title)}, tests: ${tests}`)
  return sum(ofKind(run, 'suite').map((suite) => suite.total)) === 0 ? ['no test ran'] : []
}

function findOnly(run) {
  return ofKind(run, 'only').map(({ name }) => `.only keeps other tests from running: "${name}"`)
}

// A skip says why at its end: test.skip('dials over IPv6 (this machine has no IPv6)').
function findUnreasonedSkips(run) {
  const unreasoned = ofKind(run, 'skipped').filter(({ name }) => !/\(.+\)$/.test(name))
  return unreasoned.map(({ name }) => `skipped without a reason in brackets at the end of its name: "${name}"`)
}

function findLeak(run) {
  return ofKind(run, 'leaked').map(({ resources }) => `did not exit by itself, still open: ${resources.join(', ')}`)
}

function findBadExit(run) {
  // A fault of Node's, not of the tests: they have ended, and nothing was open.
  if (run.lockedUp) {
    const { code } = ofKind(run, 'idle')[0]
    return code === 0 ? [] : [`was to end with exit code ${code}`]
  }
  const told = run.timedOut || !isDone(run) || ofKind(run, 'leaked').length > 0
  return told || run.code === 0 ? [] : [`ended badly after its tests (${howEnded(run)})`]
}

function ofKind(run, kind) {
  return run.events.filter((event) => event.kind === kind)
}

function isDone(run) {
  return ofKind(run, 'done').length > 0
}

function howEnded({ code, signal }) {
  return signal === null ? `exit code ${code}` : signal
}

function inSuite(title) {
  return title === '' ? '' : ` in suite "${title}"`
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

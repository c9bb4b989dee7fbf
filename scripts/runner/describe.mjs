// What the runner prints: a line a file with what it skipped and measured, its output in full when it failed, and the
// totals.

export function describe(file, verdict) {
  const { passed, failed, skipped, seconds } = verdict
  const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`
  return [
    `${failed > 0 ? 'FAIL' : 'ok  '} ${file}  ${counts}  ${seconds.toFixed(2)} s`,
    ...skipped.map((name) => `     skipped: ${name}`),
    ...(failed > 0 ? details(verdict) : measured(verdict))
  ].join('\n')
}

/** The last line: others read it. */
export function describeTotals({ passed, failed }) {
  return `${passed} passed, ${failed} failed`
}

/** Times are printed, and not asserted: `measured: ` and a figure. The reporter writes before it on the same line. */
function measured({ output }) {
  return Array.from(output.matchAll(/measured: .*/g), ([line]) => `     ${line}`)
}

function details({ output, problems }) {
  const said = output.trim() === '' ? [] : [output.trimEnd()]
  return [...said, ...problems.map((problem) => `  problem: ${problem}`), '']
}

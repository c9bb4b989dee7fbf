// What the runner prints: a line a file, its output in full when it failed, and the totals.

export function describe(file, verdict) {
  const { passed, failed, skipped, seconds } = verdict
  const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`
  return [
    `${failed > 0 ? 'FAIL' : 'ok  '} ${file}  ${counts}  ${seconds.toFixed(2)} s`,
    ...skipped.map((name) => `     skipped: ${name}`),
    ...(failed > 0 ? details(verdict) : [])
  ].join('\n')
}

/** The last line: others read it. */
export function describeTotals({ passed, failed }) {
  return `${passed} passed, ${failed} failed`
}

function details({ output, problems }) {
  const said = output.trim() === '' ? [] : [output.trimEnd()]
  return [...said, ...problems.map((problem) => `  problem: ${problem}`), '']
}

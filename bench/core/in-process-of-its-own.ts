// The core's benchmarks from within `npm run bench`: each in a fresh process, as the others are, so that none finds
// code that another one has made the compiler give up on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ResultLine } from '../report/lines.ts'
import type { Bench, Figures, Phases } from '../run/bench.ts'
import { CORE_BENCHES } from './benches.ts'

const LIMIT_MS = 60_000

export const SEPARATE_CORE_BENCHES: readonly Bench[] = CORE_BENCHES.map((bench) => ({
  ...bench,
  run: (phases: Phases) => runAlone(bench.name, phases.timedMs < 1_000)
}))

async function runAlone(name: string, quick: boolean): Promise<Figures> {
  const program = fileURLToPath(new URL('core.js', import.meta.url))
  const args = [
    '--expose-gc',
    program,
    '--json',
    '--runs',
    '1',
    '--exactly',
    '--only',
    name,
    ...(quick ? ['--quick'] : [])
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: LIMIT_MS })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code, signal] = await once(child, 'close')
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}`)
  const lines = Buffer.concat(chunks).toString().trim().split('\n')
  const results = lines.map((line) => JSON.parse(line) as ResultLine)
  return Object.fromEntries(results.map(({ metric, value }) => [metric, value]))
}

// `npm run bench:core`: the core alone, in seconds.
import { CORE_BENCHES } from './core/benches.ts'
import { runCommand } from './run/command.ts'

await runCommand({
  name: 'bench:core',
  about: 'The core alone: replay windows, framing, flood, batches. No sockets, no threads.',
  benches: () => CORE_BENCHES,
  phases: { warmUpMs: 800, timedMs: 1_500, watchMs: 0 },
  quickPhases: { warmUpMs: 200, timedMs: 150, watchMs: 0 }
})

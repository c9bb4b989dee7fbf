// Bundles the benchmarks as the test runner bundles tests, and runs one of them:
//   node bench/start.mjs main | core | peers [options]
import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { benchOptions } from '../scripts/bundle-options.mjs'
import { writeChanged } from '../scripts/write-changed.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** What runs by itself: the commands, and the programs of the processes and threads that they start. */
const entries = [
  'main',
  'core',
  'peers',
  'nodes/station',
  'raw/pipe',
  'raw/sink',
  'raw/source',
  'systems/floodnet',
  'threads/slab-hop',
  'threads/slab-receiver'
]

const [command, ...args] = process.argv.slice(2)
if (!['main', 'core', 'peers'].includes(command)) {
  console.error('usage: node bench/start.mjs main | core | peers [options]')
  process.exit(2)
}

// The core's benchmarks are bundled from the sources; whole nodes run the built package, its worker being a file of its
// own.
if (command !== 'core') {
  // To standard error: lines of JSON have standard output to themselves.
  const { status } = spawnSync(process.execPath, ['build.mjs', '--js'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}

const { outputFiles } = await build({
  ...benchOptions,
  absWorkingDir: root,
  entryPoints: entries.map((name) => `bench/${name}.ts`),
  outdir: 'build/bench',
  outbase: 'bench'
})
await Promise.all(outputFiles.map((file) => writeChanged(file.path, file.contents)))

// A process of its own, because the benchmarks of the core want the collector at hand.
const child = spawn(
  process.execPath,
  ['--expose-gc', '--enable-source-maps', join(root, 'build/bench', `${command}.js`), ...args],
  { cwd: root, stdio: 'inherit' }
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('close', (code) => {
  process.exitCode = code ?? 1
})

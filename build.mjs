// Builds every package: esbuild bundles the code, tsc writes the declarations.
//   node build.mjs                   all of it
//   node build.mjs --js              no declarations, and so no type errors either
//   node build.mjs --allow-missing   while entry files are still to be written
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { packageOptions, threadOptions } from './scripts/bundle-options.mjs'
import { bundleDashboard } from './scripts/dashboard-bundle.mjs'
import { bundlePlayground } from './scripts/playground-bundle.mjs'
import { writeChanged } from './scripts/write-changed.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const packages = ['core', 'transport', 'chat', 'bridge']

// Each thread's code is an entry of its own, loaded by its address: './worker.js' and './solver.js' beside index.js and
// cli.js.
const entries = [
  { from: 'packages/core/src/index.ts', to: 'packages/core/dist/index.js' },
  { from: 'packages/core/src/sim/index.ts', to: 'packages/core/dist/sim/index.js' },
  { from: 'packages/transport/src/index.ts', to: 'packages/transport/dist/index.js' },
  { from: 'packages/transport/src/worker/main.ts', to: 'packages/transport/dist/worker.js', thread: true },
  { from: 'packages/transport/src/worker/work/solver.ts', to: 'packages/transport/dist/solver.js', thread: true },
  { from: 'packages/transport/src/cli.ts', to: 'packages/transport/dist/cli.js', command: true },
  { from: 'packages/chat/src/index.ts', to: 'packages/chat/dist/index.js' },
  { from: 'packages/chat/src/cli.ts', to: 'packages/chat/dist/cli.js', command: true },
  { from: 'packages/bridge/src/index.ts', to: 'packages/bridge/dist/index.js' },
  { from: 'packages/bridge/src/cli.ts', to: 'packages/bridge/dist/cli.js', command: true }
]

const { values: flags } = parseArgs({
  options: { js: { type: 'boolean' }, 'allow-missing': { type: 'boolean' } }
})

try {
  await build()
} catch (error) {
  console.error(`build: ${error.message}`)
  process.exitCode = 1
}

async function build() {
  if (preparedWithoutTools()) return console.log('build: development dependencies are left out, nothing is built')
  const started = Date.now()
  await bundle()
  if (!flags.js) declare()
  console.log(`build: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

// `npm ci --omit=dev` runs `prepare` too, but brings neither esbuild nor tsc.
function preparedWithoutTools() {
  return process.env.npm_lifecycle_event === 'prepare' && /\bdev\b/.test(process.env.npm_config_omit ?? '')
}

async function bundle() {
  const esbuild = await import('esbuild')
  const bundles = entries.filter(isWanted).map((entry) => bundleEntry(esbuild, entry))
  await Promise.all([...bundles, bundleDashboard(esbuild, root), bundlePlayground(esbuild, root)])
}

function isWanted({ from }) {
  if (existsSync(join(root, from))) return true
  if (!flags['allow-missing']) throw new Error(`${from} is missing`)
  console.log(`build: ${from} is missing, left out`)
  return false
}

async function bundleEntry(esbuild, { from, to, command = false, thread = false }) {
  const { outputFiles } = await esbuild.build({
    ...(thread ? threadOptions : packageOptions),
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    ...(command && !hasShebang(from) && { banner: { js: '#!/usr/bin/env node' } })
  })
  await Promise.all(outputFiles.map((file) => writeChanged(file.path, file.contents, modeOf(file, command))))
}

function hasShebang(from) {
  return readFileSync(join(root, from), 'utf8').startsWith('#!')
}

function modeOf(file, command) {
  return command && file.path.endsWith('.js') ? 0o755 : undefined
}

function declare() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const projects = packages.filter(hasSources)
  projects.forEach(forgetWhenUnbuilt)
  const { status } = spawnSync(process.execPath, [tsc, '--build', ...projects.map((name) => `packages/${name}`)], {
    cwd: root,
    stdio: 'inherit'
  })
  if (status !== 0) throw new Error('the sources have type errors')
}

function hasSources(name) {
  return entries.some(({ from }) => from.startsWith(`packages/${name}/`) && existsSync(join(root, from)))
}

// tsc believes its build info and does not look whether the declarations are still there.
function forgetWhenUnbuilt(name) {
  const declared = entries.some(
    ({ to }) => to.startsWith(`packages/${name}/`) && existsSync(join(root, to.replace(/js$/, 'd.ts')))
  )
  if (!declared) rmSync(join(root, `build/types/${name}.tsbuildinfo`), { force: true })
}

// Runs the whole suite under each Node version we promise to support, from the npm package `node`.
//   npm run test:nodes -- [arguments of the runner]
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, resolve } from 'node:path'

const versions = ['20.19', '22', '24']

const results = versions.map((version) => runUnder(version))
console.log(results.map(({ line }) => line).join('\n'))
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1

function runUnder(version) {
  const binary = install(version)
  const name = spawnSync(binary, ['-v'], { encoding: 'utf8' }).stdout.trim()
  console.log(`node ${name}`)
  const { status, stdout } = spawnSync(binary, ['scripts/test.mjs', ...process.argv.slice(2)], {
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Commands that tests start by name must meet the same version.
    env: { ...process.env, PATH: [dirname(binary), process.env.PATH].join(delimiter) }
  })
  process.stdout.write(stdout)
  return { ok: status === 0, line: `node ${name}: ${stdout.trimEnd().split('\n').at(-1)}` }
}

function install(version) {
  const folder = resolve('build/nodes', version)
  mkdirSync(folder, { recursive: true })
  // Without a package.json of its own npm would look for one further up, and find ours.
  writeFileSync(resolve(folder, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder]
  const { status } = spawnSync('npm', [...args, `node@${version}`], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`node@${version} could not be installed`)
  return resolve(folder, 'node_modules/node/bin/node')
}

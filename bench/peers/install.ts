// Installs the other systems as their lock file says, when they are not there yet.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const PEERS = new URL('../../bench/peers/', import.meta.url)

export async function installPeers(): Promise<void> {
  if (isInstalled()) return
  process.stderr.write('installing bench/peers\n')
  // No scripts: what is compiled comes within the packages.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync('npm', args, { cwd: fileURLToPath(PEERS), stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error('bench/peers could not be installed')
}

/** Exact versions, from its package.json. */
export function versionOf(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', PEERS), 'utf8'))
  return `${name} ${dependencies[name]}`
}

/** npm writes down what it has installed; it must be what the lock file says. */
function isInstalled(): boolean {
  const done = new URL('node_modules/.package-lock.json', PEERS)
  if (!existsSync(done)) return false
  const [wanted, present] = [new URL('package-lock.json', PEERS), done].map((url) => packagesOf(url))
  return Object.entries(present!).every(([path, version]) => wanted![path] === version)
}

function packagesOf(url: URL): Record<string, string> {
  const { packages } = JSON.parse(readFileSync(url, 'utf8')) as { packages: Record<string, { version: string }> }
  return Object.fromEntries(Object.entries(packages).map(([path, { version }]) => [path, version]))
}

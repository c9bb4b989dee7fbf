// What floodnet needs from its runtime. Runtimes other than Node lack some of it, and would fail without saying why.
import { TLSSocket } from 'node:tls'
import { FloodnetError } from '@floodnet/core'

/** As in `engines` of package.json. */
const MIN_NODE = [20, 19] as const

/** @throws ERR_FLOODNET_START naming the runtime and what it lacks. `secure`: links use TLS. */
export function checkRuntime(
  secure: boolean,
  versions: Readonly<Record<string, string | undefined>> = process.versions
): void {
  const missing = lackOf(secure, versions)
  if (missing === null) return
  throw new FloodnetError(
    'ERR_FLOODNET_START',
    `this runtime (${runtimeName(versions)}) cannot run floodnet: it has no ${missing}. Run floodnet with Node.js ${MIN_NODE.join('.')} or later`
  )
}

function lackOf(secure: boolean, { node = '0.0.0' }: Readonly<Record<string, string | undefined>>): string | null {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1]))
    return `Node.js API of ${MIN_NODE.join('.')}`
  // Both ends of a link prove their key over it.
  if (secure && typeof TLSSocket.prototype.exportKeyingMaterial !== 'function') return 'TLSSocket.exportKeyingMaterial'
  if (typeof SharedArrayBuffer === 'undefined') return 'SharedArrayBuffer'
  return null
}

function runtimeName({ deno, bun, node }: Readonly<Record<string, string | undefined>>): string {
  if (deno !== undefined) return `Deno ${deno}`
  return bun === undefined ? `Node.js ${node ?? 'of unknown version'}` : `Bun ${bun}`
}

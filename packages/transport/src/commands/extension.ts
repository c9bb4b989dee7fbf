// Commands that other packages bring, as in git: `floodnet X` is the executable `floodnet-X` of the package
// @floodnet/X, if it is installed beside this one. It is found like a module, so PATH and the shell do not matter.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Commands of known packages, so that a missing package can be told from a wrong word. */
export const EXTENSIONS = ['bridge'] as const

/** Finds a file of a package; throws if there is none. */
export type Resolve = (name: string) => string

/** Looks beside this package, wherever it is installed. */
export const resolveBeside: Resolve = createRequire(import.meta.url).resolve

/** The executable's file; null if no package brings this command. */
export function findExtension(command: string | undefined, resolve: Resolve = resolveBeside): string | null {
  if (command === undefined || !/^[a-z][a-z0-9-]*$/.test(command)) return null
  const manifestPath = tryResolve(`@floodnet/${command}/package.json`, resolve)
  if (manifestPath === null) return null
  const { bin = {} }: { bin?: Readonly<Record<string, string>> } = JSON.parse(readFileSync(manifestPath, 'utf8'))
  const file = bin[`floodnet-${command}`]
  return file === undefined ? null : join(dirname(manifestPath), file)
}

/** What to do about a known command whose package is missing; null for a word that is not a command. */
export function missingExtension(command: string): string | null {
  if (!(EXTENSIONS as readonly string[]).includes(command)) return null
  return `floodnet ${command} comes with the package @floodnet/${command}, which is not installed beside this one`
}

function tryResolve(name: string, resolve: Resolve): string | null {
  try {
    return resolve(name)
  } catch {
    return null
  }
}

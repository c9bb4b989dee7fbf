// Imports point downward only: bridge -> chat -> transport -> core, and playground -> core. Across packages they go by
// name, never by path.
// What the tests of all packages share lies in test/support: only tests take it from there, and it knows no package.
import { posix } from 'node:path'
import { importsOf, type SourceFile } from './syntax.ts'

const SHARED = 'test/support/'
const below: Readonly<Record<string, readonly string[]>> = {
  core: [],
  transport: ['core'],
  chat: ['core', 'transport'],
  bridge: ['core', 'transport', 'chat'],
  playground: ['core']
}

export function findWrongImports(file: SourceFile): string[] {
  const own = packageOf(file.path)
  return importsOf(file).flatMap((name) => {
    const problem = name.startsWith('.') ? pathProblem(file.path, own, name) : nameProblem(file.path, own, name)
    return problem === undefined ? [] : [`${file.path}: '${name}' ${problem}`]
  })
}

function pathProblem(path: string, own: string | undefined, name: string): string | undefined {
  const targetPath = posix.join(posix.dirname(path), name)
  if (targetPath.startsWith(SHARED) && isTest(path)) return undefined
  return packageOf(targetPath) === own ? undefined : 'reaches out of its package by path'
}

function nameProblem(path: string, own: string | undefined, name: string): string | undefined {
  const target = /^@floodnet\/([^/]+)/.exec(name)?.[1]
  if (target !== undefined && path.startsWith(SHARED)) return 'is a package, but all packages share this'
  if (own === undefined || target === undefined) return undefined
  if (!(target in below)) return 'is no package of ours'
  // Tests of what runs in threads need the built package, and get it by its own name.
  if (target === own && isTest(path)) return undefined
  return below[own]?.includes(target) ? undefined : `is not below ${own}`
}

function isTest(path: string): boolean {
  return /^(packages\/[^/]+\/)?test\//.test(path)
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1]
}

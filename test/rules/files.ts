// The files that the rules hold for, read from the working directory, which is the root.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from './syntax.ts'

const notOurs = new Set(['node_modules', 'dist', 'build', 'coverage', '.git'])

/** Paths from the root, with '/'. */
export function findPaths(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name).replaceAll('\\', '/')
    if (item.isDirectory()) return notOurs.has(item.name) ? [] : findPaths(path)
    return [path]
  })
}

export function readFiles(paths: readonly string[]): SourceFile[] {
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

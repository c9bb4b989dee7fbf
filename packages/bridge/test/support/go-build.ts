// Programs in Go for tests, built with the Go that is installed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface GoProgram {
  readonly program: string
  remove(): void
}

/** Why none can be built here; null when they can. */
export function whyNoGo(): string | null {
  return spawnSync('go', ['version']).status === 0 ? null : 'Go is not installed'
}

/** Builds a program of one file, with the standard library alone. */
export function buildGo(source: string): GoProgram {
  const folder = mkdtempSync(join(tmpdir(), 'floodnet-go-'))
  writeFileSync(join(folder, 'main.go'), source)
  writeFileSync(join(folder, 'go.mod'), 'module member\n\ngo 1.18\n')
  // Go's own cache, as for any build; where there is no home for it, one that goes with the folder.
  const cache = process.env.HOME === undefined ? { GOCACHE: join(folder, 'cache') } : {}
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local', ...cache }
  const { status, stderr } = spawnSync('go', ['build', '-o', 'program', '.'], { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`go build: ${stderr}`)
  return { program: join(folder, 'program'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

// The documents against the code: what they name exists, and what must be named is.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { CLOSE_REASONS, closeReasonNumber, JOIN_REFUSALS, joinDefaults, LIMITS } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findPaths } from './rules/files.ts'

const vectorsPath = 'packages/core/test/vectors/frames.json'
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...findPaths('packages').filter((path) => /^packages\/\w+\/README\.md$/.test(path)),
  ...findPaths('docs').filter((path) => path.endsWith('.md'))
]
const architecture = read('docs/ARCHITECTURE.md')
const protocol = read('docs/PROTOCOL.md')
const options = optionsIn('packages/transport/src/api.ts')

test('every file named by its path exists', () => {
  const missing = documents.flatMap((document) => pathsIn(read(document)).filter((path) => !existsSync(path)))
  assert.equal(missing, [])
})

test('the code map has a heading for each folder of sources, and for no other', () => {
  const sources = findPaths('packages').filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path))
  const folders = [...new Set(sources.map((path) => posix.dirname(path)))]
  assert.equal(codeMap().toSorted(), folders.toSorted())
})

test('every test that holds an invariant exists', () => {
  const named = [...architecture.matchAll(/`([^`]+\.test\.ts)`: "([^"]+)"/g)]
  assert.ok(named.length > 10)
  const gone = named.filter(([, path = '', name = '']) => !existsSync(path) || !read(path).includes(name))
  assert.equal(
    gone.map(([whole]) => whole),
    []
  )
})

test('links between the documents lead somewhere', () => {
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)]*)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !leadsSomewhere(document, target))
      .map((target) => `${document}: ${target}`)
  )
  assert.equal(broken, [])
})

test('the options shown are those that --help prints', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/help-doc.mjs', '--check'], { encoding: 'utf8' })
  assert.is(status, 0, stderr)
})

test('the table of limits is what the sources say', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/limits-doc.mjs', '--check'], { encoding: 'utf8' })
  assert.is(status, 0, stderr)
})

test('every option is in docs/API.md, and every limit in docs/LIMITS.md', () => {
  const api = read('docs/API.md')
  const limits = read('docs/LIMITS.md')
  assert.ok(options.length > 10)
  assert.equal(
    options.filter((name) => !new RegExp(`^\\| [^|]*\`${name}\``, 'm').test(api)),
    []
  )
  // What a program or an earlier run named, and no limit.
  const given = ['entries', 'pinned', 'remembered']
  const names = [...Object.keys(LIMITS), ...Object.keys(joinDefaults).filter((name) => !given.includes(name))]
  assert.equal(
    names.filter((name) => !limits.includes(`| \`${name}\` |`)),
    []
  )
})

test('the defaults named in docstrings are those of the code', () => {
  const files = ['packages/transport/src/api.ts', 'packages/transport/src/network-limits.ts']
  const named = files.flatMap((path) => defaultsIn(read(path)))
  assert.ok(named.length > 30)
  assert.equal(
    named.filter(([name, value]) => LIMITS[name as keyof typeof LIMITS].value !== value),
    []
  )
})

test('the numbers of reasons are those of the wire', () => {
  const reasons = CLOSE_REASONS.map((reason) => [closeReasonNumber(reason), reason] as const)
  assert.equal(numbered(protocol, '## LEAVE'), reasons)
  assert.equal(numbered(protocol, '### The frames'), [...JOIN_REFUSALS.entries()])
})

test('every frame shown in hexadecimal is one of the vectors', () => {
  const { frames } = JSON.parse(read(vectorsPath)) as { frames: { frame: Record<string, string> }[] }
  const known = new Set(frames.map(({ frame }) => Object.values(frame).join('')))
  const shown = [...protocol.matchAll(/^```hex\n([\s\S]*?)^```$/gm)].map(([, hex = '']) => hex.replace(/\s/g, ''))
  assert.ok(shown.length > 0)
  assert.equal(
    shown.filter((hex) => !known.has(hex)),
    []
  )
})

test.run()

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

/** Paths from the root, in backticks. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`((?:packages|scripts|test|docs|bench)\/[\w./-]+\.(?:ts|mjs|json|md))`/g)]
  return named.map(([, path = '']) => path)
}

/** The folders that the code map is about. */
function codeMap(): string[] {
  return [...architecture.matchAll(/^### (packages\/\S+)$/gm)].map(([, folder = '']) => folder)
}

function leadsSomewhere(document: string, target: string): boolean {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? document : posix.join(posix.dirname(document), file)
  if (!existsSync(path)) return false
  return anchor === undefined || anchorsIn(read(path)).includes(anchor)
}

/** Headings as GitHub names them. */
function anchorsIn(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase())
  return headings.map((heading) => heading.replace(/[^\w\- ]/g, '').replaceAll(' ', '-'))
}

/** Fields of NetworkOptions. */
function optionsIn(path: string): string[] {
  const body = /export interface NetworkOptions \{([\s\S]*?)^\}/m.exec(read(path))?.[1] ?? ''
  return [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name = '']) => name)
}

/** Limits and the numbers that their docstrings call their defaults. */
function defaultsIn(text: string): [string, number][] {
  const documented = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly )?(\w+)\??:/g
  const units: Record<string, number> = { MiB: 1024 ** 2, KiB: 1024 }
  return [...text.matchAll(documented)].flatMap(([, words = '', name = '']): [string, number][] => {
    const [, digits, unit = ''] = /Default ([\d,]+)(?: ([KM]iB))?/.exec(words.replace(/\s*\*\s*/g, ' ')) ?? []
    const isLimit = digits !== undefined && Object.hasOwn(LIMITS, name)
    return isLimit ? [[name, Number(digits.replaceAll(',', '')) * (units[unit] ?? 1)]] : []
  })
}

/** Numbers and names in the table after `heading`. */
function numbered(text: string, heading: string): (readonly [number, string])[] {
  const section = text.slice(text.indexOf(`${heading}\n`) + heading.length).split(/^##/m)[0] ?? ''
  const rows = [...section.matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)]
  return rows.map(([, number, name = '']) => [Number(number), name] as const)
}

// The README's first screen is run as a reader would run it, and the pages it leads to hold what they promise.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { ERROR_CODES } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ALL_FLAGS, COMMANDS } from '../packages/transport/src/commands/flags.ts'

const readme = readFileSync('README.md', 'utf8')
const api = readFileSync('docs/API.md', 'utf8')

test('the program on the first screen prints what the README says', async () => {
  const path = 'build/readme/first-program.mjs'
  mkdirSync('build/readme', { recursive: true })
  writeFileSync(path, blockOf('js'))
  assert.is(await outputOf(path), blockOf('text'))
})

test('the program on the first screen has twelve lines', () => {
  assert.is(blockOf('js').trimEnd().split('\n').length, 12)
})

test('every error code is explained', () => {
  assert.equal(
    ERROR_CODES.filter((code) => !api.includes(`| \`${code}\` |`)),
    []
  )
})

test('no error code is explained that does not exist', () => {
  const named = [...api.matchAll(/^\| `(ERR_FLOODNET_[A-Z_]+)`/gm)].map(([, code]) => code ?? '')
  assert.equal(
    named.filter((code) => !(ERROR_CODES as readonly string[]).includes(code)),
    []
  )
})

test('the README is read to its end', () => {
  assert.ok(readme.trimEnd().split('\n').length <= 140)
})

test('every npm script named is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const named = [...readme.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name]) => name ?? '')
  assert.ok(named.length > 0)
  assert.equal(
    ['start', 'test', ...named].filter((name) => !Object.hasOwn(scripts, name)),
    []
  )
})

test('every document linked to is there', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target ?? '')
  assert.ok(targets.length > 0)
  for (const target of targets) assert.not.throws(() => readFileSync(target), target)
})

// From the README to anything in two clicks: one leads to the page, one to the place on it.
test('the README links to every page', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'))
  assert.ok(pages.length > 10)
  assert.equal(
    pages.filter((name) => !readme.includes(`](docs/${name})`)),
    []
  )
})

test('every command and option is on a page that the README links to', () => {
  const pages = [...readme.matchAll(/\]\((docs\/[A-Z-]+\.md)\)/g)].map(([, page]) => page ?? '')
  const texts = [...new Set(pages)].map((page) => readFileSync(page, 'utf8'))
  const names = [
    ...COMMANDS.map((name) => `floodnet ${name}`),
    'floodnet bridge',
    ...ALL_FLAGS.map((flag) => `--${flag}`)
  ]
  const isNamed = (name: string) => texts.some((page) => new RegExp(`${name}(?![\\w-])`).test(page))
  assert.equal(
    names.filter((name) => !isNamed(name)),
    []
  )
})

test.run()

/** The first block of that language. */
function blockOf(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1]
  assert.ok(block, `a block of ${language}`)
  return block ?? ''
}

async function outputOf(path: string): Promise<string> {
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  return await text(child.stdout)
}

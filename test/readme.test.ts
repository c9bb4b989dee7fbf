// The README's first screen is run as a reader would run it, and the pages it leads to hold what they promise.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { ERROR_CODES } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

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

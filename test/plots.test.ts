// The plots in docs come from figures that are in docs, and can be read by any program that reads XML.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const SCRIPT = resolve('scripts/plots.mjs')
const names = readdirSync('docs/plots')

test('every plot is what the figures say', () => {
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], { encoding: 'utf8' })
  assert.equal([status, stderr], [0, ''])
})

for (const [page, figure, other, plot] of [
  ['PERFORMANCE.md', '| line.100B | 1', '| line.100B | 2', 'line.svg'],
  ['simulation.jsonl', '"path mean":6', '"path mean":5', 'paths.svg']
] as const) {
  test(`another figure in ${page} makes another ${plot}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'floodnet-plots-'))
    for (const name of ['PERFORMANCE.md', 'simulation.jsonl', 'plots'])
      cpSync(join('docs', name), join(folder, 'docs', name), { recursive: true })
    const text = readFileSync(join(folder, 'docs', page), 'utf8')
    assert.ok(text.includes(figure), figure)
    writeFileSync(join(folder, 'docs', page), text.replaceAll(figure, other))
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], { cwd: folder, encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    assert.is(status, 1)
    assert.match(stderr, plot)
  })
}

for (const name of names) {
  const svg = readFileSync(join('docs/plots', name), 'utf8')

  test(`${name} is well-formed, and follows light and dark mode`, () => {
    assert.equal(openTags(svg), [])
    assert.match(svg, '@media (prefers-color-scheme: dark)')
    assert.not.match(svg, /NaN|undefined|Infinity/)
  })

  test(`${name} is shown on a page, with words for who does not see it`, () => {
    const pages = ['docs/PERFORMANCE.md', 'docs/SIMULATION.md'].map((page) => readFileSync(page, 'utf8'))
    assert.ok(pages.some((text) => new RegExp(`!\\[[^\\]]{20,}\\]\\(plots/${name}\\)`).test(text)))
  })
}

test.run()

/** Tags that are left open, or closed without being open; attributes must be quoted and text escaped. */
function openTags(svg: string): string[] {
  const open: string[] = []
  const attribute = /\s+[\w-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*"/y
  for (let at = 0; at < svg.length; ) {
    const next = svg.indexOf('<', at)
    const text = svg.slice(at, next < 0 ? svg.length : next)
    if (/&(?!(?:amp|lt|gt|quot);)/.test(text)) return [`text: ${text}`]
    if (next < 0) break
    const tag = /<(\/?)([a-z]+)/y
    tag.lastIndex = next
    const [, slash, name = ''] = tag.exec(svg) ?? []
    if (slash === undefined) return [`tag: ${svg.slice(next, next + 20)}`]
    at = tag.lastIndex
    for (attribute.lastIndex = at; attribute.test(svg); ) at = attribute.lastIndex
    const end = /\s*(\/?)>/y
    end.lastIndex = at
    const closes = end.exec(svg)?.[1]
    if (closes === undefined) return [`attribute: ${svg.slice(at, at + 20)}`]
    at = end.lastIndex
    if (slash === '/') {
      if (open.pop() !== name) return [`</${name}>`]
    } else if (closes === '') open.push(name)
  }
  return open
}

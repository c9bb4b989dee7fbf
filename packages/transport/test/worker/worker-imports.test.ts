// Each worker loads its modules anew, so what they load is what a node's start costs.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const LIBRARIES = { 'worker.js': [], 'solver.js': ['piscina'] }

for (const [file, libraries] of Object.entries(LIBRARIES)) {
  test(`the thread of ${file} loads ${libraries.join() || 'nothing'} beside what is in Node`, () => {
    const imports = [
      ...readText(fileOf(file)).matchAll(/^(?:import|\}) (?:.* )?from "([^"]+)";$|^import "([^"]+)";$/gm)
    ]
    const names = imports.map(([, named, bare]) => named ?? bare ?? '')
    assert.ok(names.includes('node:crypto'), names.join())
    assert.equal(
      names.filter((name) => !name.startsWith('node:')),
      libraries
    )
  })

  test(`constants of ${file} are constants to the engine`, () => {
    const text = readText(fileOf(file))
    assert.match(text, /^const HEADER_BYTES = /m)
    assert.not.match(text, /^var [A-Z]\w* = /m)
  })
}

test('Comlink is the only dependency bundled with it', () => {
  const { sources } = JSON.parse(readText(fileOf('worker.js.map')))
  const bundled = new Set(sources.map((source: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]))
  bundled.delete(undefined)
  assert.equal([...bundled], ['comlink'])
})

test.run()

function fileOf(name: string): URL {
  return new URL(name, import.meta.resolve('@floodnet/transport'))
}

function readText(url: URL): string {
  return readFileSync(fileURLToPath(url), 'utf8')
}

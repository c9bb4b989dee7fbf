// Each worker loads its modules anew, so what they load is what a node's start costs.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const workerUrl = new URL('worker.js', import.meta.resolve('@floodnet/transport'))

test('a worker loads nothing but what is in Node', () => {
  const imports = readText(workerUrl).matchAll(/^import (?:.* from )?"([^"]+)";$/gm)
  const libraries = new Set([...imports].map(([, name]) => name).filter((name) => !name?.startsWith('node:')))
  assert.equal([...libraries], [])
})

test('Comlink is the only dependency bundled with it', () => {
  const { sources } = JSON.parse(readText(new URL('worker.js.map', workerUrl)))
  const bundled = new Set(sources.map((source: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]))
  bundled.delete(undefined)
  assert.equal([...bundled], ['comlink'])
})

test.run()

function readText(url: URL): string {
  return readFileSync(fileURLToPath(url), 'utf8')
}

// Each worker loads its modules anew, so what they load is what a node's start costs.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('a worker loads nothing but the core, Comlink and what is in Node', () => {
  const path = fileURLToPath(new URL('worker.js', import.meta.resolve('@floodnet/transport')))
  const imported = [...readFileSync(path, 'utf8').matchAll(/^import (?:.* from )?"([^"]+)";$/gm)].map(
    ([, name]) => name
  )
  const libraries = new Set(imported.filter((name) => !name?.startsWith('node:')))
  assert.equal([...libraries].sort(), ['@floodnet/core', 'comlink'])
})

test.run()

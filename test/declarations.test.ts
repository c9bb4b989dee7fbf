// Whoever uses our packages needs no types of the libraries that only our threads use.
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { importsOf } from './rules/syntax.ts'

const hidden = ['comlink', 'piscina']

for (const name of ['core', 'transport']) {
  test(`the declarations of ${name} lead to no hidden library`, () => {
    const reached = reachedFrom(`packages/${name}/dist/index.d.ts`)
    assert.equal(
      reached.filter((reach) => hidden.includes(reach)),
      []
    )
  })
}

test('every path in the declarations leads to a declaration', () => {
  const paths = reachedFrom('packages/transport/dist/index.d.ts').filter((reach) => reach.startsWith('packages/'))
  assert.equal(
    paths.filter((path) => !existsSync(path)),
    []
  )
})

test.run()

// The declarations that can be reached from this one, by path, and the packages they name.
function reachedFrom(start: string): string[] {
  const reached = new Set([start])
  for (const path of reached) {
    if (!path.startsWith('packages/') || !existsSync(path)) continue
    for (const name of importsOf({ path, text: readFileSync(path, 'utf8') })) reached.add(targetOf(path, name))
  }
  return [...reached]
}

function targetOf(path: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(path), name).replace(/\.ts$/, '.d.ts') : name
}

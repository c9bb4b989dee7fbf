// The shape of the code: which package may import which, what the core may touch, and how long things get. Each rule
// is shown to find what it is for, since a rule that finds nothing anywhere would pass as well.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findCircles } from './rules/circles.ts'
import { findPaths, readFiles } from './rules/files.ts'
import { findWrongImports } from './rules/imports.ts'
import { findLeftovers } from './rules/leftovers.ts'
import { findMisplacedTests } from './rules/places.ts'
import { findImpurities } from './rules/purity.ts'
import { findOversized } from './rules/size.ts'

const paths = findPaths()
const code = readFiles(paths.filter((path) => /^packages\/.+\.ts$/.test(path)))
const shared = readFiles(paths.filter((path) => /^test\/support\/.+\.ts$/.test(path)))
const sources = code.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path))
const coreSources = sources.filter(({ path }) => path.startsWith('packages/core/'))

test('there are sources to hold the rules against', () => {
  for (const name of ['core', 'transport', 'chat', 'bridge', 'playground']) {
    assert.ok(
      sources.some(({ path }) => path.startsWith(`packages/${name}/src/`)),
      name
    )
  }
})

test('imports point downward, and by name across packages', () => {
  assert.equal([...code, ...shared].flatMap(findWrongImports), [])
})

test('an import upward or by path across packages is found', () => {
  const core = 'packages/core/src/flood/walk.ts'
  assert.is(findWrongImports({ path: core, text: "import { a } from '@floodnet/transport'" }).length, 1)
  assert.is(findWrongImports({ path: core, text: "export * from '@floodnet/core'" }).length, 1)
  assert.is(findWrongImports({ path: core, text: "type A = import('@floodnet/chat').A" }).length, 1)
  assert.is(findWrongImports({ path: core, text: "await import('../../../transport/src/index.ts')" }).length, 1)
  const transport = 'packages/transport/src/index.ts'
  assert.is(findWrongImports({ path: transport, text: "import '@floodnet/chat'" }).length, 1)
  assert.is(findWrongImports({ path: 'packages/chat/src/a.ts', text: "import '@floodnet/bridge'" }).length, 1)
  assert.is(findWrongImports({ path: transport, text: "import '../../core/src/index.ts'" }).length, 1)
  const playground = 'packages/playground/src/page/main.ts'
  assert.is(findWrongImports({ path: playground, text: "import '@floodnet/transport'" }).length, 1)
  assert.is(findWrongImports({ path: 'packages/bridge/src/a.ts', text: "import '@floodnet/playground'" }).length, 1)
})

test('an import downward or within the package is allowed', () => {
  const text = "import '@floodnet/core'\nimport '@floodnet/core/sim'\nimport '../api.ts'\n// import '@floodnet/chat'"
  assert.equal(findWrongImports({ path: 'packages/transport/src/worker/main.ts', text }), [])
  const built = "import { createNetwork } from '@floodnet/transport'"
  assert.equal(findWrongImports({ path: 'packages/transport/test/scenarios/network.test.ts', text: built }), [])
})

test('what the tests of all packages share is for tests alone, and knows no package', () => {
  const support = 'test/support/wait.ts'
  const text = "import { until } from '../../../test/support/wait.ts'"
  assert.equal(findWrongImports({ path: 'packages/chat/test/chat.test.ts', text }), [])
  assert.is(findWrongImports({ path: 'packages/chat/src/chat.ts', text }).length, 1)
  assert.is(
    findWrongImports({ path: 'packages/chat/test/chat.test.ts', text: text.replace('support', 'rules') }).length,
    1
  )
  assert.is(findWrongImports({ path: support, text: "import '../../packages/core/src/index.ts'" }).length, 1)
  assert.is(findWrongImports({ path: support, text: "import '@floodnet/core'" }).length, 1)
})

test('no folder has a circle of imports', () => {
  assert.equal(findCircles(sources), [])
})

test('a circle of imports is found, between files and between folders', () => {
  const file = (path: string, ...imports: string[]) => ({
    path,
    text: imports.map((name) => `import '${name}'`).join('\n')
  })
  const circle = [file('src/a.ts', './b.ts'), file('src/b.ts', './c.ts'), file('src/c.ts', './a.ts')]
  assert.equal(findCircles(circle), ['src: a.ts -> b.ts -> c.ts -> a.ts'])
  const folders = [file('src/one/a.ts', '../two/b.ts'), file('src/two/c.ts', '../one/d.ts')]
  assert.equal(findCircles(folders), ['src: one -> two -> one'])
  const upward = [file('src/a.ts', './one/b.ts'), file('src/one/b.ts', '../a.ts')]
  assert.equal(findCircles(upward), ['src: a.ts -> one -> a.ts'])
  assert.equal(findCircles([file('src/a.ts', './one/b.ts', './c.ts'), file('src/one/b.ts', '../c.ts')]), [])
})

test('the core touches nothing but its arguments', () => {
  assert.equal(coreSources.flatMap(findImpurities), [])
})

const impurities = [
  "import { randomBytes } from 'node:crypto'",
  "import { Subject } from 'rxjs'",
  "import type { Socket } from 'net'",
  'const now = Date.now()',
  'const now = new Date()',
  'const now = performance.now()',
  'const chance = Math.random()',
  "const chance = Math['random']()",
  'const { random } = Math',
  'setTimeout(wake, 1)',
  'setInterval(wake, 1)',
  'setImmediate(wake)',
  'queueMicrotask(wake)',
  "console.log('seen')",
  'const home = process.env.HOME',
  'const { env } = process',
  'const id = globalThis.crypto.randomUUID()',
  'const id = crypto.randomUUID()',
  'const bytes = Buffer.alloc(4)',
  'const clocks = { Date }',
  'const here = import.meta.url'
]

for (const text of impurities) {
  test(`an impure core is found: ${text}`, () => {
    assert.is(findImpurities({ path: 'packages/core/src/clock.ts', text }).length, 1)
  })
}

test('comments, strings, member names and plain arithmetic do not count as impure', () => {
  const text = `
    // Date.now() and Math.random() belong to the host, process too
    /* import 'node:fs' */
    import { walk } from './walk.ts'
    const text = 'setTimeout(console.log)' + \`Buffer\` + Math.floor(1.5) + state.process + options.Date
    const { process: walked } = { process: walk }
    interface Host { console: number; performance(): void }
    class Step { process() {} }`
  assert.equal(findImpurities({ path: 'packages/core/src/pure.ts', text }), [])
})

test('files, functions and lines of comments are short', () => {
  assert.equal(sources.flatMap(findOversized), [])
})

test('a long file, a long function and a wide comment are found', () => {
  const path = 'packages/core/src/long.ts'
  assert.equal(findOversized({ path, text: 'f()\n'.repeat(400) }), [])
  assert.is(findOversized({ path, text: 'f()\n'.repeat(401) }).length, 1)
  assert.is(findOversized({ path, text: `// ${'wide '.repeat(30)}` }).length, 1)
  assert.equal(findOversized({ path, text: `//   a   table ${'wide '.repeat(30)}\nf('${'long '.repeat(30)}')` }), [])
  for (const head of ['function f()', 'const f = () =>', 'class A { f()']) {
    const tail = head.startsWith('class') ? '}' : ''
    assert.equal(findOversized({ path, text: `${head} {\n${'g()\n'.repeat(58)}}${tail}` }), [])
    assert.is(findOversized({ path, text: `${head} {\n${'g()\n'.repeat(59)}}${tail}` }).length, 1)
  }
})

test('no source holds any, nor notes of work left', () => {
  assert.equal(sources.flatMap(findLeftovers), [])
})

test('any, notes of work left and keys exported as JWK are found, but the word in a comment is not', () => {
  const path = 'packages/core/src/left.ts'
  assert.is(findLeftovers({ path, text: 'let value: any' }).length, 1)
  assert.is(findLeftovers({ path, text: 'f(value as unknown as any[])' }).length, 1)
  assert.is(findLeftovers({ path, text: `f() // ${'TO'}${'DO'}: more` }).length, 1)
  assert.is(findLeftovers({ path, text: `/* ${'FIX'}${'ME'} */` }).length, 1)
  assert.is(findLeftovers({ path, text: "key.export({ format: 'jwk' })" }).length, 1)
  assert.equal(findLeftovers({ path, text: "// any of them: any\nconst text = ': any'" }), [])
})

test('tests are where the runner finds them', () => {
  assert.equal(findMisplacedTests(paths), [])
})

test('a test in another place or under another name is found', () => {
  assert.is(findMisplacedTests(['packages/core/src/window.test.ts', 'bench/a.test.ts']).length, 2)
  assert.is(findMisplacedTests(['packages/core/test/window.spec.ts', 'test/a.test.js']).length, 2)
  assert.equal(findMisplacedTests(['packages/core/test/wire/window.test.ts', 'test/a.test.ts']), [])
})

test.run()

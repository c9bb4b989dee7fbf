// What is packed of each package: all that its commands, programs and compilers look for, whoever installs it.
import { existsSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly files: readonly string[]
  readonly bin?: Readonly<Record<string, string>>
  readonly main: string
  readonly types: string
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

for (const name of ['core', 'transport', 'chat', 'bridge']) {
  const folder = join('packages', name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const isPacked = (file: string) =>
    manifest.files.some((entry) => normalize(file) === entry || normalize(file).startsWith(`${entry}/`))

  test(`${name} packs the files of its commands by itself: yarn 1 does not add them`, () => {
    const commands = Object.values(manifest.bin ?? {})
    assert.equal(
      commands.filter((file) => !isPacked(file) || !existsSync(join(folder, file))),
      []
    )
  })

  test(`${name} packs every entry, and names the first one as compilers before Node 16 look for it`, () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : Object.values(entry)
    )
    for (const file of [manifest.main, manifest.types]) assert.ok(entries.includes(file), file)
    assert.equal(
      entries.filter((file) => !isPacked(file) || !existsSync(join(folder, file))),
      []
    )
  })

  test(`${name} has the licence with it`, () => {
    assert.is(readFileSync(join(folder, 'LICENSE'), 'utf8'), readFileSync('LICENSE', 'utf8'))
  })

  // As dependencies, yarn and pnpm ask the registry for them, also when their packed files are installed beside.
  test(`${name} takes the project's other packages from beside it, in the same version`, () => {
    const own = (names: Readonly<Record<string, string>> = {}) =>
      Object.entries(names).filter(([each]) => each.startsWith('@floodnet/'))
    assert.equal(own(manifest.dependencies), [])
    for (const [peer, version] of own(manifest.peerDependencies)) assert.is(version, manifest.version, peer)
  })
}

test.run()

// Programs that were bundled: with floodnet left outside they run; with it swallowed they say what to do.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const PROGRAM = `import { createNetwork } from '@floodnet/transport'
createNetwork({ listen: '127.0.0.1:0', workBits: Number(process.env.WORK_BITS ?? 0) }).then(
  (network) => network.close().then(() => console.log('it runs')),
  (error) => console.log(error.code, error.message)
)`
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

async function outputOf(format: 'esm' | 'cjs', external: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'floodnet-bundled-'))
  try {
    await symlink(resolve('node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'program.mjs'), PROGRAM)
    const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
    const banner = format === 'esm' ? { banner: { js: REQUIRE } } : {}
    const entryPoints = [join(folder, 'program.mjs')]
    await build({
      entryPoints,
      outfile,
      format,
      external,
      bundle: true,
      platform: 'node',
      logLevel: 'silent',
      ...banner
    })
    return (await promisify(execFile)(process.execPath, [outfile])).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a bundle that leaves floodnet outside runs', async () => {
  assert.match(await outputOf('esm', ['@floodnet/*']), 'it runs')
})

for (const format of ['esm', 'cjs'] as const) {
  test(`a bundle in ${format} that has swallowed floodnet says which file is missing and what to do`, async () => {
    const said = await outputOf(format, [])
    assert.match(said, /^ERR_FLOODNET_START .*worker\.js.*--external:@floodnet/)
  })
}

test.run()

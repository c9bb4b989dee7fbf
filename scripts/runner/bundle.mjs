// Bundles one test file with the sources it imports by path. Packages stay external, so what a test imports by
// name, @floodnet/transport and its worker for one, is the built package.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { testOptions } from '../bundle-options.mjs'
import { writeChanged } from '../write-changed.mjs'

const watchedUvu = {
  name: 'watched-uvu',
  setup(build) {
    build.onResolve({ filter: /^uvu$/ }, () => ({
      path: fileURLToPath(new URL('uvu.mjs', import.meta.url)),
      external: true
    }))
  }
}

/** One file at a time: a test that does not build must not keep the others from running. */
export async function bundleTest(file) {
  try {
    const { outputFiles } = await build({
      ...testOptions,
      entryPoints: [file],
      outfile: join('build/test', file.replace(/\.ts$/, '.js')),
      plugins: [watchedUvu]
    })
    await Promise.all(outputFiles.map((output) => writeChanged(output.path, output.contents)))
    return { path: outputFiles.find((output) => output.path.endsWith('.js')).path }
  } catch (error) {
    return { error: error.message }
  }
}

// Builds the playground: plain files that any server of files can serve.
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pageOptions } from './bundle-options.mjs'
import { writeChanged } from './write-changed.mjs'

const FOLDER = 'packages/playground'
const scripts = {
  page: `${FOLDER}/src/page/main.ts`,
  'sim-worker': `${FOLDER}/src/workers/sim-worker.ts`,
  'layout-worker': `${FOLDER}/src/workers/layout-worker.ts`,
  style: `${FOLDER}/static/style.css`
}
const plain = ['index.html', 'icon.svg']

export const PLAYGROUND_DIST = `${FOLDER}/dist`

export async function bundlePlayground(esbuild, root) {
  const { outputFiles, metafile } = await esbuild.build({
    ...pageOptions,
    absWorkingDir: root,
    entryPoints: scripts,
    outdir: PLAYGROUND_DIST
  })
  const dist = join(root, PLAYGROUND_DIST)
  await mkdir(dist, { recursive: true })
  await Promise.all([
    ...outputFiles.map(({ path, contents }) => writeChanged(path, contents)),
    ...plain.map((name) => copyFile(join(root, FOLDER, 'static', name), join(dist, name))),
    writeChanged(join(dist, 'licences.txt'), Buffer.from(await licencesOf(metafile, root)))
  ])
}

/** Of the packages whose code is in the files. */
async function licencesOf({ inputs }, root) {
  const found = Object.keys(inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  const names = [...new Set(found)].sort()
  const texts = names.map(
    async (name) => `${name}\n\n${await readFile(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`
  )
  return (await Promise.all(texts)).join('\n\n')
}

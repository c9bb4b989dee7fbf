// Builds the page of the dashboard: a script and a style sheet with all that they need, and files as they are.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pageOptions } from './bundle-options.mjs'
import { writeChanged } from './write-changed.mjs'

const FROM = 'packages/transport/src/dashboard/page'
const TO = 'packages/transport/dist/dashboard'

export async function bundleDashboard(esbuild, root) {
  const licence = await readFile(join(root, 'node_modules/uplot/LICENSE'), 'utf8')
  const banner = `/*! Holds uPlot, https://github.com/leeoniya/uPlot\n\n${licence.trim()}\n*/`
  const { outputFiles } = await esbuild.build({
    ...pageOptions,
    absWorkingDir: root,
    entryPoints: [
      { in: `${FROM}/main.ts`, out: 'page' },
      { in: `${FROM}/page.css`, out: 'page' }
    ],
    outdir: TO,
    banner: { js: banner, css: banner }
  })
  const plain = ['index.html', 'icon.svg'].map(async (name) => {
    await writeChanged(join(root, TO, name), await readFile(join(root, FROM, name)))
  })
  await Promise.all([...plain, ...outputFiles.map(({ path, contents }) => writeChanged(path, contents))])
}

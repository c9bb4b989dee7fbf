// What every bundle shares, and what sets those of the packages and of the tests apart.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants } from './constants.mjs'

const sharedOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // esbuild must not read the `paths` in tsconfig.json: they lead to sources, which would then be bundled after all.
  tsconfigRaw: { compilerOptions: { target: 'es2022', verbatimModuleSyntax: true } },
  sourcemap: 'linked',
  // Written by writeChanged, and told by whoever asked for the bundle.
  write: false,
  logLevel: 'silent'
}

/** Packages stay external, so what a test imports by name is the built package. */
export const testOptions = { ...sharedOptions, packages: 'external' }

/** What is measured is bundled as what is shipped. */
export const benchOptions = { ...testOptions, plugins: [constants] }

/**
 * Dependencies are bundled: to load their few hundred files took 0.15 s of the 0.4 s of processor time that a node
 * needed to start. But not Piscina, which breaks when bundled, nor multicast-dns, which is loaded where it is wanted,
 * and not our own packages, which are found through the workspace links: an error that one of them throws is of the
 * same class in the others.
 */
export const packageOptions = {
  ...sharedOptions,
  plugins: [constants],
  external: ['piscina', 'multicast-dns', '@nats-io/*', '@floodnet/*'],
  // To Node, rxjs offers CommonJS alone, of which nothing can be left out.
  alias: { rxjs: join(dirname(createRequire(import.meta.url).resolve('rxjs/package.json')), 'dist/esm/index.js') }
}

/**
 * A thread is alone with its code, so it has the core bundled with it: what one file exports to another is no constant
 * to the engine.
 */
export const threadOptions = {
  ...packageOptions,
  external: ['piscina'],
  // Its sources, which are there before it is built.
  alias: { '@floodnet/core': fileURLToPath(new URL('../packages/core/src/index.ts', import.meta.url)) }
}

/** For browsers: those that know the style sheets' `light-dark()`. The core comes from its sources, minified. */
export const pageOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox128', 'safari17.5'],
  tsconfigRaw: sharedOptions.tsconfigRaw,
  minify: true,
  // Licences are written beside the page.
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'silent',
  alias: { '@floodnet/core/sim': fileURLToPath(new URL('../packages/core/src/sim/index.ts', import.meta.url)) }
}

// What every bundle shares, built packages and built tests alike.

export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Piscina breaks when bundled, and the other packages of ours are found through the workspace links.
  packages: 'external',
  // esbuild must not read the `paths` in tsconfig.json: they lead to sources, which would then be bundled after all.
  tsconfigRaw: { compilerOptions: { target: 'es2022', verbatimModuleSyntax: true } },
  sourcemap: 'linked',
  // Written by writeChanged, and told by whoever asked for the bundle.
  write: false,
  logLevel: 'silent'
}

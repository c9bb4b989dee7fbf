// An esbuild plugin: constants stay constants. esbuild writes `var` for each `const` at the top of a file, and what the engine has
// to take for a variable it loads and looks at again each time: `core.window` took 24 ns so and 19 ns with constants.

export const constants = {
  name: 'constants',
  setup(build) {
    build.onEnd(async ({ outputFiles }) => {
      const scripts = outputFiles.filter(({ path }) => path.endsWith('.js'))
      const errors = await Promise.all(scripts.map((script) => keepConstants(script, build.esbuild)))
      return { errors: errors.flat() }
    })
  }
}

/** By our names, constants, classes and tables begin with a capital. A variable of a dependency that does so too is told as an error. */
async function keepConstants(script, esbuild) {
  const text = script.text.replace(/^var ([A-Z]\w*) = /gm, 'const $1 = ')
  script.contents = Buffer.from(text)
  const { warnings } = await esbuild.transform(text, { logLevel: 'silent' })
  return warnings.filter(({ id }) => id === 'assign-to-constant')
}

// An esbuild plugin: constants stay constants. esbuild writes `var` for each `const` at the top of a file, and what the
// engine has to take for a variable it loads and looks at again each time: of the 24 ns of a `core.window` five were
// that.

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

/**
 * Changes the script; columns of its source map are off by two in the lines that it changes. Errors: where it would
 * break the script.
 */
async function keepConstants(script, esbuild) {
  const text = withConstants(script.text)
  script.contents = Buffer.from(text)
  const { warnings } = await esbuild.transform(text, { logLevel: 'silent', sourcefile: script.path })
  return warnings.filter(({ id }) => id === 'assign-to-constant')
}

/**
 * By our names, constants, classes and tables begin with a capital. Enums of dependencies look at themselves: `var X =
 * (...)(X || {})`.
 */
function withConstants(text) {
  return text.replace(/^var ([A-Z]\w*) = /gm, (found, name) =>
    text.includes(`(${name} || `) ? found : `const ${name} = `
  )
}

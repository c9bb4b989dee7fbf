// Finds files that are built beside the code, such as the code of threads. A bundler that swallows the package leaves
// them behind.
import { existsSync } from 'node:fs'
import { FloodnetError } from '@floodnet/core'

const ADVICE =
  'is this program bundled? Keep @floodnet/transport and @floodnet/core out of the bundle and install them beside it ' +
  '(esbuild --external:@floodnet/*, external in rollup and vite, externals in webpack)'

/** The address of the file `name` beside the built code. `what` describes it in the error. */
export function builtFile(name: string, what: string): string {
  // Bundlers that write CommonJS leave `import.meta` empty.
  const here = import.meta.url as string | undefined
  const file = here === undefined ? null : new URL(`./${name}`, here)
  if (file !== null && (file.protocol !== 'file:' || existsSync(file))) return file.href
  throw bundledError(`${what}, ${name}, is not at ${file?.pathname ?? 'any known place'}`)
}

export function bundledError(fault: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_START', `floodnet cannot start: ${fault}; ${ADVICE}`, { cause })
}

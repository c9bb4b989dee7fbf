// Pools of threads, and where their code is: a file beside this one, once both are built. A bundler that swallows the
// package leaves it behind.
import { existsSync } from 'node:fs'
import { FloodnetError, messageOf } from '@floodnet/core'
import { Piscina } from 'piscina'

const ADVICE =
  'is this program bundled? Keep @floodnet/transport and @floodnet/core out of the bundle and install them beside it ' +
  '(esbuild --external:@floodnet/*, external in rollup and vite, externals in webpack)'

/** The address of the file `name` beside the built code. @throws ERR_FLOODNET_START when it is not there. */
function threadFile(name: string): string {
  // Bundlers that write CommonJS leave `import.meta` empty.
  const here = import.meta.url as string | undefined
  const file = here === undefined ? null : new URL(`./${name}`, here)
  if (file !== null && (file.protocol !== 'file:' || existsSync(file))) return file.href
  throw bundledError(`the code of its threads, ${name}, is not at ${file?.pathname ?? 'any known place'}`)
}

/**
 * `count` threads that run the built file `name`. @throws ERR_FLOODNET_START saying what to do, where a bundler has
 * broken them.
 */
export function newThreads(name: string, count: number): Piscina {
  const filename = threadFile(name)
  try {
    // With the default for `atomics`, a thread whose task has returned is frozen in Atomics.wait.
    return new Piscina({ filename, minThreads: count, maxThreads: count, atomics: 'disabled' })
  } catch (cause) {
    throw bundledError(`its threads cannot be started: ${messageOf(cause)}`, cause)
  }
}

function bundledError(fault: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_START', `floodnet cannot start: ${fault}; ${ADVICE}`, { cause })
}

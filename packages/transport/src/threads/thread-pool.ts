// Pools of threads. Their code is built into a file beside this one.
import { messageOf } from '@floodnet/core'
import { Piscina } from 'piscina'
import { builtFile, bundledError } from './built-file.ts'

/**
 * Starts `count` threads that run the built file `name`. @throws ERR_FLOODNET_START if a bundler has broken them; the
 * message says what to do.
 */
export function newThreads(name: string, count: number): Piscina {
  const filename = builtFile(name, 'the code of its threads')
  try {
    // With the default for `atomics`, a thread whose task has returned is frozen in Atomics.wait.
    return new Piscina({ filename, minThreads: count, maxThreads: count, atomics: 'disabled' })
  } catch (cause) {
    throw bundledError(`its threads cannot be started: ${messageOf(cause)}`, cause)
  }
}

// Pools of threads, whose code is a file beside this one, once both are built.
import { messageOf } from '@floodnet/core'
import { Piscina } from 'piscina'
import { builtFile, bundledError } from './built-file.ts'

/**
 * `count` threads that run the built file `name`. @throws ERR_FLOODNET_START saying what to do, where a bundler has
 * broken them.
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

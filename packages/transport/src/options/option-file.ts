// Files that a command's options name.
import { readFileSync } from 'node:fs'
import { messageOf, optionError } from '@floodnet/core'

/**
 * The content of the file that a command's option names, such as `--key FILE`.
 * @throws ERR_FLOODNET_OPTION with the option as its subject if the file cannot be read.
 */
export function readOptionFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw optionError(option, `${option} ${path} cannot be read: ${messageOf(cause)}`, cause)
  }
}

// The system's errors about a file, in people's words. Pure.
import { messageOf } from '@floodnet/core'

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead nowhere',
  EACCES: 'you may not use it',
  EPERM: 'you may not use it',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'it is not a file',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EROFS: 'nothing can be written there',
  EFBIG: 'the disk takes no file of this size',
  EIO: 'the disk cannot be read or written'
}

/** Our own errors are in words already. */
export function fileProblem(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return (typeof code === 'string' && Object.hasOwn(WORDS, code) ? WORDS[code] : undefined) ?? messageOf(error)
}

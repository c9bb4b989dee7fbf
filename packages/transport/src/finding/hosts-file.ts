// The system's hosts file: names that are known without asking anybody.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ipBytes } from '@floodnet/core'

/** A larger file is not a list that somebody wrote by hand; we do not read beyond this. A guess. */
const MAX_BYTES = 1_048_576

/** Where the system keeps it. */
export function hostsPath(platform: NodeJS.Platform = process.platform, env: NodeJS.ProcessEnv = process.env): string {
  return platform === 'win32' ? join(env.SystemRoot ?? 'C:\\Windows', 'System32\\drivers\\etc\\hosts') : '/etc/hosts'
}

/** The addresses of `name` in the file, in its order; empty if there is no such file. */
export async function lookUpInFile(name: string, path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return addressesOf(name, text.slice(0, MAX_BYTES))
}

/** The addresses that the text of a hosts file gives for `name`. */
export function addressesOf(name: string, text: string): string[] {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  const lines = text.split('\n').map((line) => line.replace(/#.*$/, '').trim().split(/\s+/))
  const found = lines.flatMap(([address = '', ...names]) => {
    return ipBytes(address) !== null && names.some((each) => each.toLowerCase() === wanted) ? [address] : []
  })
  return [...new Set(found)]
}

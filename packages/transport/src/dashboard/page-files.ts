// The page's files: built once, read once, and sent unchanged, with headers that let the page load and run nothing
// else.
import { readFile } from 'node:fs/promises'
import { builtFile } from '../threads/built-file.ts'

export interface PageFile {
  readonly type: string
  readonly bytes: Uint8Array
}

/** By path, as the page names them. */
const FILES = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' }
} as const

/** Only our own files and scripts, in no other page's frame, and no text that becomes markup. */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"]
].join('; ')

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store'
}

/** @throws ERR_FLOODNET_START if a bundler has left them behind */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const files = Object.entries(FILES).map(async ([path, { name, type }]) => {
    const url = builtFile(`dashboard/${name}`, 'the page of the dashboard')
    return [path, { type, bytes: await readFile(new URL(url)) }] as const
  })
  return new Map(await Promise.all(files))
}

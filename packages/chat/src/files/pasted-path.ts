// A path as people paste it: quoted, escaped for a shell, or as the address that a file manager gives. To tell which of
// its readings is meant, check which one exists. Pure.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What `text` may mean, the most literal reading first. */
export function readingsOf(text: string): string[] {
  const trimmed = text.trim()
  return [...new Set([trimmed, unquoted(trimmed), ofAddress(unquoted(trimmed)), unescaped(trimmed)].flatMap(inHome))]
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/su.exec(text)?.[2] ?? text
}

// On this machine only: an address with a host is somebody else's file.
function ofAddress(text: string): string {
  if (!/^file:/i.test(text)) return text
  try {
    return fileURLToPath(text)
  } catch {
    return text
  }
}

// As a POSIX shell reads one word: nothing is special in '...'; in "..." a backslash only before " \ $ `, and elsewhere
// before anything.
function unescaped(text: string): string {
  return text.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gsu, (all, single, double, char) => {
    if (single !== undefined) return single
    if (double !== undefined) return double.replace(/\\(["\\$`])/gu, '$1')
    return char ?? all
  })
}

function inHome(path: string): string[] {
  if (path === '') return []
  return path.startsWith('~/') ? [join(homedir(), path.slice(2)), path] : [path]
}

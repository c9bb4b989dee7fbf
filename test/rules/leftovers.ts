// What no finished source holds: `any`, notes of work still to be done, and a key export that can lock its thread.
import ts from 'typescript'
import { lineOf, nodesOf, parse, type SourceFile } from './syntax.ts'

export function findLeftovers(file: SourceFile): string[] {
  return [...findAny(file), ...findNotes(file), ...findKeyExports(file)]
}

function findAny(file: SourceFile): string[] {
  const found = nodesOf(parse(file)).filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
  return found.map((node) => `${file.path}:${lineOf(node)}: any`)
}

// Exporting a key as JWK can lock the thread for ever on Node 20, when a key generation is collected meanwhile. DER
// does not.
function findKeyExports(file: SourceFile): string[] {
  const found = nodesOf(parse(file)).filter((node) => ts.isStringLiteralLike(node) && node.text === 'jwk')
  return found.map((node) => `${file.path}:${lineOf(node)}: 'jwk'`)
}

function findNotes({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, index) => {
    const note = /\b(TODO|FIXME|XXX)\b/.exec(line)?.[0]
    return note === undefined ? [] : [`${path}:${index + 1}: ${note}`]
  })
}

// What no finished source holds: `any`, and notes of work still to be done.
import ts from 'typescript'
import { lineOf, nodesOf, parse, type SourceFile } from './syntax.ts'

export function findLeftovers(file: SourceFile): string[] {
  return [...findAny(file), ...findNotes(file)]
}

function findAny(file: SourceFile): string[] {
  const found = nodesOf(parse(file)).filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
  return found.map((node) => `${file.path}:${lineOf(node)}: any`)
}

function findNotes({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, index) => {
    const note = /\b(TODO|FIXME|XXX)\b/.exec(line)?.[0]
    return note === undefined ? [] : [`${path}:${index + 1}: ${note}`]
  })
}

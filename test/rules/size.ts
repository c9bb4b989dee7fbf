// A file holds one idea, a function fits on a screen, and a comment into its width. Formatted code does so by itself;
// strings may be longer.
import ts from 'typescript'
import { lineOf, nodesOf, parse, type SourceFile } from './syntax.ts'

const maxFileLines = 400
const maxFunctionLines = 60
const maxColumns = 120

export function findOversized(file: SourceFile): string[] {
  return [
    ...longFile(file),
    ...wideComments(file),
    ...nodesOf(parse(file))
      .filter(isLong)
      .map((node) => describe(file, node))
  ]
}

function longFile({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n').length
  return lines > maxFileLines ? [`${path}: ${lines} lines, at most ${maxFileLines}`] : []
}

/** Layouts and tables, which are indented, and tags are left as they are. */
function wideComments({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, index) => {
    const isWide = line.length > maxColumns && /^\s*(\/\/|\/\*\*|\*) [^ @]/.test(line)
    return isWide ? [`${path}:${index + 1}: a comment of ${line.length} columns, at most ${maxColumns}`] : []
  })
}

function isLong(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && linesOf(node) > maxFunctionLines
}

function describe({ path }: SourceFile, node: ts.Node): string {
  return `${path}:${lineOf(node)}: a function of ${linesOf(node)} lines, at most ${maxFunctionLines}`
}

function linesOf(node: ts.Node): number {
  return node.getText().split('\n').length
}

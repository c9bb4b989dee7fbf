// A file holds one idea and a function fits on a screen.
import ts from 'typescript'
import { lineOf, nodesOf, parse, type SourceFile } from './syntax.ts'

const maxFileLines = 400
const maxFunctionLines = 60

export function findOversized(file: SourceFile): string[] {
  return [
    ...longFile(file),
    ...nodesOf(parse(file))
      .filter(isLong)
      .map((node) => describe(file, node))
  ]
}

function longFile({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n').length
  return lines > maxFileLines ? [`${path}: ${lines} lines, at most ${maxFileLines}`] : []
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

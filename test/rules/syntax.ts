// The syntax tree of a source file, for rules that comments and strings must not fool.
import ts from 'typescript'

/** A file as the rules see it: its path from the root, with '/', and its text. */
export interface SourceFile {
  path: string
  text: string
}

export function parse({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
}

export function nodesOf(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(root)
  return nodes
}

export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile()
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
}

/** What a file imports or re-exports from, statically, dynamically or as a type, as it is written. */
export function importsOf(file: SourceFile): string[] {
  return nodesOf(parse(file)).flatMap((node) => {
    const name = importedName(node)
    return name && ts.isStringLiteralLike(name) ? [name.text] : []
  })
}

function importedName(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0]
  return undefined
}

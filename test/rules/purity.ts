// The core computes and nothing else: no imports but its own files, no clock, timer, randomness, log or process.
import ts from 'typescript'
import { importsOf, lineOf, nodesOf, parse, type SourceFile } from './syntax.ts'

// Names that stand for the world outside. globalThis is one because every other is reachable through it.
const impure = new Set(
  `Date performance process console Buffer crypto globalThis global require eval Function fetch WebAssembly
   setTimeout setInterval setImmediate queueMicrotask clearTimeout clearInterval clearImmediate
   Worker SharedWorker MessageChannel BroadcastChannel WebSocket EventSource`.split(/\s+/)
)

export function findImpurities(file: SourceFile): string[] {
  const found = nodesOf(parse(file)).flatMap((node) => {
    const name = impureUse(node)
    return name === undefined ? [] : [`${file.path}:${lineOf(node)}: uses ${name}`]
  })
  return [...foreignImports(file), ...found]
}

function foreignImports(file: SourceFile): string[] {
  const foreign = importsOf(file).filter((name) => !name.startsWith('.'))
  return foreign.map((name) => `${file.path}: imports '${name}'`)
}

function impureUse(node: ts.Node): string | undefined {
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return 'import.meta'
  if (!ts.isIdentifier(node) || isOnlyAName(node)) return undefined
  if (node.text === 'Math') return isHarmlessMath(node) ? undefined : 'Math.random'
  return impure.has(node.text) ? node.text : undefined
}

// `state.process`, `{ process: 1 }` and a method called `process` name a member and refer to nothing outside.
function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  if (ts.isQualifiedName(parent)) return parent.right === node
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent)) return isMemberName(parent, node)
  return (ts.isClassElement(parent) || ts.isTypeElement(parent)) && parent.name === node
}

function isMemberName(parent: ts.PropertyAssignment | ts.BindingElement, node: ts.Identifier): boolean {
  return ts.isPropertyAssignment(parent) ? parent.name === node : parent.propertyName === node
}

// Math.floor and the like. Anything that hands Math on, or indexes it, could reach random.
function isHarmlessMath({ parent }: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(parent) && parent.name.text !== 'random'
}

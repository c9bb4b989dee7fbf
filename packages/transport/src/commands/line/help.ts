// The list of flags that a command's help shows.
import type { Flag, Flags } from './flag.ts'

const NAME_COLUMNS = 21
const COLUMNS = 120

/** Two columns: `  --listen ADDR      accept links at ADDR ...`, one flag after the other. */
export function flagLines(flags: Flags): string {
  const explained = Object.entries(flags).filter(([, { help }]) => help !== '')
  return `${explained.map(([name, flag]) => flagLine(name, flag)).join('')}  --help, --version\n`
}

function flagLine(name: string, { value, help }: Flag): string {
  const head = `  --${name}${value === undefined ? '' : ` ${value}`}`
  const [first = '', ...more] = wrapped(help.split(/\s+/), COLUMNS - NAME_COLUMNS)
  // A head that reaches into the second column gets its own line.
  const start = head.length < NAME_COLUMNS - 1 ? `${head.padEnd(NAME_COLUMNS)}${first}` : `${head}\n${indented(first)}`
  return `${[start, ...more.map(indented)].join('\n')}\n`
}

function indented(text: string): string {
  return `${' '.repeat(NAME_COLUMNS)}${text}`
}

function wrapped(words: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

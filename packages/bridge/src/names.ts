// Names that cross a bridge carry the network they come from: alice on 'gob' is 'alice@gob' elsewhere. Nobody proved
// that she is alice. A message whose name is marked with a network came from it and never goes back, which alone makes
// loops impossible.

/** 'alice', 'gob' -> 'alice@gob' */
export function marked(name: string, network: string): string {
  return `${name}@${network}`
}

/** The number of networks that a name claims to have come through. */
export function marksOf(name: string): number {
  return name.split('@').length - 1
}

/** Whether the name claims that its owner's home is `network`, or that the word has passed through it. */
export function isMarkedWith(name: string, network: string): boolean {
  return name.split('@').slice(1).includes(network)
}

/** 'alice@gob', 'gob' -> 'alice'; null if the name does not end in that mark. */
export function unmarked(name: string, network: string): string | null {
  const mark = `@${network}`
  return name.length > mark.length && name.endsWith(mark) ? name.slice(0, -mark.length) : null
}

/** How a line shows who said it, in programs that only have lines: as chat relays have always written it. */
export function lineOf(name: string, text: string): string {
  return `<${name}> ${text}`
}

/** The marked name at the start of a line that a bridge wrote, and the text; null for any other line. */
export function nameInLine(line: string): { name: string; text: string } | null {
  const match = /^<([^<>@\n]*(?:@[^<>@\s]+)+)> ([\s\S]*)$/.exec(line)
  return match === null ? null : { name: match[1] ?? '', text: match[2] ?? '' }
}

/** What may stand after '@': a word that can be typed and parsed again. */
export function isNetworkName(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/i.test(text)
}

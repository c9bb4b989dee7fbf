// Web addresses in what people write, so that a terminal can open them even if a row breaks them (OSC 8). Only what is
// shown is linked: no text can hide where it leads. Pure.

/** Longest link: what VTE and iTerm2 accept (2,083 characters). */
export const MAX_LINK_CHARS = 2_083

export interface Piece {
  readonly text: string
  /** Where it leads, in printable ASCII; absent for ordinary text. */
  readonly link?: string
}

/** The rows into which a line was wrapped, each in pieces. */
export function withLinks(line: string, rows: readonly string[]): Piece[][] {
  const links = linksIn(line)
  if (links.length === 0) return rows.map((text) => [{ text }])
  let at = 0
  return rows.map((row) => {
    const from = line.indexOf(row, at)
    // Something was left out, so we do not know which part this is.
    if (from < 0) return [{ text: row }]
    at = from + row.length
    return piecesOf(row, from, links)
  })
}

interface Link {
  readonly from: number
  readonly to: number
  readonly link: string
}

function linksIn(line: string): Link[] {
  return [...line.matchAll(ADDRESS)].flatMap(({ 0: found, index }) => {
    const text = withoutPunctuation(found)
    const link = linkOf(text)
    return link === null ? [] : [{ from: index, to: index + text.length, link }]
  })
}

const ADDRESS = /\b(?:https?|ftp|gemini):\/\/[^\s<>"`]+/giu

// It usually belongs to the sentence, or to the brackets around it.
function withoutPunctuation(text: string): string {
  const shorter = text.replace(/[.,;:!?'…]+$/u, '')
  const [close = ''] = /[)\]}]$/.exec(shorter) ?? []
  const open = { ')': '(', ']': '[', '}': '{' }[close]
  const isUnopened = open !== undefined && shorter.split(close).length > shorter.split(open).length
  if (isUnopened) return withoutPunctuation(shorter.slice(0, -1))
  return shorter
}

function linkOf(text: string): string | null {
  if (!URL.canParse(text)) return null
  const { href } = new URL(text)
  return href.length <= MAX_LINK_CHARS && /^[!-~]+$/.test(href) ? href : null
}

function piecesOf(row: string, from: number, links: readonly Link[]): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const { from: start, to, link } of links) {
    const [first, end] = [Math.max(start - from, done), Math.min(to - from, row.length)]
    if (first >= end) continue
    if (first > done) pieces.push({ text: row.slice(done, first) })
    pieces.push({ text: row.slice(first, end), link })
    done = end
  }
  return done < row.length ? [...pieces, { text: row.slice(done) }] : pieces
}

// What stands on a terminal, with its colours, as a picture: text of `tmux capture-pane -ep` in, SVG out. Knows the
// attributes that floodchat uses (bold, faint, reverse, 256 colours) and no more.
import stringWidth from 'string-width'

const CELL = { width: 8.4, height: 18 }
const MARGIN = { side: 14, top: 40, bottom: 14 }
const PAPER = '#1b1e25'
const INK = '#d5d8df'
const FONT = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', Consolas, monospace"

const ESC = '\u001b'
const SGR = new RegExp(`^${ESC}\\[([\\d;]*)m$`)
const SGR_PART = new RegExp(`(${ESC}\\[[\\d;]*m)`)

/** `columns` and the rows of `ansi` make the size; `title` stands in the frame. */
export function terminalSvg(ansi, columns, title) {
  const rows = rowsOf(ansi)
  const width = round(columns * CELL.width + 2 * MARGIN.side)
  const height = rows.length * CELL.height + MARGIN.top + MARGIN.bottom
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>text{font:14px ${FONT};white-space:pre;fill:${INK}}.b{font-weight:bold}.f{opacity:.65}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, at) => `<circle cx="${20 + at * 20}" cy="20" r="6" fill="${fill}"/>`
    ),
    `<text x="${width / 2}" y="25" text-anchor="middle" class="f">${escaped(title)}</text>`,
    ...rows.flatMap((runs, row) => runs.flatMap((run) => runSvg(run, MARGIN.top + row * CELL.height))),
    '</svg>',
    ''
  ].join('\n')
}

/** The pieces of each row that look alike, with their columns. How text looks goes on from row to row. */
function rowsOf(ansi) {
  let look = {}
  return ansi
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const runs = []
      let column = 0
      for (const part of line.split(SGR_PART)) {
        const codes = SGR.exec(part)?.[1]
        if (codes !== undefined) look = changed(look, codes.split(';').map(Number))
        // Apart, since fonts give other scripts other widths: each piece is fitted to its columns by itself.
        else
          for (const text of part.match(/[ -~]+|[^ -~]+/g) ?? []) {
            const width = stringWidth(text)
            runs.push({ text, column, width, look })
            column += width
          }
      }
      return runs
    })
}

function changed(look, codes) {
  const next = { ...look }
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]
    if (code === 0) for (const name of Object.keys(next)) delete next[name]
    if (code === 1) next.bold = true
    if (code === 2) next.faint = true
    if (code === 7) next.reverse = true
    if (code === 22) next.bold = next.faint = false
    if (code === 27) next.reverse = false
    if (code === 39) next.ink = undefined
    if (code === 49) next.paper = undefined
    if (code === 38 || code === 48) {
      next[code === 38 ? 'ink' : 'paper'] = colour(codes[at + 2])
      at += 2
    }
  }
  return next
}

function runSvg({ text, column, width, look }, top) {
  const ink = look.reverse ? (look.paper ?? PAPER) : look.ink
  const paper = look.reverse ? (look.ink ?? INK) : look.paper
  const x = round(MARGIN.side + column * CELL.width)
  const box = `x="${x}" y="${top}" width="${round(width * CELL.width)}" height="${CELL.height}"`
  const names = [look.bold && 'b', look.faint && 'f'].filter(Boolean).join(' ')
  const attributes = `${names && ` class="${names}"`}${ink ? ` style="fill:${ink}"` : ''}`
  return [
    ...(paper ? [`<rect ${box} fill="${paper}" shape-rendering="crispEdges"/>`] : []),
    ...(text.trim() === ''
      ? []
      : [
          `<text x="${x}" y="${top + 13.5}" textLength="${round(width * CELL.width)}"${attributes}>${escaped(text)}</text>`
        ])
  ]
}

/** Of xterm's 256: sixteen of the terminal's own, a cube, greys. */
function colour(index) {
  if (index < 16) return OWN[index]
  if (index >= 232) return rgb([0, 0, 0].map(() => 8 + 10 * (index - 232)))
  const levels = [0, 95, 135, 175, 215, 255]
  return rgb([36, 6, 1].map((step) => levels[Math.floor((index - 16) / step) % 6]))
}

const OWN =
  '#000000 #cd3131 #0dbc79 #e5e510 #2472c8 #bc3fbc #11a8cd #e5e5e5 #666666 #f14c4c #23d18b #f5f543 #3b8eea #d670d6 #29b8db #ffffff'.split(
    ' '
  )

function rgb(parts) {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(number) {
  return Math.round(number * 100) / 100
}

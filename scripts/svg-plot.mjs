// Two kinds of plots as SVG: horizontal bars, and lines over numbers. Each value may have a range. Colours follow the
// reader's light or dark mode, since a picture that a page shows by its address has no other way to know it.

const WIDTH = 720
const LEFT = 190
const RIGHT = 690
const ROW = 30
const TOP = 56
const PLOT_HEIGHT = 240
const TICKS = 5

const STYLE = `<style>
  :root { --ink: #1f2937; --faint: #d1d5db; --back: #ffffff; --first: #2563eb; --second: #d97706; --third: #059669 }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e5e7eb; --faint: #4b5563; --back: #111827; --first: #60a5fa; --second: #fbbf24; --third: #34d399 }
  }
  text { font: 12px sans-serif; fill: var(--ink) }
  .title { font-size: 15px }
  .end { text-anchor: end }
  .mid { text-anchor: middle }
  .grid { stroke: var(--faint) }
  .range { stroke: var(--ink); fill: none }
  .s0 { --own: var(--first) }
  .s1 { --own: var(--second) }
  .s2 { --own: var(--third) }
  .bar { fill: var(--own) }
  .line { stroke: var(--own); stroke-width: 2; fill: none }
  .dot { fill: var(--own) }
</style>`

/**
 * @param {{ title: string, unit: string, rows: { name: string, value: number, low: number, high: number }[] }} plot
 */
export function bars({ title, unit, rows }) {
  const height = TOP + rows.length * ROW + 46
  const most = niceTop(Math.max(...rows.map(({ high }) => high)))
  const xOf = (value) => LEFT + (value / most) * (RIGHT - LEFT)
  const base = TOP + rows.length * ROW
  const drawn = rows.map(({ name, value, low, high }, index) => {
    const middle = TOP + index * ROW + ROW / 2
    const ends = `M${n(xOf(low))} ${n(middle)}H${n(xOf(high))}M${n(xOf(low))} ${n(middle - 4)}v8M${n(xOf(high))} ${n(middle - 4)}v8`
    return `<text class="end" x="${LEFT - 8}" y="${n(middle + 4)}">${escaped(name)}</text>
<rect class="bar s0" x="${LEFT}" y="${n(middle - 9)}" width="${n(xOf(value) - LEFT)}" height="18"><title>${escaped(name)}: ${short(value)} (${short(low)} .. ${short(high)}) ${escaped(unit)}</title></rect>
<path class="range" d="${ends}"/>`
  })
  const grid = ticks(most).map((value) => {
    const x = n(xOf(value))
    return `<path class="grid" d="M${x} ${TOP}V${base}"/>\n<text class="mid" x="${x}" y="${base + 16}">${short(value)}</text>`
  })
  const legend = `<text class="mid" x="${(LEFT + RIGHT) / 2}" y="${base + 36}">${escaped(unit)}</text>`
  return picture(title, height, [...grid, ...drawn, legend])
}

/**
 * @param {{ title: string, xLabel: string, unit: string,
 *   series: { name: string, points: { x: number, value: number, low: number, high: number }[] }[] }} plot
 */
export function lines({ title, xLabel, unit, series }) {
  const points = series.flatMap((each) => each.points)
  const finite = points.flatMap(({ value, high }) => [value, high]).filter(Number.isFinite)
  const most = niceTop(Math.max(...finite))
  const [first, last] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))]
  const left = 80
  const base = TOP + PLOT_HEIGHT
  const xOf = (x) => left + 20 + ((x - first) / (last - first || 1)) * (RIGHT - left - 40)
  const yOf = (value) => base - (Math.min(value, most) / most) * PLOT_HEIGHT
  const grid = ticks(most).map((value) => {
    const y = n(yOf(value))
    return `<path class="grid" d="M${left} ${y}H${RIGHT}"/>\n<text class="end" x="${left - 8}" y="${n(Number(y) + 4)}">${short(value)}</text>`
  })
  const marks = [...new Set(points.map(({ x }) => x))].map(
    (x) => `<text class="mid" x="${n(xOf(x))}" y="${base + 16}">${short(x)}</text>`
  )
  const drawn = series.map(({ name, points: own }, index) => {
    const way = own.map(({ x, value }) => `${n(xOf(x))},${n(yOf(value))}`).join(' ')
    const dots = own.map(
      ({ x, value, low, high }) =>
        `<path class="range" d="M${n(xOf(x))} ${n(yOf(low))}V${n(yOf(high))}"/>
<circle class="dot s${index}" cx="${n(xOf(x))}" cy="${n(yOf(value))}" r="4"><title>${escaped(name)}, ${short(x)}: ${short(value)} (${short(low)} .. ${short(high)}) ${escaped(unit)}</title></circle>`
    )
    const key = left + index * 210
    return `<polyline class="line s${index}" points="${way}"/>
${dots.join('\n')}
<circle class="dot s${index}" cx="${key}" cy="${base + 52}" r="4"/>
<text x="${key + 10}" y="${base + 56}">${escaped(name)}</text>`
  })
  const labels = `<text class="mid" x="${(left + RIGHT) / 2}" y="${base + 34}">${escaped(xLabel)}</text>
<text x="${left}" y="${TOP - 8}">${escaped(unit)}</text>`
  return picture(title, base + 70, [...grid, ...marks, ...drawn, labels])
}

function picture(title, height, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
${STYLE}
<rect width="${WIDTH}" height="${height}" fill="var(--back)"/>
<text class="title" x="12" y="24">${escaped(title)}</text>
${parts.join('\n')}
</svg>
`
}

/** The next of 1, 2, 5 times a power of ten. */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1))
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= value) ?? value
}

function ticks(most) {
  return Array.from({ length: TICKS + 1 }, (_, index) => (index * most) / TICKS)
}

function n(value) {
  return String(Math.round(value * 10) / 10)
}

function short(value) {
  if (!Number.isFinite(value)) return 'never'
  if (value >= 1e6) return `${n(value / 1e6)} M`
  return value >= 1e4 ? `${n(value / 1e3)} k` : String(Math.round(value * 1000) / 1000)
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

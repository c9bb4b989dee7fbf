// Draws a run: how many links the nodes have, and how much of the network is connected over time. Plain SVG, no
// library.
import type { FinishedRun, Graph, Moment } from '@floodnet/core/sim'

const WIDTH = 720
const HEIGHT = 560
const PLOT = { left: 60, width: 620, height: 180 } as const
const INK = '#1f2937'
const BAR = '#2563eb'
const LINE = '#059669'

export function drawRun({ graph, result }: FinishedRun, moments: readonly Moment[]): string {
  const title = `${result.nodes} nodes, seed ${result.seed}: ${result.alive} alive, ${result.components} components, path ${result.path.mean.toFixed(2)}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<text x="${PLOT.left}" y="26" font-size="15">${title}</text>
${degreeBars(graph, 60)}
${reachLine(moments, 320)}
</svg>
`
}

function degreeBars({ starts, nodes }: Graph, top: number): string {
  const counts: number[] = []
  nodes.forEach((_, i) => {
    const degree = (starts[i + 1] ?? 0) - (starts[i] ?? 0)
    counts[degree] = (counts[degree] ?? 0) + 1
  })
  // Degrees that no node has are holes in the array, which `map` would skip.
  const most = Math.max(1, ...Array.from(counts, (count = 0) => count))
  const width = PLOT.width / Math.max(1, counts.length)
  const bars = Array.from(counts, (count = 0, degree) => {
    const height = (count / most) * PLOT.height
    const x = PLOT.left + degree * width
    const base = top + PLOT.height
    return `<rect x="${(x + 2).toFixed(1)}" y="${(base - height).toFixed(1)}" width="${Math.max(1, width - 4).toFixed(1)}" height="${height.toFixed(1)}" fill="${BAR}"/>
<text x="${(x + width / 2).toFixed(1)}" y="${base + 16}" text-anchor="middle">${degree}</text>`
  })
  return `${frame(top, String(most), '0')}
${bars.join('\n')}
<text x="${PLOT.left + PLOT.width / 2}" y="${top + PLOT.height + 34}" text-anchor="middle">neighbours; nodes with so many</text>`
}

function reachLine(moments: readonly Moment[], top: number): string {
  const end = Math.max(1, moments.at(-1)?.seconds ?? 1)
  const points = moments.map(({ seconds, reach }) => {
    const x = PLOT.left + (seconds / end) * PLOT.width
    return `${x.toFixed(1)},${(top + PLOT.height * (1 - reach)).toFixed(1)}`
  })
  return `${frame(top, '100 %', '0')}
<polyline points="${points.join(' ')}" fill="none" stroke="${LINE}" stroke-width="2"/>
<text x="${PLOT.left + PLOT.width}" y="${top + PLOT.height + 16}" text-anchor="end">${end.toFixed(0)} s</text>
<text x="${PLOT.left + PLOT.width / 2}" y="${top + PLOT.height + 34}" text-anchor="middle">simulated time; share of the living nodes in the largest part</text>`
}

function frame(top: number, high: string, low: string): string {
  const base = top + PLOT.height
  return `<path d="M${PLOT.left} ${top}V${base}H${PLOT.left + PLOT.width}" fill="none" stroke="${INK}"/>
<text x="${PLOT.left - 6}" y="${top + 10}" text-anchor="end">${high}</text>
<text x="${PLOT.left - 6}" y="${base}" text-anchor="end">${low}</text>`
}

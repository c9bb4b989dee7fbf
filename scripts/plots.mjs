// Draws the plots of docs from what was measured: outcomes of the simulator in docs/simulation.jsonl, and the table of
// figures that `npm run bench -- --markdown` printed into docs/PERFORMANCE.md.
//   node scripts/plots.mjs           writes docs/plots
//   node scripts/plots.mjs --check   exits with 1 when it would change one
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { bars, lines } from './svg-plot.mjs'

const FOLDER = 'docs/plots'
const FACTORS = { '': 1, k: 1e3, M: 1e6 }

const plots = drawAll()
if (!process.argv.includes('--check')) writeAll()
else {
  const stale = Object.entries(plots).filter(([name, svg]) => textOf(`${FOLDER}/${name}`) !== svg)
  for (const [name] of stale) console.error(`${FOLDER}/${name} is not what the figures say; run: npm run plots`)
  process.exitCode = stale.length === 0 ? 0 : 1
}

function drawAll() {
  const outcomes = textOf('docs/simulation.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const figures = benchFigures(textOf('docs/PERFORMANCE.md'))
  return {
    'heal.svg': lines({
      title: 'How long until all living nodes are one network again, 10,000 nodes',
      xLabel: 'nodes that fail at once, %',
      unit: 'seconds: median of the seeds, least and most',
      series: [
        { name: 'links end (fail)', points: healPoints(outcomes, 'fail') },
        { name: 'nodes fall silent (vanish)', points: healPoints(outcomes, 'vanish') }
      ]
    }),
    'paths.svg': bars({
      title: 'Links between two nodes on average, 10,000 nodes',
      unit: 'hops: median of the seeds, least and most',
      rows: ['paths at degree 5', 'paths with 5 links', 'paths at our defaults'].map((name) => ({
        name,
        ...summary(valuesOf(outcomes, name, 'path mean'))
      }))
    }),
    'fanout.svg': lines({
      title: 'One writer, many readers: messages of 100 bytes to each reader',
      xLabel: 'readers, each a neighbour of the writer',
      unit: 'messages a second: median of the rounds, least and most',
      series: [
        { name: 'TLS, signed', points: fanoutPoints(figures, '') },
        { name: 'neither', points: fanoutPoints(figures, '.plain') }
      ]
    }),
    'line.svg': bars({
      title: 'Through one relay: messages of 100 bytes',
      unit: 'messages a second: median of the rounds, least and most',
      rows: [
        ['a naive JSON node', 'naive.100B'],
        ['floodnet, TLS, signed', 'line.100B'],
        ['floodnet, neither', 'line.100B.plain'],
        ['a relay in JavaScript', 'pipe.100B'],
        ['a relay in C', 'crelay.100B']
      ].map(([name, bench]) => ({ name, ...figureOf(figures, bench) }))
    })
  }
}

function writeAll() {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, svg] of Object.entries(plots)) writeFileSync(`${FOLDER}/${name}`, svg)
}

/** Null in the outcomes is for ever: JSON has no infinity. */
function valuesOf(outcomes, experiment, figure) {
  const values = outcomes.filter((each) => each.experiment === experiment).map(({ figures }) => figures[figure])
  if (values.length === 0) throw new Error(`docs/simulation.jsonl has no ${experiment}`)
  return values.map((value) => value ?? Number.POSITIVE_INFINITY)
}

function healPoints(outcomes, kind) {
  const shares = [...new Set(outcomes.map(({ experiment }) => new RegExp(`^(\\d+) % ${kind}$`).exec(experiment)?.[1]))]
  return shares
    .filter((share) => share !== undefined)
    .map((share) => ({ x: Number(share), ...summary(valuesOf(outcomes, `${share} % ${kind}`, 'heal seconds')) }))
    .sort((one, other) => one.x - other.x)
}

function summary(values) {
  const sorted = values.toSorted((one, other) => one - other)
  const half = sorted.length >> 1
  const value = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  return { value, low: sorted[0], high: sorted.at(-1) }
}

/** Rows '| name | 1.25 M msg/s | 1.17 M .. 1.33 M | ...' of the first table under "## Figures". */
function benchFigures(page) {
  const section = /^## Figures$[\s\S]*?(?=^## )/m.exec(page)?.[0] ?? ''
  const rows = section.matchAll(
    /^\| ([\w.]+) \| ([\d.]+) ?([kM]?) msg\/s \| ([\d.]+) ?([kM]?) \.\. ([\d.]+) ?([kM]?) \|/gm
  )
  return new Map(
    [...rows].map(([, name, value, unit, low, lowUnit, high, highUnit]) => [
      name,
      { value: amount(value, unit), low: amount(low, lowUnit), high: amount(high, highUnit) }
    ])
  )
}

function amount(digits, unit) {
  return Number(digits) * FACTORS[unit]
}

function fanoutPoints(figures, suffix) {
  return [2, 4, 8, 16].map((x) => ({ x, ...figureOf(figures, `fanout.${x}${suffix}`) }))
}

function figureOf(figures, name) {
  const figure = figures.get(name)
  if (figure === undefined) throw new Error(`docs/PERFORMANCE.md has no figure ${name}`)
  return figure
}

function textOf(path) {
  return readFileSync(path, 'utf8')
}

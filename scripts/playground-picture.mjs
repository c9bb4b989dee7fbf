// Draws docs/playground.svg: one message in the playground's two networks, over all links that it crossed. From a seed, so
// that the same code draws the same picture.
//   node scripts/playground-picture.mjs
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { testOptions } from './bundle-options.mjs'
import { writeChanged } from './write-changed.mjs'

const SETTINGS = { nodes: 120, seed: 2, authors: 6, withhold: 0, parents: 1 }
const STAGE = { width: 420, height: 300, margin: 16, top: 58 }
/** Title, and what it means. */
const WORDS = { flood: ['Flood', 'every node tells its neighbours'], trees: ['Tree', 'one way to each node'] }
const root = fileURLToPath(new URL('..', import.meta.url))

const { Run, Layout, shapeOf } = await load()
const run = new Run(SETTINGS)
run.advance(14_000, () => true)
const crossed = { flood: nextMessage('flood'), trees: nextMessage('trees') }
run.advance(18_000, () => true)
const shape = shapeOf(run.lanes.trees.sim, run.lanes.trees.stream)
writeFileSync(join(root, 'docs/playground.svg'), picture(placesOf(shape)))

async function load() {
  const source = ['run', 'layout', 'shape'].map((name) => `export * from './packages/playground/src/world/${name}.ts'`)
  const { outputFiles } = await esbuild.build({
    ...testOptions,
    stdin: { contents: source.join('\n'), resolveDir: root, loader: 'ts' },
    outfile: join(root, 'build/playground-picture.js')
  })
  for (const { path, contents } of outputFiles) await writeChanged(path, contents)
  return import(pathToFileURL(join(root, 'build/playground-picture.js')).href)
}

/** All copies of the next message of one author. */
function nextMessage(name) {
  const [author] = run.lanes[name].stream.speakers
  const seq = author.written + 1
  const copies = []
  run.lanes[name].onCopy = (copy) => {
    if (copy.author === author.author && copy.seq === seq) copies.push(copy)
  }
  return copies
}

function placesOf({ edges, marks }) {
  const layout = new Layout(marks.length)
  layout.relink(
    edges,
    marks.map((mark) => mark & 1)
  )
  while (layout.isMoving) layout.step()
  return scaled(layout.places())
}

/** Into the stage. */
function scaled(places) {
  const axis = (offset, size) => {
    const all = [...places].filter((_, i) => i % 2 === offset)
    const [least, most] = [Math.min(...all), Math.max(...all)]
    return (value) => STAGE.margin + ((value - least) / (most - least)) * (size - 2 * STAGE.margin)
  }
  const [toX, toY] = [axis(0, STAGE.width), axis(1, STAGE.height)]
  const nodes = Array.from({ length: places.length / 2 }, (_, node) => node)
  return nodes.map((node) =>
    [toX(places[2 * node]), STAGE.top + toY(places[2 * node + 1])].map((value) => value.toFixed(1))
  )
}

function picture(places) {
  const [width, height] = [2 * STAGE.width + 20, STAGE.top + STAGE.height + 40]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img">
<title>One message in a network of ${SETTINGS.nodes} nodes, flooded and over a tree</title>
<style>
.card { fill: #fff; stroke: #d9dfeb } .link { stroke: #8794b0; stroke-opacity: .22 } .copy { stroke: #c2530a; stroke-opacity: .55 }
.news { stroke: #0369a1 } .node { fill: #64748b } .author { fill: none; stroke: #172033 } text { fill: #55617a; font-size: 13px }
.flood { fill: #c2530a } .trees { fill: #0369a1 } .big { font-size: 24px; font-weight: 700 }
@media (prefers-color-scheme: dark) {
.card { fill: #111a2e; stroke: #22304d } .link { stroke: #5b6f9c } .copy { stroke: #fb923c } .news { stroke: #38bdf8 }
.node { fill: #8fa3cc } .author { stroke: #e6ecf8 } text { fill: #93a2c0 } .flood { fill: #fb923c } .trees { fill: #38bdf8 } }
</style>
${lane('flood', 0, places)}
${lane('trees', STAGE.width + 20, places)}
</svg>
`
}

function lane(name, left, places) {
  const copies = crossed[name]
  const fresh = copies.filter((copy) => copy.fresh)
  const { author } = copies[0]
  const [x, y] = places[run.lanes[name].stream.speakers[author].node.index]
  const [title, how] = WORDS[name]
  const cost = (copies.length / fresh.length).toFixed(2)
  return `<g transform="translate(${left})">
<rect class="card" x=".5" y=".5" width="${STAGE.width - 1}" height="${STAGE.top + STAGE.height + 39}" rx="12"/>
<text class="big ${name}" x="18" y="36">${title}</text>
<text x="${STAGE.width - 18}" y="35" text-anchor="end"><tspan class="big ${name}">${cost}</tspan> copies a node gets</text>
<path class="link" fill="none" stroke-width=".7" d="${lines(linksOf(), places)}"/>
<path class="copy" fill="none" stroke-width=".9" d="${lines(
    copies.filter((copy) => !copy.fresh),
    places
  )}"/>
<path class="news" fill="none" stroke-width="1.6" stroke-linecap="round" d="${lines(fresh, places)}"/>
<path class="node" d="${places.map(([cx, cy]) => `M${cx} ${cy}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0`).join('')}"/>
<circle class="author" cx="${x}" cy="${y}" r="7" stroke-width="2"/>
<text x="18" y="${STAGE.top + STAGE.height + 24}">${how}: ${copies.length} copies for ${fresh.length} nodes</text>
</g>`
}

function linksOf() {
  const pairs = []
  for (let i = 0; i < shape.edges.length; i += 2) pairs.push({ from: shape.edges[i], to: shape.edges[i + 1] })
  return pairs
}

function lines(pairs, places) {
  return pairs.map(({ from, to }) => `M${places[from].join(' ')}L${places[to].join(' ')}`).join('')
}

// Four plots over simulated time, each with flood and trees: the cost, whom it reaches, how long and how far.
import uPlot from 'uplot'
import type { Sample } from '../world/meter.ts'
import type { TimedSample } from '../world/run.ts'
import type { TimedAction } from '../world/settings.ts'
import type { Palette } from './stage/palette.ts'

/** How much of the past is visible, in simulated seconds; older samples are forgotten. */
const WINDOW_S = 60
const HEIGHT = 104

interface Plotted {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly digits: number
  /** Least range of its axis. */
  readonly range: readonly [least: number, most: number]
  of(sample: Sample): number | null
}

const plotted: readonly Plotted[] = [
  { id: 'copies', title: 'Copies a node gets', unit: '', digits: 2, range: [0, 8], of: ({ copies }) => copies },
  { id: 'reach', title: 'Reach after 1 s', unit: ' %', digits: 1, range: [0, 100], of: ({ reach }) => percent(reach) },
  {
    id: 'delay',
    title: 'Last node has it after',
    unit: ' ms',
    digits: 0,
    range: [0, 300],
    of: ({ delayMs }) => delayMs
  },
  { id: 'hops', title: 'Links crossed', unit: '', digits: 2, range: [0, 6], of: ({ hops }) => hops }
]

interface Plot {
  readonly what: Plotted
  readonly chart: uPlot
  readonly values: Readonly<Record<'flood' | 'trees', HTMLElement>>
}

export class Plots {
  readonly #samples: TimedSample[] = []
  readonly #plots: readonly Plot[]
  #actions: readonly TimedAction[] = []
  #palette: Palette

  constructor(palette: Palette) {
    this.#palette = palette
    this.#plots = plotted.map((what) => this.#create(what))
  }

  setPalette(palette: Palette): void {
    this.#palette = palette
    for (const { chart } of this.#plots) chart.redraw(false)
  }

  clear(): void {
    this.#samples.length = 0
    this.#actions = []
    this.#update()
  }

  add(samples: readonly TimedSample[], actions: readonly TimedAction[]): void {
    if (samples.length === 0) return
    this.#samples.push(...samples)
    const from = (samples.at(-1)?.atMs ?? 0) - 1_000 * WINDOW_S
    while ((this.#samples[0]?.atMs ?? from) < from) this.#samples.shift()
    this.#actions = actions
    this.#update()
  }

  #update(): void {
    const times = this.#samples.map(({ atMs }) => atMs / 1_000)
    const [first = 0, last = 0] = [times[0], times.at(-1)]
    for (const { what, chart, values } of this.#plots) {
      const flood = this.#samples.map((sample) => what.of(sample.flood))
      const trees = this.#samples.map((sample) => what.of(sample.trees))
      chart.batch(() => {
        chart.setData([times, flood, trees], false)
        chart.setScale('x', { min: first, max: Math.max(last, first + 10) })
        chart.setScale('y', rangeOf(what, [...flood, ...trees]))
      })
      values.flood.textContent = textOf(what, flood)
      values.trees.textContent = textOf(what, trees)
    }
  }

  #create(what: Plotted): Plot {
    const figure = document.getElementById(`plot-${what.id}`)
    if (figure === null) throw new Error(`the page has no place for ${what.id}`)
    const caption = document.createElement('figcaption')
    const values = { flood: figureOf('flood'), trees: figureOf('trees') }
    const numbers = document.createElement('span')
    numbers.append(values.flood, ' ', values.trees)
    caption.append(what.title, numbers)
    figure.append(caption)
    const chart = new uPlot(this.#options(), [[], [], []], figure)
    new ResizeObserver(() => chart.setSize({ width: widthOf(figure), height: HEIGHT })).observe(figure)
    return { what, chart, values }
  }

  #options(): uPlot.Options {
    const axis = {
      stroke: () => this.#palette.soft,
      grid: { stroke: () => this.#palette.line, width: 1 },
      ticks: { show: false }
    }
    const font = '11px system-ui, sans-serif'
    const line = (name: 'flood' | 'trees') => ({
      ...{ stroke: () => this.#palette[name], width: 1.8, spanGaps: true, points: { show: false } }
    })
    return {
      ...{ width: 200, height: HEIGHT, legend: { show: false }, cursor: { show: false } },
      padding: [8, 8, 0, 0],
      scales: { x: { time: false, auto: false }, y: { auto: false, range: (_, min, max) => [min, max] } },
      axes: [
        { ...axis, font, size: 22, values: (_, ticks) => ticks.map((tick) => `${tick} s`), space: 60 },
        { ...axis, font, size: 36, space: 28, values: (_, ticks) => ticks.map(tickText) }
      ],
      series: [{}, line('flood'), line('trees')],
      hooks: { draw: [(chart) => this.#drawActions(chart)] }
    }
  }

  /** Marks when something was done to the network. */
  #drawActions({ ctx, bbox, valToPos, scales }: uPlot): void {
    const { min = 0, max = 0 } = scales.x ?? {}
    ctx.save()
    ctx.strokeStyle = this.#palette.danger
    ctx.setLineDash([4, 4])
    ctx.beginPath()
    for (const { atMs, action } of this.#actions) {
      const seconds = atMs / 1_000
      if (action.kind === 'write' || seconds < (min ?? 0) || seconds > (max ?? 0)) continue
      const x = valToPos(seconds, 'x', true)
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
    }
    ctx.stroke()
    ctx.restore()
  }
}

/** Thousands occur in milliseconds only. */
function tickText(tick: number): string {
  return tick >= 1_000 ? `${tick / 1_000} s` : `${tick}`
}

/** Values beyond the usual range extend it. */
function rangeOf({ range }: Plotted, values: readonly (number | null)[]): { min: number; max: number } {
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), range[1])
  return { min: range[0], max: most > range[1] ? 1.05 * most : range[1] }
}

function textOf({ digits, unit }: Plotted, values: readonly (number | null)[]): string {
  const value = values.findLast((each) => each !== null)
  return value === undefined || value === null ? '–' : `${value.toFixed(digits)}${unit}`
}

function percent(share: number | null): number | null {
  return share === null ? null : 100 * share
}

function figureOf(name: string): HTMLElement {
  const value = document.createElement('b')
  value.className = name
  value.textContent = '–'
  return value
}

function widthOf({ clientWidth }: HTMLElement): number {
  return Math.max(80, clientWidth - 20)
}

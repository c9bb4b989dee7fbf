// One chart: lines over the last minutes; its head shows the values now or under the pointer.
import uPlot from 'uplot'
import { byId, element, setText } from './dom.ts'
import { type Column, SHOWN_SECONDS } from './history.ts'

const HEIGHT_PX = 150
const VALUES_PX = 64
const TIMES_PX = 28
/** Charts show the same moment under the pointer. */
const SYNC = 'floodnet'

export interface Line {
  readonly label: string
  /** The name in the style sheet: `--in`. */
  readonly colour: string
}

export interface ChartOptions {
  readonly title: string
  readonly lines: readonly Line[]
  /** A value with its unit. */
  format(value: number): string
  /** The scale shows at least this much. */
  readonly least: number
}

export class Chart {
  readonly #options: ChartOptions
  readonly #body = element('div', 'plot')
  readonly #values: readonly HTMLElement[]
  #plot: uPlot
  #data: [number[], ...Column[]]

  constructor(options: ChartOptions) {
    this.#options = options
    this.#data = [[], ...options.lines.map(() => [])]
    this.#values = options.lines.map(() => element('b', '', '-'))
    const legend = element(
      'p',
      'legend',
      ...options.lines.map(({ label, colour }, index) => this.#entry(label, colour, index))
    )
    byId('charts').append(element('div', 'card chart', element('h2', '', options.title), legend, this.#body))
    this.#plot = this.#draw()
    new ResizeObserver(() => this.#plot.setSize({ width: this.#body.clientWidth, height: HEIGHT_PX })).observe(
      this.#body
    )
  }

  /** Reads the colours again when it draws. */
  redraw(): void {
    this.#plot.destroy()
    this.#plot = this.#draw()
  }

  show(times: number[], columns: readonly Column[]): void {
    this.#data = [times, ...columns]
    this.#plot.setData(this.#data)
    this.#tell()
  }

  #entry(label: string, colour: string, index: number): HTMLElement {
    const dot = element('i')
    dot.style.background = `var(${colour})`
    return element('span', '', dot, `${label} `, this.#values[index]!)
  }

  #tell(): void {
    const at = this.#plot.cursor.idx ?? this.#data[0].length - 1
    for (const [index, value] of this.#values.entries()) {
      const shown = this.#data[index + 1]?.[at] as number | null | undefined
      setText(value, shown == null ? '-' : this.#options.format(shown))
    }
  }

  #draw(): uPlot {
    const { lines, format, least } = this.#options
    const axis: uPlot.Axis = {
      stroke: colour('--muted'),
      font: `11px ${getComputedStyle(document.body).fontFamily}`,
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false }
    }
    const series = lines.map((line): uPlot.Series => {
      return { label: line.label, stroke: colour(line.colour), width: 2, points: { show: false }, spanGaps: false }
    })
    return new uPlot(
      {
        width: this.#body.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { sync: { key: SYNC }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { range: (_, __, last) => [(last ?? 0) - SHOWN_SECONDS, last ?? 0] },
          y: { range: (_, __, most) => [0, Math.max(least, (most ?? 0) * 1.1)] }
        },
        axes: [
          { ...axis, size: TIMES_PX, space: 70, values: (_, times) => times.map(clock) },
          { ...axis, size: VALUES_PX, space: 34, values: (_, ticks) => ticks.map(format) }
        ],
        series: [{}, ...series],
        hooks: { setCursor: [() => this.#plot !== undefined && this.#tell()] }
      },
      this.#data as uPlot.AlignedData,
      this.#body
    )
  }
}

/** A colour of the style sheet, in its light or dark form, for a canvas. */
function colour(name: string): string {
  const probe = element('i')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })
}

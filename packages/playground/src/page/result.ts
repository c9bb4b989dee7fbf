// The figures after nodes were killed: those of `floodnet sim`, with the command that prints them.
import type { RunResult } from '@floodnet/core/sim'
import type { ForLanes, LaneState } from '../world/messages.ts'

interface Column {
  readonly title: string
  of(result: RunResult): string
}

const columns: readonly Column[] = [
  { title: 'alive', of: ({ alive, nodes }) => `${alive} of ${nodes}` },
  { title: 'parts', of: ({ components }) => `${components}` },
  { title: 'reach', of: ({ reach }) => `${(100 * reach).toFixed(reach === 1 ? 0 : 2)} %` },
  {
    title: 'healed after',
    of: ({ healSeconds }) => (healSeconds === null ? 'not yet' : `${healSeconds.toFixed(1)} s`)
  },
  { title: 'missed', of: ({ steady }) => `${steady?.missing ?? 0} of ${steady?.due ?? 0}` },
  { title: 'copies', of: ({ steady }) => (steady?.copies ?? 0).toFixed(2) },
  { title: 'half / 99 % after', of: ({ steady }) => `${steady?.p50Ms ?? 0} / ${steady?.p99Ms ?? 0} ms` },
  { title: 'links a node', of: ({ degree }) => `${degree.min} to ${degree.max}` },
  { title: 'trace', of: ({ traceHash }) => traceHash }
]

/** Shows the progress of the measurement, and then the figures; nothing if no nodes were killed. */
export function showResult(place: HTMLElement, states: ForLanes<LaneState>, command: string | null): void {
  const { flood, trees } = states
  place.hidden = trees.measured === 0
  if (place.hidden) return
  const key =
    flood.result && trees.result ? `${trees.result.traceHash} ${command}` : `${Math.round(100 * trees.measured)}`
  if (place.dataset.shown === key) return
  place.dataset.shown = key
  if (flood.result && trees.result) place.replaceChildren(tableOf(flood.result, trees.result), ...commandLine(command))
  else place.replaceChildren(progressOf(trees.measured))
}

function progressOf(measured: number): HTMLElement {
  const line = document.createElement('p')
  const bar = document.createElement('progress')
  bar.value = measured
  bar.setAttribute('aria-label', 'measured')
  line.append('The next 23 simulated seconds are measured. ', bar, ' “Skip 10 s” gets there sooner.')
  return line
}

function tableOf(flood: RunResult, trees: RunResult): HTMLElement {
  const table = document.createElement('table')
  table.append(
    rowOf(headOf('', 'col'), ...columns.map(({ title }) => headOf(title, 'col'))),
    rowOf(headOf('Flood', 'row'), ...columns.map(({ of }) => cellOf(of(flood)))),
    rowOf(headOf('Trees', 'row'), ...columns.map(({ of }) => cellOf(of(trees))))
  )
  return table
}

function rowOf(...cells: HTMLElement[]): HTMLElement {
  const row = document.createElement('tr')
  row.append(...cells)
  return row
}

function headOf(text: string, scope: 'row' | 'col'): HTMLElement {
  const head = document.createElement('th')
  head.scope = scope
  head.textContent = text
  return head
}

function cellOf(text: string): HTMLElement {
  const cell = document.createElement('td')
  cell.textContent = text
  return cell
}

function commandLine(command: string | null): HTMLElement[] {
  if (command === null) return []
  const line = document.createElement('p')
  const code = document.createElement('code')
  code.id = 'command'
  code.textContent = command
  line.append('The figures of the trees, printed: ', code)
  return [line]
}

// A file under way, in words and as a bar. Pure.
import type { Transfer } from '../../screens/screen.ts'

// Without spaces in it, so that no row ends within the bar.
const BAR_COLUMNS = 12

export function transferText(transfer: Transfer): string {
  const { file, from, direction, id, state } = transfer
  const whose = direction === 'in' ? `from ${from}` : `to ${from}`
  const isOffer = state === 'offered' && direction === 'in'
  const answers = isOffer ? `: /accept ${id} or /decline ${id}` : state === 'offered' ? ` [${id}]` : ''
  return `${file} ${whose}: ${stateText(transfer)}${answers}`
}

function stateText({ state, bytes, totalBytes, reason, direction }: Transfer): string {
  const why = reason === undefined ? '' : ` (${reason})`
  switch (state) {
    case 'offered':
      return direction === 'in'
        ? `${sizeText(totalBytes)} offered${why}`
        : `${sizeText(totalBytes)} offered, waits for an answer`
    case 'running':
      return `${barText(share(bytes, totalBytes))} ${sizeText(bytes)} of ${sizeText(totalBytes)}${why}`
    case 'done':
      return `done, ${sizeText(totalBytes)}${why}`
    case 'failed':
    case 'cancelled':
      return `${state} at ${sizeText(bytes)} of ${sizeText(totalBytes)}${why}`
  }
}

function barText(part: number): string {
  const full = Math.floor(part * BAR_COLUMNS)
  return `[${'='.repeat(full)}${'-'.repeat(BAR_COLUMNS - full)}] ${Math.floor(part * 100)} %`
}

/** Between 0 and 1, whatever the other side claims. */
function share(bytes: number, totalBytes: number): number {
  const part = totalBytes > 0 ? bytes / totalBytes : 1
  return Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0
}

export function sizeText(bytes: number): string {
  if (!(bytes >= 1024)) return `${bytes} bytes`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`
}
